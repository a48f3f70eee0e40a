"""One case of the truth test: a process, a forecast, a signal; then what the kernel's trace says and what was seen.

Fates are compared as sets: the trace cannot tell an ignored signal from one that PID 1 is protected from, and what was
seen cannot tell a signal that was dropped when it was sent from one that was dropped when it was taken.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.events.parts import Fate, Origin
from app.hosts.local.kernel_trial import try_now
from app.lab.forecasts import signal_state_of
from app.probe.observations import Gone, Missed, Observation, SignalDelivered, SignalGenerated
from app.probe.procfs import Proc, ProcessFacts
from app.probe.target_matcher import TargetMatcher
from app.probe.trace import Trace
from app.signals import by_number
from app.verdict.forecast import Forecast, forecast
from app.verdict.signal_state import Tried

WITHIN_S = 10.0
UNSHARE = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child")
UNTOUCHED: frozenset[Fate] = frozenset({"ignored", "ignored_default", "dropped", "queued_dropped", "none"})
AT_ONCE: frozenset[Fate] = frozenset({"ignored", "ignored_default", "dropped"})
PF_EXITING = 0x4  # include/linux/sched.h
KILL = int(signal.SIGKILL)
PROC = Proc()


@dataclass
class Counts:
    """What came of all cases so far; printed at the end of the session."""

    agreed: Counter[Fate] = field(default_factory=Counter)
    open_right: Counter[str] = field(default_factory=Counter)
    open_wrong: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    sure_wrong: int = 0


# What this kernel does where kernels differ: tried as the lab does when it starts.
_TRIAL = try_now()
TRIED = Tried(_TRIAL.outcome, _TRIAL.release)
COUNTS: dict[str, Counts] = {}


class Witness:
    """The kernel's trace of whatever this process starts."""

    def __init__(self) -> None:
        self.trace, self.matcher = Trace.open(), TargetMatcher()
        self.matcher.expect_children_of("truth", os.getpid())
        self.trace.follow([os.getpid()])
        self._observed: list[Observation] = []

    def observed(self, pid: int) -> list[SignalGenerated | SignalDelivered]:
        """What it said of a process since the last call: all of it, once a mark of our own is here."""
        mark = os.getpid()
        os.kill(mark, signal.SIGURG)
        deadline = time.monotonic() + WITHIN_S
        while True:
            if not self.trace.waiting:
                select.select([self.trace], [], [], 0.05)
            records = self.trace.read()
            self._observed += self.matcher.tell(records)
            if any(getattr(each, "signal", 0) == signal.SIGURG and getattr(each, "tid", 0) == mark for each in records):
                break
            assert time.monotonic() < deadline, "the trace does not show our own mark"
        observed, self._observed = self._observed, []
        assert not any(isinstance(each, Missed) for each in observed), "the trace had no room"
        return [each for each in observed if isinstance(each, SignalGenerated | SignalDelivered) and each.pid == pid]

    def ended(self, observed: list[Observation], pid: int) -> str | None:
        return next((each.how for each in observed if isinstance(each, Gone) and each.pid == pid), None)

    def close(self) -> None:
        self.trace.close()


@dataclass
class Victim:
    """A process of ours.  ``pid`` is its own, on the machine; ``process`` may be a wrapper around it."""

    process: subprocess.Popen[bytes]
    pid: int
    start: int
    lines: list[str] = field(default_factory=list)
    rest: bytes = b""

    def read(self, wait_s: float = 0.0) -> list[str]:
        """Lines that have come."""
        assert self.process.stdout is not None
        fd = self.process.stdout.fileno()
        while select.select([fd], [], [], wait_s)[0]:
            data = os.read(fd, 65536)
            if not data:
                break
            *lines, self.rest = (self.rest + data).split(b"\n")
            self.lines += [line.decode() for line in lines]
            wait_s = 0.0
        return self.lines

    def until(self, line: str) -> None:
        deadline = time.monotonic() + WITHIN_S
        while line not in self.read(0.05):
            assert time.monotonic() < deadline, (line, self.lines)

    def facts(self) -> ProcessFacts:
        facts = PROC.read_process(self.pid)
        assert facts is not None, self.lines
        return facts

    def say(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """Kills it, wherever it hangs; what it started has it as its parent and ends with its input."""
        if PROC.identity(self.pid) == (self.pid, self.start):
            with contextlib.suppress(ProcessLookupError):  # it has just gone, and so can be nobody else yet
                os.kill(self.pid, signal.SIGKILL)
        self.process.communicate()


@contextlib.contextmanager
def victim(
    program: Path, *words: str, sandbox: bool = False, session: bool = True, before: tuple[str, ...] = ()
) -> Iterator[Victim]:
    """A running C victim that is all it should be: also in the calls that it waits in.

    ``session``: it leads one, so that its process group is orphaned; else it has a group in our session.
    """
    command = [*(UNSHARE if sandbox else ()), *before, str(program), *words]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=session, process_group=None if session else 0,
    )  # fmt: skip
    mine = Victim(process, process.pid, 0)
    try:
        mine.until("ready")
        mine.lines.clear()
        if sandbox:
            (mine.pid,) = PROC.children(process.pid)
        identity = PROC.identity(mine.pid)
        assert identity
        mine.start = identity[1]
        waits = any(",w" in word for word in words)
        settle(mine, waits=waits)
        yield mine
    finally:
        mine.end()


def settle(mine: Victim, *, waits: bool = False) -> ProcessFacts | None:
    """Wait until nothing that was sent is still on its way; None when it has ended.

    First the pending sets, then the states: a thread that took a signal in between is running, or has said its line.
    """
    deadline = time.monotonic() + WITHIN_S
    while True:
        pending = PROC.read_process(mine.pid)
        facts = PROC.read_process(mine.pid)
        if facts is None or pending is None or facts.start != mine.start or state_of(facts) in "ZX":
            return None
        assert facts.masks
        assert pending.masks
        on_its_way = pending.masks.pending & ~pending.masks.blocked
        stopped = all(each.state in "Tt" for each in facts.threads_of)  # a stop reaches the threads one by one
        still = stopped or facts.frozen or all(each.state == "S" for each in facts.threads_of)
        given_back = facts.exe is None and facts.state not in "ZX"  # its memory; a first thread that ended has none
        dying = given_back or not facts.threads_of or ends(mine.pid)
        torn = facts.state not in ("Z", state_of(facts))  # it moved between two reads
        held = stopped or facts.frozen == "v1" or (facts.frozen and not on_its_way >> (KILL - 1) & 1)
        if still and not dying and not torn and (held or not on_its_way) and not (waits and not facts.masks.waited):
            return facts
        assert time.monotonic() < deadline, facts
        time.sleep(0)


def ends(pid: int) -> bool:
    """Every thread is on its way out: what is pending then is nobody's.  One of PID 1 waits there for its namespace."""
    try:
        stats = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:
        return True  # one went between the two
    return all(int(stat.rpartition(")")[2].split()[6]) & PF_EXITING for stat in stats)


def send(mine: Victim, number: int, origin: Origin) -> None:
    """From outside by its pid on the machine; from inside by its helper, which is in its PID namespace."""
    if origin == "outside":
        with contextlib.suppress(ProcessLookupError):
            os.kill(mine.pid, number)
        return
    mine.say(str(number))
    if number != signal.SIGKILL or mine.facts().is_init:
        deadline = time.monotonic() + WITHIN_S
        while f"sent {number}" not in mine.read(0.05):
            if PROC.identity(mine.pid) != (mine.pid, mine.start) or mine.facts().state in "ZX":
                return  # it went, and its helper with it
            assert time.monotonic() < deadline, mine.lines


def state_of(facts: ProcessFacts) -> str:
    """Of the first living thread, by the same read as those of the others."""
    return facts.threads_of[0].state if facts.threads_of else facts.state


def seen(mine: Victim, number: int, before: ProcessFacts, after: ProcessFacts | None, lines: list[str]) -> set[Fate]:
    """The fates that what was seen allows."""
    was = state_of(before)
    if was in "ZX":
        return {"none"}
    if after is None:
        if mine.process.pid == mine.pid and mine.process.wait(WITHIN_S) != -number:
            return {"handler"}  # it was not this signal that ended it
        return {"core" if by_number(number).default == "core" else "terminates"}
    assert after.masks
    now = state_of(after)
    for word, fate in (("handler", "handler"), ("sigwait", "sigwait"), ("signalfd", "signalfd")):
        if f"{word} {number}" in lines:
            return {fate, "continues"} if number == signal.SIGCONT else {fate}  # type: ignore[arg-type]
    if was == "T" and now != "T":
        return {"continues"}
    if after.masks.pending >> (number - 1) & 1:
        return {"pending", "stops"} if number == signal.SIGSTOP else {"pending"}
    if now == "T" and was != "T":
        return {"stops"}
    return {*UNTOUCHED, "stops"} if now == "T" and number == signal.SIGSTOP else set(UNTOUCHED)


def said(observed: list[SignalGenerated | SignalDelivered], number: int) -> set[Fate]:
    """The fates that the kernel's trace allows."""
    sent = [each.result for each in observed if isinstance(each, SignalGenerated) and each.signal == number]
    taken = [each.action for each in observed if isinstance(each, SignalDelivered) and each.signal == number]
    if not sent:
        return {"none"}
    fates: set[Fate]
    if taken:
        fates = {
            "handler": {"handler", "continues"},
            "default": {"terminates", "core", "stops"},
            "dropped": {"queued_dropped", "continues"},
        }[taken[0]]  # type: ignore[assignment]
    elif sent[0] == 1:
        fates = {*AT_ONCE, "continues", "stops"} if number in (signal.SIGCONT, signal.SIGSTOP) else set(AT_ONCE)
    else:
        fates = {"pending", "sigwait", "signalfd", "continues", "stops"}
    return fates


def judge(
    witness: Witness, suite: str, mine: Victim, number: int, origin: Origin, what: str, *, tells: bool = True
) -> tuple[Forecast, ProcessFacts | None]:
    """Forecast, send, and hold what the kernel said and what was seen against it.

    A sure forecast that is wrong fails.  One that is not sure is counted, right or wrong.  ``tells``: it prints a line
    for each signal that it takes; others are only seen to live on.
    """
    witness.observed(mine.pid)
    mine.read()
    mine.lines.clear()
    before = mine.facts()
    told_before = forecast(signal_state_of(before, TRIED), number, origin)
    send(mine, number, origin)
    after = settle(mine)
    observed = witness.observed(mine.pid)
    by_trace = said(observed, number)
    takes = told_before.fate in by_trace & {"handler", "sigwait", "signalfd"}
    if tells and takes and after and after.masks and not after.masks.pending >> (number - 1) & 1:
        mine.until(f"{told_before.fate} {number}")  # from a container it has a way to go
    lines = mine.read()
    allowed = {"the trace": by_trace, "what was seen": seen(mine, number, before, after, lines)}
    if not tells and after is not None and allowed["what was seen"] == UNTOUCHED:
        allowed["what was seen"] |= {"handler", "sigwait", "signalfd"}
    if not tells and "handler" in allowed["the trace"] and after is None:
        allowed["what was seen"] = {"handler"}  # it ran, and the program left by what it did
    counts = COUNTS.setdefault(suite, Counts())
    right = all(told_before.fate in fates for fates in allowed.values())
    about = (what, by_number(number).name, origin, told_before, allowed, observed, lines, before, after)
    if told_before.sure:
        counts.sure_wrong += not right
        assert right, about
        counts.agreed[told_before.fate] += 1
    else:
        counter = counts.open_right if right else counts.open_wrong
        counter = counts.unknown if told_before.fate == "unknown" else counter
        counter[f"{told_before.fate} ({told_before.rule})"] += 1
        assert allowed["the trace"] & allowed["what was seen"], about
    return told_before, after
