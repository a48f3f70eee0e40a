"""Runs that somebody brings as a file: read as untrusted data, and kept apart from our own."""
