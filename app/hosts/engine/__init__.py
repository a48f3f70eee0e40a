"""The Docker engine: the connection to it, its events, and what cleans up after a lab that was killed."""
