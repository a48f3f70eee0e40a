"""What a command was started with of signals: what would make the lab deaf, or lie to it, is taken back.

Targets have nothing of it either way: their keeper gives each its defaults.  What was *ignored* on purpose stays so, as
SIGHUP by nohup and SIGINT by a shell for a job in the background.
"""

from __future__ import annotations

import signal

ENDS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT}


def take_back_signals() -> None:
    """Of a starter that blocked or ignored them for itself: some supervisors, and programs that embed the command."""
    # Ignored, each child is reaped by the kernel before anybody asks: asyncio then says that every one left with 255.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {*ENDS, signal.SIGCHLD})
