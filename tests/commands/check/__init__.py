"""`signal-lab check`: its parts, and the whole of it."""
