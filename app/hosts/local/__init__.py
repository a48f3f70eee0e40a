"""Targets that are processes of this machine, on a pty or in a sandbox, each under a keeper."""
