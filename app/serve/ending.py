"""The end of the server has a limit: whatever hangs, it is gone when that is over, and at once when asked again.

Nothing is left behind then either: the keepers end local targets when their pipe closes, the janitor ends containers,
and the next start closes the books.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

LIMIT_S = 10.0


class Limit:
    """``asked`` is called with each signal that asks for the end, in the main thread."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._first: int | None = None

    def asked(self, number: int) -> None:
        """The first time the clock begins to run; the second time the process dies of the signal."""
        if self._first is not None:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        self._first = number
        self.begin(128 + number)

    def begin(self, code: int) -> threading.Timer:
        """From now on there is so much time; then the process leaves with ``code``, unless the timer is cancelled."""
        clock = threading.Timer(self._limit_s, self._over, (code,))
        clock.daemon = True
        clock.start()
        return clock

    def _over(self, code: int) -> None:
        said = f"signal-lab: the end took more than {self._limit_s:g} s and is cut short; what was started is ended\n"
        try:
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, said.encode())
        finally:
            os._exit(code)
