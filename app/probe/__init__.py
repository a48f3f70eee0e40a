"""Facts where the kernel is.  Standard library only, imports nothing else of the app: the same files are to run in the
server's process and in a container on the engine.
"""
