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
    """One signal.

    ``default`` is what the kernel does when the process has not said anything else; a PID 1 is protected from it.
    ``catchable`` False: it cannot be caught, blocked or ignored.  ``meaning`` and ``used_by`` are sentences for people.
    """

    name: str  # "SIGTERM", "SIGRTMIN+3"
    number: int
    default: DefaultAction
    catchable: bool
    meaning: str
    group: Group
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
     "The kernel, to the thread that ran it; some compilers' traps end in it."),
    ("TRAP", "core", "fault", "A breakpoint or a step was reached.",
     "The kernel, at a debugger's breakpoint or after a single step."),
    ("ABRT", "core", "fault", "The program gave up on itself.",
     "abort(3), as after a failed assertion; systemd, when a service misses its watchdog."),
    ("BUS", "core", "fault", "Memory that is mapped but cannot be reached.",
     "The kernel, for example when a mapped file was made shorter."),
    ("FPE", "core", "fault", "An arithmetic error, such as a division of whole numbers by zero.",
     "The kernel, to the thread that did it."),
    ("KILL", "terminate", "force", "End now. Cannot be caught, blocked or ignored.",
     "docker stop when the timeout is over, the kernel when memory runs out, people without patience."),
    ("USR1", "terminate", "tell", "Whatever the program says it means.",
     "nginx opens its log files again, dd prints how far it is, Apache httpd restarts gracefully."),
    ("SEGV", "core", "fault", "Memory that is not mapped, or not for this use.",
     "The kernel, to the thread that touched it."),
    ("USR2", "terminate", "tell", "Whatever the program says it means.",
     "nginx upgrades its binary on it; Puma restarts."),
    ("PIPE", "terminate", "tell", "Writing to a pipe or socket that nobody reads any more.",
     "The kernel, to the writer. Python and most servers ignore it and look at the error (EPIPE) instead."),
    ("ALRM", "terminate", "other", "A timer of alarm(2) ran out.",
     "The kernel, to the process that set the timer."),
    ("TERM", "terminate", "leave", "Please end. The usual way to ask.",
     "kill(1) by default, docker stop by default, systemd, Kubernetes."),
    ("STKFLT", "terminate", "other", "A stack fault of a coprocessor, from old times.",
     "Nobody: the kernel does not send it."),
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
     "The kernel, to the writer's process group, where stty tostop is set or terminal settings are changed."),
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
     "The kernel, to the foreground process group of a terminal. Apache httpd takes it for: finish and leave."),
    ("IO", "terminate", "other", "Input or output is possible now.",
     "The kernel, for descriptors that asked for it with O_ASYNC."),
    ("PWR", "terminate", "other", "The power is failing.",
     "A UPS daemon, to init. LXC asks a container to shut down with it."),
    ("SYS", "core", "fault", "A system call that is not allowed.",
     "The kernel, where a seccomp filter says so; a call that does not exist only fails."),
)  # fmt: skip

RTMIN, RTMAX = int(_signal.SIGRTMIN), int(_signal.SIGRTMAX)
_HALF = (RTMAX - RTMIN) // 2
_RT_USES = {
    "SIGRTMIN": "systemd as PID 1 goes to its default target on it.",
    "SIGRTMIN+1": "systemd as PID 1 goes to rescue mode on it.",
    "SIGRTMIN+2": "systemd as PID 1 goes to emergency mode on it.",
    "SIGRTMIN+3": "systemd as PID 1 halts on it: the stop signal of systemd images.",
    "SIGRTMIN+4": "systemd as PID 1 powers off on it.",
    "SIGRTMIN+5": "systemd as PID 1 reboots on it.",
    "SIGRTMIN+6": "systemd as PID 1 reboots through kexec on it.",
    "SIGRTMIN+13": "systemd as PID 1 halts at once on it, without stopping its services.",
    "SIGRTMIN+14": "systemd as PID 1 powers off at once on it, without stopping its services.",
    "SIGRTMIN+15": "systemd as PID 1 reboots at once on it, without stopping its services.",
}
_RT_USED = "Programs that agree on it."
_RESERVED = "The C library inside one process, to cancel a thread or to change the user id of all threads."
_ALIASES = {"IOT": "ABRT", "POLL": "IO", "CLD": "CHLD"}


def _rt_name(number: int) -> str:
    up, down = number - RTMIN, RTMAX - number
    if up <= _HALF:
        return f"SIGRTMIN+{up}" if up else "SIGRTMIN"
    return f"SIGRTMAX-{down}" if down else "SIGRTMAX"


def _classic() -> list[Signal]:
    found = []
    for short, default, group, meaning, used_by in _CLASSIC:
        number = getattr(_signal, f"SIG{short}", None)
        if number is not None:  # STKFLT is not on every architecture
            catchable = short not in ("KILL", "STOP")
            found.append(Signal(f"SIG{short}", int(number), default, catchable, meaning, group, used_by))
    return sorted(found, key=lambda each: each.number)


def _realtime() -> list[Signal]:
    meaning = "A real-time signal: queued as often as it is sent, and free for programs to use."
    return [
        Signal(name, number, "terminate", True, meaning, "realtime", _RT_USES.get(name, _RT_USED))
        for number in range(RTMIN, RTMAX + 1)
        for name in (_rt_name(number),)
    ]


SIGNALS: tuple[Signal, ...] = (*_classic(), *_realtime())
RESERVED: tuple[Signal, ...] = tuple(
    Signal(
        f"SIG{number}", number, "terminate", True, "Reserved by the C library for its threads.", "reserved", _RESERVED
    )
    for number in range(max(each.number for each in _classic()) + 1, RTMIN)
)
KEYS: tuple[str, ...] = (
    *("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"),
    *("SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGPIPE"),
    *("SIGTSTP", "SIGCONT", "SIGSTOP", "SIGKILL"),
)

FORCED = frozenset(each.name for each in SIGNALS if not each.catchable)  # SIGKILL and SIGSTOP: the kernel's alone

_BY_NUMBER = {each.number: each for each in (*SIGNALS, *RESERVED)}
_BY_SHORT = {each.short: each for each in SIGNALS}
SIGTERM, SIGKILL = _BY_SHORT["TERM"], _BY_SHORT["KILL"]
_RT = re.compile(r"RT(MIN|MAX)(?:([+-])(\d{1,2}))?")
_LONGEST = 40  # characters of a name that are looked at


def by_number(number: int) -> Signal:
    """The signal of a number, the reserved ones too: the kernel may report those.  Raises UnknownSignal."""
    try:
        return _BY_NUMBER[number]
    except KeyError:
        raise UnknownSignal(f"there is no signal with that number; they go from 1 to {RTMAX}") from None


def name_of(number: int) -> str:
    """``SIGTERM``; ``SIG32`` for a reserved one (its row in RESERVED says why); ``signal 99`` where there is none.

    Never fails: it names what the kernel or the engine reported.
    """
    found = _BY_NUMBER.get(number)
    return found.name if found else f"signal {number}"


def parse_signal(text: str | int) -> Signal:
    """``TERM``, ``SIGTERM``, ``term``, ``15``, 15, ``SIGRTMIN+3``, ``RTMAX-1``, and the old names IOT, POLL, CLD.

    Raises:
        UnknownSignal: with what was perhaps meant; 0 and the C library's own are named as what they are.
    """
    if isinstance(text, int):
        return _numbered(text)
    word = text.strip()
    if not word.isascii() or len(word) > _LONGEST:  # before upper(), which makes an S of ſ; and int() has limits
        raise UnknownSignal(f"there is no signal {word[:_LONGEST]!r}")
    short = word.upper().removeprefix("SIG")
    if short.isdecimal():
        return _numbered(int(short))
    if rt := _RT.fullmatch(short):
        base, sign, offset = rt.groups()
        number = (RTMIN if base == "MIN" else RTMAX) + int(f"{sign or '+'}{offset or 0}")
        if RTMIN <= number <= RTMAX:
            return _BY_NUMBER[number]
        raise UnknownSignal(f"{word} is outside of SIGRTMIN to SIGRTMAX, {RTMIN} to {RTMAX} on this machine")
    if found := _BY_SHORT.get(_ALIASES.get(short, short)):
        return found
    close = difflib.get_close_matches(short, [*_BY_SHORT, *_ALIASES], n=1)
    meant = f"; did you mean SIG{close[0]}?" if close else ""
    raise UnknownSignal(f"there is no signal {word!r}{meant}")


def named_so(name: str) -> Signal:
    """That which ``name_of`` called so, as a witness tells it: also those two that are the C library's own."""
    number = name.removeprefix("SIG")
    numbered = number.isascii() and number.isdecimal()
    return by_number(int(number)) if numbered else parse_signal(name)


def _numbered(number: int) -> Signal:
    if number == 0:
        raise UnknownSignal("0 is not a signal: kill with 0 only asks whether a process exists")
    found = by_number(number)
    if found.group == "reserved":
        raise UnknownSignal(f"{number} is reserved by the C library for its threads; no program should be sent it")
    return found


_EXIT_WORDS = {
    0: "ended by itself, without an error",
    125: "by convention: the engine itself failed, the command was not run",
    126: "by convention of engine and shell: the command cannot be executed",
    127: "by convention of engine and shell: the command was not found",
    255: "the program's own code for an error, often written as -1",
}


def exit_meaning(exit_code: int) -> str:
    """An exit code in plain words, without a full stop.

    128 + n is called what it is: a convention, never a proof.  Nor does 137 say who sent SIGKILL, or why; that memory
    ran out is for the engine's ``oom`` event to say.  For a wait status that *names* a signal, do not ask here.
    """
    if words := _EXIT_WORDS.get(exit_code):
        return words
    number = exit_code - 128
    if number in _BY_NUMBER:
        return f"128 + {number}: by convention ended by {name_of(number)}, but a program can return this number itself"
    return "the program's own code for an error"
