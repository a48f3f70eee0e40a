"""Targets that are containers: how one is made, watched, signalled and stopped, and where its image comes from."""
