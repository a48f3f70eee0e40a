"""A server in a process of its own that can be killed, and started again on the same port and data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support import TOKEN, WITHIN_S, Person

LAB = str(Path(sys.executable).parent / "signal-lab")


class Killable:
    def __init__(self, data: Path, *flags: str, lab: tuple[str, ...] = (), **env: str) -> None:
        """``lab``: the words that run the command, where it is not this environment's own."""
        self.data, self._flags, self._lab, self._env = data, flags, lab, env
        self.port = 0
        self.drive = self.watch = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Returns when it answers."""
        assert self._process is None
        full = {**os.environ, "SIGNAL_LAB_TOKEN": TOKEN, **self._env}
        words = [*(self._lab or (LAB,)), "serve", "--port", str(self.port), "--data", str(self.data), *self._flags]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=full)
        assert self._process.stdout is not None
        links = {}
        for line in self._process.stdout:
            name, _, rest = line.strip().partition(" ")
            links[name] = rest.split()[0] if rest else ""
            if name == "watch":
                break
        assert "watch" in links, self._process.communicate()
        self.drive, self.watch = links["drive"], links["watch"]
        self.port = int(httpx.URL(self.drive).port or 0)

    def kill(self) -> None:
        """SIGKILL; returns when it is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> str:
        """As Ctrl-C does; gives what it said on stderr."""
        return self._end(signal.SIGINT)

    def wait(self, within_s: float) -> tuple[int, str]:
        """Until it has ended by itself; how it left, and what it said on stderr."""
        assert self._process is not None
        process, self._process = self._process, None
        try:
            said = process.communicate(timeout=within_s)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return process.returncode, said

    def says(self, line: str) -> None:
        """Until it prints this."""
        assert self._process is not None
        assert self._process.stdout is not None
        assert any(each.strip() == line for each in self._process.stdout), f"it never said {line}"

    def _end(self, number: int) -> str:
        process, self._process = self._process, None
        if process is None:
            return ""
        process.send_signal(number)
        return process.communicate(timeout=WITHIN_S * 2)[1]

    @contextmanager
    def person(self) -> Iterator[Person]:
        headers = {"authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=WITHIN_S) as client:
            yield Person(client)


@contextmanager
def killable(data: Path, *flags: str, lab: tuple[str, ...] = (), **env: str) -> Iterator[Killable]:
    server = Killable(data, *flags, lab=lab, **env)
    server.start()
    try:
        yield server
    finally:
        server.stop()
