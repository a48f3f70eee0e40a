"""Somebody else who asks a server all the time, 20 ms after each answer; and, in turn, a server that only answers.

    python -m tests.bystander URL PID TOKEN

Both are processes of their own: what the side that makes the load computes meanwhile, nobody waits for.  What the bare
server's answers take is the machine's doing, and what the other's take beyond that its own.  It asks until its standard
input ends, then says what it found as JSON: ``rss``, the largest resident memory of PID in bytes; ``waits`` and
``bare``, the seconds that each answer took.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial

import httpx
import psutil

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"


async def serve_bare() -> None:
    """Answers whatever it is asked, on a port that it prints; ends with its standard input."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    say(str(server.sockets[0].getsockname()[1]))
    await asyncio.to_thread(sys.stdin.read)
    server.close()


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def took(ask: Callable[[], httpx.Response]) -> float:
    began = time.perf_counter()
    ask().raise_for_status()
    return time.perf_counter() - began


def watch(url: str, pid: int, token: str, bare: str) -> dict[str, object]:
    over = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=listen, daemon=True).start()
    server, rss = psutil.Process(pid), 0
    found: tuple[list[float], list[float]] = [], []
    with httpx.Client(headers={"authorization": f"Bearer {token}"}, timeout=15) as client:
        asked = [partial(client.get, f"{url}/api/v1/health"), partial(client.get, bare)]
        for ask in asked:
            took(ask)  # connected
        say("ready")
        while not over.wait(0.02):
            for ask, waits in zip(asked, found, strict=True):
                waits.append(took(ask))
            rss = max(rss, server.memory_info().rss)
    return {"rss": rss, "waits": found[0], "bare": found[1]}


def main() -> None:
    if sys.argv[1] == "--bare":
        asyncio.run(serve_bare())
        return
    url, pid, token = sys.argv[1:]
    words = [sys.executable, "-m", "tests.bystander", "--bare"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as bare:
        assert bare.stdin
        assert bare.stdout
        port = int(bare.stdout.readline())
        say(json.dumps(watch(url, int(pid), token, f"http://127.0.0.1:{port}/")))
        bare.stdin.close()


if __name__ == "__main__":
    main()
