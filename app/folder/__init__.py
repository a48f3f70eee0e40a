"""The data folder: how its files are opened and kept (``storage``), and that one server has it (``ownership``)."""
