"""A Python program of one kind or another; it says "ready" and then waits."""

import asyncio
import os
import signal
import sys
import threading


def default() -> None:
    signal.pause()


def handler() -> None:
    signal.signal(signal.SIGTERM, lambda *_: None)
    while True:
        signal.pause()


def wakeup() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGTERM, lambda *_: None)
    while os.read(read, 1):
        pass


async def serve() -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: None)
    os.write(1, b"ready\n")
    await asyncio.Event().wait()


def waits() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP})
    os.write(1, b"ready\n")
    while True:
        signal.sigwait({signal.SIGTERM, signal.SIGHUP})


def threads() -> None:
    for _ in range(4):
        threading.Thread(target=signal.pause, daemon=True).start()
    handler()


kind = sys.argv[1]
if kind == "asyncio":
    asyncio.run(serve())
elif kind == "sigwait":
    waits()
else:
    os.write(1, b"ready\n")
    {"default": default, "handler": handler, "wakeup": wakeup, "threads": threads}[kind]()
