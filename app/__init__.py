"""Signal Lab: a live lab for Linux signals and ``docker stop``, in the browser."""

__version__ = "0.1.0"
