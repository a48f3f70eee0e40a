"""The table of signals: names, numbers, default actions, what they mean and who uses them.  Leaf module.

Numbers come from this machine's C library (they differ between architectures); the rest is signal(7) in our words.
glibc keeps the first two real-time signals for itself, so SIGRTMIN is 34 here and ``kill -l`` shows 62 signals.
Real-time names are those of bash's ``kill -l``: counted up from SIGRTMIN in the lower half, down from SIGRTMAX above.
"""

from __future__ import annotations

import difflib
import re
import signal as _signal
from dataclasses import dataclass
from typing import Literal

DefaultAction = Literal["terminate", "core", "stop", "continue", "ignore"]
Group = Literal["leave", "tell", "pause", "force", "fault", "other", "realtime", "reserved"]


class UnknownSignal(ValueError):
    """No such signal; the text says what was meant, as far as that can be guessed."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal.  ``default`` is what the kernel does when the process has not said anything else."""

    name: str  # "SIGTERM", "SIGRTMIN+3"
    number: int
    default: DefaultAction
    catchable: bool
    group: Group
    meaning: str
    used_by: str

    @property
    def short(self) -> str:
        """``TERM``, ``RTMIN+3``."""
        return self.name.removeprefix("SIG")


# name, default, group, meaning, who uses it
_CLASSIC: tuple[tuple[str, DefaultAction, Group, str, str], ...] = (
    ("HUP", "terminate", "leave", "The terminal went away; daemons read it as: reload your configuration.",
     "The kernel, to the session of a terminal that closes. nginx, sshd and many daemons reload on it."),
    ("INT", "terminate", "leave", "Interrupt from the keyboard.",
     "The terminal, to its foreground process group, on Ctrl-C. Python turns it into KeyboardInterrupt."),
    ("QUIT", "core", "leave", "Quit from the keyboard, with a core dump.",
     "The terminal on Ctrl-\\. A JVM prints its threads on it; nginx leaves gracefully."),
    ("ILL", "core", "fault", "An instruction that the processor does not know.",
     "The kernel, to the thread that ran it."),
    ("TRAP", "core", "fault", "A breakpoint or a step was reached.",
     "The kernel, for debuggers."),
    ("ABRT", "core", "fault", "The program gave up on itself.",
     "abort(3), failed assertions; a systemd watchdog sends it too."),
    ("BUS", "core", "fault", "Memory that is mapped but cannot be reached.",
     "The kernel, for example when a mapped file was made shorter."),
    ("FPE", "core", "fault", "An arithmetic error, such as a division of whole numbers by zero.",
     "The kernel, to the thread that did it."),
    ("KILL", "terminate", "force", "End now. Cannot be caught, blocked or ignored.",
     "docker stop when the timeout is over, the out-of-memory killer, people without patience."),
    ("USR1", "terminate", "tell", "Whatever the program says it means.",
     "Log files are opened again (nginx), dd prints how far it is, Apache restarts gracefully."),
    ("SEGV", "core", "fault", "Memory that is not mapped, or not for this use.",
     "The kernel, to the thread that touched it."),
    ("USR2", "terminate", "tell", "Whatever the program says it means.",
     "nginx upgrades its binary on it; Puma restarts."),
    ("PIPE", "terminate", "tell", "Writing to a pipe or socket that nobody reads any more.",
     "The kernel, to the writer. Python and most servers ignore it and look at the error instead."),
    ("ALRM", "terminate", "other", "A timer of alarm(2) ran out.",
     "The kernel, to the process that set the timer."),
    ("TERM", "terminate", "leave", "Please end. The usual way to ask.",
     "kill(1) by default, docker stop by default, systemd, Kubernetes."),
    ("STKFLT", "terminate", "other", "A stack fault of a coprocessor; unused today.",
     "Nobody: the kernel never sends it."),
    ("CHLD", "ignore", "other", "A child ended, stopped or went on.",
     "The kernel, to the parent. An init that does not act on it leaves zombies."),
    ("CONT", "continue", "pause", "Go on after a stop.",
     "fg and bg in a shell. It makes a stopped process go on even if it is blocked or ignored."),
    ("STOP", "stop", "pause", "Stop. Cannot be caught, blocked or ignored.",
     "kill -STOP. docker pause does not use it: that is the freezer of the control group."),
    ("TSTP", "stop", "pause", "Stop from the keyboard.",
     "The terminal, to its foreground process group, on Ctrl-Z."),
    ("TTIN", "stop", "pause", "A background process reads from its terminal.",
     "The kernel, to the process group of the reader."),
    ("TTOU", "stop", "pause", "A background process writes to its terminal.",
     "The kernel, when the terminal is set to tostop."),
    ("URG", "ignore", "other", "Urgent data came to a socket.",
     "The kernel. Go's runtime sends it to its own threads to preempt them."),
    ("XCPU", "core", "fault", "More processor time used than allowed.",
     "The kernel, by the limit RLIMIT_CPU."),
    ("XFSZ", "core", "fault", "A file grew larger than allowed.",
     "The kernel, by the limit RLIMIT_FSIZE."),
    ("VTALRM", "terminate", "other", "A timer that counts time in the program ran out.",
     "The kernel, by setitimer(2)."),
    ("PROF", "terminate", "other", "A timer that counts processor time ran out.",
     "The kernel, for profilers."),
    ("WINCH", "ignore", "tell", "The window has another size.",
     "The kernel, to the foreground process group of a terminal. Apache httpd stops gracefully on it."),
    ("IO", "terminate", "other", "Input or output is possible now.",
     "The kernel, for descriptors that asked for it with O_ASYNC."),
    ("PWR", "terminate", "other", "The power is failing.",
     "A UPS daemon, to init. LXC asks a container to shut down with it."),
    ("SYS", "core", "fault", "A system call that does not exist or is not allowed.",
     "The kernel, by seccomp."),
)  # fmt: skip

RTMIN, RTMAX = int(_signal.SIGRTMIN), int(_signal.SIGRTMAX)
_HALF = (RTMAX - RTMIN) // 2
_RT_USES = {
    "SIGRTMIN+3": "systemd as PID 1 halts on it: the stop signal of systemd images.",
    "SIGRTMIN+4": "systemd as PID 1 powers off on it.",
    "SIGRTMIN+5": "systemd as PID 1 reboots on it.",
}
_RT_USED = "Programs that agree on it."
_ALIASES = {"IOT": "ABRT", "POLL": "IO", "CLD": "CHLD", "UNUSED": "SYS"}


def _rt_name(number: int) -> str:
    up, down = number - RTMIN, RTMAX - number
    if up <= _HALF:
        return f"SIGRTMIN+{up}" if up else "SIGRTMIN"
    return f"SIGRTMAX-{down}" if down else "SIGRTMAX"


def _classic() -> list[Signal]:
    found = []
    for short, default, group, meaning, used_by in _CLASSIC:
        number = getattr(_signal, f"SIG{short}", None)
        if number is None and short == "STKFLT":
            number = 16  # Python 3.11 has no name for it; it exists where the C library has it at this number
        if number is not None:
            catchable = short not in ("KILL", "STOP")
            found.append(Signal(f"SIG{short}", int(number), default, catchable, group, meaning, used_by))
    return sorted(found, key=lambda each: each.number)


def _realtime() -> list[Signal]:
    meaning = "A real-time signal: queued as often as it is sent, and free for programs to use."
    return [
        Signal(name, number, "terminate", True, "realtime", meaning, _RT_USES.get(name, _RT_USED))
        for number, name in ((number, _rt_name(number)) for number in range(RTMIN, RTMAX + 1))
    ]  # fmt: skip


SIGNALS: tuple[Signal, ...] = (*_classic(), *_realtime())
RESERVED: tuple[Signal, ...] = tuple(
    Signal(f"SIG{number}", number, "terminate", True, "reserved", "Reserved by the C library for its threads.",
           "The C library, to cancel threads and to change user ids in all of them.")
    for number in range(32, RTMIN)
)  # fmt: skip
KEYS: tuple[str, ...] = (
    *("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"),
    *("SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGPIPE"),
    *("SIGTSTP", "SIGCONT", "SIGSTOP", "SIGKILL"),
)

_BY_NUMBER = {each.number: each for each in (*SIGNALS, *RESERVED)}
_BY_SHORT = {each.short: each for each in SIGNALS}
_RT = re.compile(r"RT(MIN|MAX)(?:([+-])(\d{1,2}))?")


def by_number(number: int) -> Signal:
    """Also the reserved ones.  Raises UnknownSignal."""
    try:
        return _BY_NUMBER[number]
    except KeyError:
        raise UnknownSignal(f"there is no signal {number}; numbers go from 1 to {RTMAX}") from None


def name_of(number: int) -> str:
    """``SIGTERM``; for a number without a signal, ``signal 99``."""
    found = _BY_NUMBER.get(number)
    return found.name if found else f"signal {number}"


def parse_signal(text: str | int) -> Signal:
    """``TERM``, ``SIGTERM``, ``term``, ``15``, 15, ``SIGRTMIN+3``, ``RTMAX-1``, and the old names IOT, POLL, CLD.

    Raises:
        UnknownSignal: with what was perhaps meant; 0 and the C library's own are named as what they are.
    """
    word = str(text).strip().upper()
    if word.isascii() and word.isdigit():
        return _numbered(int(word))
    short = word.removeprefix("SIG")
    if short.isascii() and short.isdigit():
        return _numbered(int(short))
    if rt := _RT.fullmatch(short):
        base, sign, offset = rt.groups()
        number = (RTMIN if base == "MIN" else RTMAX) + int(f"{sign or '+'}{offset or 0}")
        if RTMIN <= number <= RTMAX:
            return _BY_NUMBER[number]
        raise UnknownSignal(f"{text} is outside SIGRTMIN…SIGRTMAX ({RTMIN} to {RTMAX})")
    found = _BY_SHORT.get(_ALIASES.get(short, short))
    if found:
        return found
    close = difflib.get_close_matches(short, _BY_SHORT, n=1)
    meant = f"; did you mean {close[0]}?" if close else ""
    raise UnknownSignal(f"there is no signal {str(text)[:40]!r}{meant}")


def _numbered(number: int) -> Signal:
    if number == 0:
        raise UnknownSignal("0 is not a signal: kill with 0 only asks whether a process exists")
    if number in {each.number for each in RESERVED}:
        raise UnknownSignal(f"{number} is reserved by the C library for its threads; no program should be sent it")
    return by_number(number)


def exit_meaning(exit_code: int) -> str:
    """An exit code in plain words.  128 + n is called what it is: a convention, never a proof."""
    if exit_code == 0:
        return "ended by itself, without an error"
    if exit_code == 125:
        return "by convention: the engine itself failed"
    if exit_code == 126:
        return "by convention: the command cannot be executed"
    if exit_code == 127:
        return "by convention: the command was not found"
    number = exit_code - 128
    if 0 < number <= RTMAX:
        return f"128 + {number}: by convention, ended by {name_of(number)}"
    if exit_code == 255:
        return "the program's own code; 255 is often -1"
    return "the program's own code for an error"
