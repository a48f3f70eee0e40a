"""What a server that was killed has left without an end: the next start finds it, and closes the books."""
