"""A server with a SIGTERM handler: it says that it was asked to stop, and ends."""

import signal
import sys
import time


def stop(*_: object) -> None:
    print("server: SIGTERM, goodbye", flush=True)
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
print("server: ready", flush=True)
while True:
    time.sleep(0.2)  # not pause(): Python runs no handler whose signal comes just before a call that waits
