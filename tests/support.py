"""A real server for tests, and a person who uses it."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.probe.files import ProcFiles
from app.probe.tracefs import PREFIX, find_tracefs
from app.serve.server import bind, make_server
from app.settings import Settings
from app.web.services import Services

TOKEN = "test-token"
WITHIN_S = 15.0
# What a script of bash with traps does while it waits.  Without the time a trap is forgotten, once in some hundred
# times, when its signal comes between bash's last look for one and the call that waits.  With it bash has handlers of
# its own for signals that would end it.
RESTS = "while :; do read -r -t 0.2 _; done"
Event = dict[str, Any]
Matches = Callable[[Event], bool]


def commit() -> str:
    """Of this checkout."""
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
    return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()


def until(holds: Callable[[], object], *, within_s: float = WITHIN_S, what: str | Callable[[], str] = "it") -> None:
    """Wait for a condition that nothing announces; fails, with what was there instead, when it does not come true."""
    deadline = time.monotonic() + within_s
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < deadline, (
            f"{what() if callable(what) else what} did not come true within {within_s} s"
        )
        pause.wait(0.01)


def traces() -> set[str]:
    """The kernel's traces of this process, and of labs that are gone; what other labs that live have is theirs."""
    files, found = ProcFiles(), set()
    for path in (find_tracefs() / "instances").glob(f"{PREFIX}*"):
        pid, start = (int(part) for part in path.name.removeprefix(PREFIX).split("-")[:2])
        if pid == os.getpid() or files.identity(pid) != (pid, start):
            found.add(path.name)
    return found


def kind(wanted: str, **fields: Any) -> Matches:
    """Accepts events of a kind with these fields."""
    return lambda event: event["kind"] == wanted and all(event.get(name) == value for name, value in fields.items())


def prints(text: str) -> Matches:
    return lambda event: event["kind"] == "output" and text in event["text"]


def runs(*argv: str) -> Matches:
    """A process with this command line is there."""
    return lambda event: event.get("argv") == [*argv] and event["kind"].startswith("process_")


class EventReader:
    """Reads the stream as a program does, event by event.  ``seen`` holds all that has come."""

    def __init__(self, response: httpx.Response) -> None:
        self._messages = self._parse(response.iter_lines())
        self.seen: list[Event] = []
        self.beats: list[Event] = []
        self.ids: list[str] = []

    def _parse(self, lines: Iterator[str]) -> Iterator[Event]:
        """Events into ``seen`` with their wire ids in ``ids``; what has no number (heartbeat, reset) into ``beats``."""
        number = ""
        for line in lines:
            if line.startswith("id: "):
                number = line[4:]
            elif line.startswith("data: "):
                message = json.loads(line[6:])
                if "id" in message:
                    self.seen.append(message)
                    self.ids.append(number)
                else:
                    self.beats.append(message)
                yield message

    def __iter__(self) -> Iterator[Event]:
        return (message for message in self._messages if "id" in message)

    def beat(self) -> Event:
        """The next heartbeat."""
        return next(message for message in self._messages if message.get("kind") == "heartbeat")

    def message(self, kind: str) -> Event:
        """The next of a kind that has no number: a notice of the lab's own state."""
        return next(message for message in self._messages if message.get("kind") == kind and "id" not in message)

    def until(self, matches: Matches) -> Event:
        """The first event that matches, among what has come and what comes."""
        for event in self.seen:
            if matches(event):
                return event
        return self.next(matches)

    def next(self, matches: Matches) -> Event:
        """The first that matches among what comes now."""
        for event in self:
            if matches(event):
                return event
        raise AssertionError(f"the stream ended; it held {[event['kind'] for event in self.seen]}")


@dataclass
class Person:
    """Somebody with a client of their own; ``api`` raises for nothing, so that errors can be looked at."""

    client: httpx.Client

    def post(self, path: str, body: object = None) -> httpx.Response:
        return self.client.post(f"/api/v1{path}", json=body)

    def get(self, path: str) -> httpx.Response:
        return self.client.get(f"/api/v1{path}")

    def start(self, experiment: str) -> tuple[str, str]:
        """The run and its first target."""
        reply = self.post("/runs", {"experiment": experiment})
        assert reply.status_code == 201, reply.text
        return reply.json()["run"], reply.json()["targets"][0]["id"]

    def command(self, *command: str, **options: Any) -> tuple[str, str]:
        """An ad-hoc local process."""
        reply = self.post("/runs", {"host": "process", "command": command, "options": options})
        assert reply.status_code == 201, reply.text
        return reply.json()["run"], reply.json()["targets"][0]["id"]

    @contextmanager
    def events(
        self, *, run: str | None = None, after: int = 0, last: str | None = None, kinds: tuple[str, ...] = ()
    ) -> Iterator[EventReader]:
        params: list[tuple[str, str | int | float | bool | None]] = [("after", after)]
        params += [("run", run)] if run else []
        params += [("kind", each) for each in kinds]
        headers = {"last-event-id": last} if last else {}
        with self.client.stream("GET", "/api/v1/events", params=params, headers=headers) as response:
            assert response.status_code == 200, response.read()
            yield EventReader(response)


class LabUnderTest:
    """A real server in a thread, on a free port unless told which."""

    def __init__(self, data: Path, *, at: int = 0, **settings: Any) -> None:
        self.settings = Settings(data=data, port=at, token=TOKEN, **{"heartbeat_s": 0.3, **settings})
        self._listener = bind(self.settings)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.driver_link = self.viewer_link = ""
        self._ready = threading.Event()
        self.server = make_server(self.settings, self._listener, self._say)
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self._listener]}, name="lab")

    def _say(self, driver: str, viewer: str) -> None:
        self.driver_link, self.viewer_link = driver, viewer
        self._ready.set()

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(WITHIN_S), "the server did not start"

    @property
    def services(self) -> Services:
        """What the server itself works with."""
        return self.server.services()

    def stop(self) -> None:
        """Ends it; may be called twice."""
        self.server.should_exit = True
        self._thread.join(WITHIN_S)
        assert not self._thread.is_alive(), "the server did not end"

    @contextmanager
    def person(self, *, token: str | None = TOKEN) -> Iterator[Person]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        with httpx.Client(base_url=self.url, headers=headers, timeout=WITHIN_S) as client:
            yield Person(client)


@contextmanager
def running_lab(data: Path, **settings: Any) -> Iterator[LabUnderTest]:
    lab = LabUnderTest(data, **settings)
    lab.start()
    try:
        yield lab
    finally:
        lab.stop()


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
    return stat[stat.rindex(b")") + 2 :].split()[0] != b"Z"


def open_descriptors() -> set[str]:
    """What this process has open, as the kernel names it, without what is opened to look."""
    found = set()
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 (the folder itself is one of them)
        try:
            found.add(f"{name} {Path(f'/proc/self/fd/{name}').readlink()}")
        except OSError:
            continue
    return found
