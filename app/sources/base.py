"""The shape of a source: what it is about is given when it is made, and ``report`` tells what it sees.

What has to be opened and closed besides (a connection, an instance of the kernel's trace) is a context manager around
one: ``running_kernel_trace`` in ``kernel_trace.py``, ``engine_events`` in ``docker_events.py``.
"""

from __future__ import annotations

from typing import Protocol

from app.events.record import Record


class Source(Protocol):
    """One witness: of a run, of a target, or of the whole lab."""

    async def report(self, record: Record, /) -> None:
        """Record what happens, as it is seen, until there is nothing more to see or the caller is cancelled.

        ``record`` returns when the event is stored: waiting for it is what holds a flood back.  A source that cannot
        see says so once, with ``source_lost``, and never tells what it only concludes.
        """
        ...
