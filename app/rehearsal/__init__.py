"""Rehearsals: a copy of a container or image is stopped as it is, and then with what would help."""
