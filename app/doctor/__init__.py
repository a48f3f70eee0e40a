"""Why does this container take 10 s to stop?  For every container of an engine, read only; nothing is ever sent.

``reading`` asks the engine, ``looking`` reads the processes, ``checks`` find what is wrong, ``examination`` puts it
together.  What is said of it all comes from ``app/verdict``.
"""
