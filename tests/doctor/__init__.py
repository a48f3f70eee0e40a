"""The doctor: its checks, its words and its numbers, on made-up containers."""
