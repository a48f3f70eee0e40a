"""From the click to the line, beside what it was and beside a bare web terminal: in turns, in one run.

    .venv/bin/python bench/beside.py [--count N] [--commit COMMIT] [--write docs/performance.md]

Three figures, of a bash script that traps the signal and prints its name:

- POST accepted: from just before the request until its answer.
- POST → line: until a reader of the event stream has parsed the event with the line.
- kill() → line: from ``kill`` by this process, without the lab's API; beside it terminado on the same script.

The old commit is cloned and installed into a temporary folder, terminado into another.  Machines are noisy, and each
round asks all of them one after the other, in turns: the ratios are the figures to compare.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import platform
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "app" / "experiments" / "scripts" / "catch-all.sh"
FIRST = "ec12ed3"  # what was measured before anything was made faster
TERMINADO = ("terminado==0.18.1", "tornado==6.5.2")
TOKEN = "for-this-bench-only"
PAUSE_S = 0.04  # between two clicks: what is printed within 20 ms of the last output goes into one event with it
NAMES = ("USR1", "USR2")
FIGURES = ("POST accepted", "POST → line", "kill() → line")


class Reader:
    """A connection of its own, read by hand: the same cost for everybody."""

    def __init__(self, port: int, path: str, headers: dict[str, str], ends: bytes) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *(f"{name}: {headers[name]}" for name in headers)]
        self._socket.sendall("\r\n".join((*lines, "", "")).encode())
        self._ends, self._left = ends, b""

    def until(self, text: bytes) -> bytes:
        """All up to the next end of a message after ``text``."""
        while True:
            at = self._left.find(text)
            end = self._left.find(self._ends, at) if at >= 0 else -1
            if end >= 0:
                found, self._left = self._left[:end], self._left[end:]
                return found
            more = self._socket.recv(65536)
            assert more, "the connection was closed"
            self._left += more.replace(b"\r", b"")

    def close(self) -> None:
        self._socket.close()


class Lab:
    """A server of one version, with the script as its only target and one who reads."""

    def __init__(self, folder: Path, data: Path) -> None:
        env = {**os.environ, "SIGNAL_LAB_TOKEN": TOKEN, "DOCKER_HOST": f"unix://{data}/none.sock"}
        command = [str(folder / ".venv" / "bin" / "signal-lab"), "serve", "--port", "0", "--data", str(data)]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=folder)
        assert self._server.stdout is not None
        self._server.stdout.readline()
        self._url = re.sub(r"/(enter|watch)/.*", "", self._server.stdout.readline().split()[1])
        who = {"Authorization": f"Bearer {TOKEN}"}
        self._client = httpx.Client(base_url=self._url, headers=who, timeout=30)
        run = self._client.post("/api/v1/runs", json={"experiment": "catch-all"}).json()["run"]
        port = int(self._url.rsplit(":", 1)[1])
        self._reader = Reader(port, f"/api/v1/events?run={run}", who, b"\n\n")
        told = self._reader.until(b"ready")
        started = next(line for line in told.splitlines() if b'"target_started"' in line)
        event: dict[str, Any] = json.loads(started.partition(b"data: ")[2])
        self._target, self.pid = event["target"], int(event["pid"])

    def click(self, name: str) -> tuple[float, float]:
        began = time.perf_counter()
        reply = self._client.post(f"/api/v1/targets/{self._target}/signals", json={"signal": name})
        accepted = time.perf_counter() - began
        assert reply.status_code == 202, reply.text
        self._reader.until(f'"text":"{name}'.encode())
        return accepted, time.perf_counter() - began

    def kill(self, name: str) -> float:
        began = time.perf_counter()
        os.kill(self.pid, signal.Signals[f"SIG{name}"])
        self._reader.until(f'"text":"{name}'.encode())
        return time.perf_counter() - began

    def close(self) -> None:
        self._reader.close()
        self._client.close()
        self._server.terminate()
        self._server.wait(30)


class Terminal:
    """terminado with the same script, and one who reads."""

    def __init__(self, python: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(python), str(ROOT / "bench" / "terminal_peer.py"), str(port), "bash", str(SCRIPT)]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._server.stdout is not None
        self._server.stdout.readline()
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        upgrade |= {"Origin": f"http://127.0.0.1:{port}"}
        upgrade |= {"Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode()}
        self._reader = Reader(port, "/websocket", upgrade, b'"]')
        found = re.search(rb"process (\d+)", self._reader.until(b"ready"))
        assert found, "the script says its number"
        self.pid = int(found[1])

    def kill(self, name: str) -> float:
        began = time.perf_counter()
        os.kill(self.pid, signal.Signals[f"SIG{name}"])
        self._reader.until(f'"{name}'.encode())
        return time.perf_counter() - began

    def close(self) -> None:
        self._reader.close()
        self._server.terminate()
        self._server.wait(30)


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    subprocess.run([str(each) for each in command], check=True, cwd=cwd, stdout=subprocess.DEVNULL)


@contextmanager
def others(commit: str) -> Iterator[tuple[Path, Path]]:
    """The old commit's folder, and the Python that has terminado."""
    with tempfile.TemporaryDirectory() as folder:
        old, peer = Path(folder) / "old", Path(folder) / "peer"
        print(f"installing {commit} and {TERMINADO[0]} …", file=sys.stderr)
        run("git", "clone", "-q", "--no-checkout", ROOT, old)
        run("git", "checkout", "-q", commit, cwd=old)
        run("scripts/venv", cwd=old)
        run(sys.executable, "-m", "venv", peer)
        run(peer / "bin" / "pip", "install", "-q", *TERMINADO)
        yield old, peer / "bin" / "python"


def measured(count: int, commit: str) -> dict[str, dict[str, list[float]]]:
    """Milliseconds, by figure and by who."""
    took: dict[str, dict[str, list[float]]] = {figure: {} for figure in FIGURES}

    def add(figure: str, who: str, seconds: float) -> None:
        took[figure].setdefault(who, []).append(seconds * 1000)

    with ExitStack() as stack:
        old, python = stack.enter_context(others(commit))
        labs = {commit: Lab(old, Path(stack.enter_context(tempfile.TemporaryDirectory())))}
        labs["now"] = Lab(ROOT, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        terminal = Terminal(python)
        for lab in labs.values():
            stack.callback(lab.close)
        stack.callback(terminal.close)
        kills: dict[str, Callable[[str], float]] = {name: lab.kill for name, lab in labs.items()}
        kills["terminado"] = terminal.kill
        for number in range(count):
            turn = 1 if number % 2 else -1
            for who, lab in list(labs.items())[::turn]:
                time.sleep(PAUSE_S)
                accepted, line = lab.click(NAMES[number % 2])
                add(FIGURES[0], who, accepted)
                add(FIGURES[1], who, line)
            for who, kill in list(kills.items())[::turn]:
                time.sleep(PAUSE_S)
                add(FIGURES[2], who, kill(NAMES[number % 2]))
    return took


def percentile(values: list[float], of_100: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[of_100 - 1]


def table(took: dict[str, dict[str, list[float]]]) -> str:
    rows = ["| figure | who | p50, ms | p99, ms | n | now ÷ it, p50 | p99 |", "|---|---|---|---|---|---|---|"]
    for figure, by_who in took.items():
        mine = [percentile(by_who["now"], each) for each in (50, 99)]
        for who, values in by_who.items():
            p50, p99 = (percentile(values, each) for each in (50, 99))
            ratios = ["", ""] if who == "now" else [f"{mine[0] / p50:.2f}", f"{mine[1] / p99:.2f}"]
            rows.append(f"| {figure} | {who} | {p50:.2f} | {p99:.2f} | {len(values)} | {' | '.join(ratios)} |")
    return "\n".join(rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=300)
    options.add_argument("--commit", default=FIRST)
    options.add_argument("--write", type=Path)
    given = options.parse_args()
    said = table(measured(given.count, given.commit))
    print(said)
    if given.write:
        machine = f"Linux {platform.release()}, {os.cpu_count()} processors, Python {platform.python_version()}"
        page = PAGE.format(machine=machine, first=given.commit, table=said)
        given.write.write_text(page)


PAGE = """# How fast it is

Written by `bench/beside.py`: all in one run and in turns, on {machine}.
Milliseconds are those of that machine, and ratios are what can be compared. `{first}` is the lab before anything was
made faster.

{table}

A target is a bash script that traps the signal and prints its name. "POST accepted" is the answer to the request,
"POST → line" what somebody sees who clicks, "kill() → line" the same without the lab's API, beside terminado, which
shows a terminal in a browser and records nothing. Nothing of the lab is shown before it is stored.

Wanted are 0.4 of `{first}` for the clicks, and for the line 1.0 of terminado at p50 and 1.5 at p99. Where the server's
time went when a sampling profiler last looked (1 December 2026): a quarter in the request, half of that in the
framework's layers and checks; a fifth in looks at the process tree, which follow each signal, for the script starts a
new `sleep`; a tenth each in reading the kernel's trace and in the journal's writer, whose commits go through a thread.
"""

if __name__ == "__main__":
    main()
