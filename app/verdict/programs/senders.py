"""Who sends which signal, each with where that is written.  Leaf module.

The table of ``app/signals.py`` says what a signal is; this says where it comes from, and what programs make of it is in
``practice.py``, because the forecasts know that.  A source is a title and, where there is one, an address for
people: the page loads nothing from there.  Everything is in our own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_LINUX = "https://man7.org/linux/man-pages"
_DEBIAN = "https://manpages.debian.org"
_DOCKER = "https://docs.docker.com/reference/cli/docker/container"


@dataclass(frozen=True, slots=True)
class Source:
    """Where something is written.  ``url`` is "" for what stands in the lab's own documents."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """``who`` sends it ``when``: "the kernel", "when its terminal closes"."""

    who: str
    when: str
    source: Source


@cache
def linux(page: str, section: int) -> Source:
    """A page of the Linux manual."""
    return Source(f"{page}({section})", f"{_LINUX}/man{section}/{page}.{section}.html")


@cache
def manual(page: str, section: int) -> Source:
    """The manual page that a program brings with it."""
    return Source(f"{page}({section})", f"{_DEBIAN}/{page}.{section}")


MEASURED = Source("measured by this lab: docs/accuracy.md")
SIGNAL = linux("signal", 7)
STOP = Source("Docker: docker container stop", f"{_DOCKER}/stop/")
RUN = Source("Docker: docker container run", f"{_DOCKER}/run/")
PAUSE = Source("Docker: docker container pause", f"{_DOCKER}/pause/")
PODS = Source("Kubernetes: Pod lifecycle", "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/")
KILL_UNIT = manual("systemd.kill", 5)
TERMIOS = linux("termios", 3)
TIMERS = linux("setitimer", 2)
BASH = manual("bash", 1)
CONTAINERS = Source("systemd: The Container Interface", "https://systemd.io/CONTAINER_INTERFACE/")
GO = Source("Go: os/signal", "https://pkg.go.dev/os/signal")


def _image(name: str) -> Sender:
    """An official image that names its own stop signal, by a STOPSIGNAL in its Dockerfile."""
    source = Source(f"Docker Official Images: {name}", f"https://github.com/docker-library/{name}")
    return Sender("docker stop", f"to the official image {name}, which names it as its stop signal", source)


_NGINX = Source("Docker Official Images: nginx", "https://github.com/nginx/docker-nginx")
_KERNEL = "the kernel"
_TERMINAL = "the terminal"
_FAULT = "to the thread that did it"

SENDERS: dict[str, tuple[Sender, ...]] = {
    "SIGHUP": (
        Sender(
            _KERNEL, "to the session’s leader and its foreground group when the terminal goes away", linux("setsid", 2)
        ),
        Sender(_KERNEL, "with SIGCONT, to a stopped process group that becomes orphaned", linux("setpgid", 2)),
        Sender("an interactive shell", "to its jobs, when it is itself hung up", BASH),
        Sender("logrotate", "from its scripts, where a program is to open its log files again", manual("logrotate", 8)),
    ),
    "SIGINT": (
        Sender(_TERMINAL, "to its foreground process group, on Ctrl-C", TERMIOS),
        Sender("docker run", "passes your Ctrl-C on to PID 1, where it is attached without a terminal", RUN),
        Sender(_KERNEL, "to PID 1 of the machine, on Ctrl-Alt-Del where that is not a reboot", linux("reboot", 2)),
        _image("postgres"),
    ),
    "SIGQUIT": (
        Sender(_TERMINAL, "to its foreground process group, on Ctrl-\\", TERMIOS),
        Sender("docker stop", "to the official image nginx, which names it as its stop signal", _NGINX),
    ),
    "SIGILL": (Sender(_KERNEL, f"{_FAULT}: an instruction that the processor does not know", SIGNAL),),
    "SIGTRAP": (Sender(_KERNEL, "at a breakpoint, and after a single step under a debugger", linux("ptrace", 2)),),
    "SIGABRT": (
        Sender("the program itself", "by abort(3), as after a failed assert(3)", linux("abort", 3)),
        Sender("systemd", "to a service that misses its watchdog", manual("systemd.service", 5)),
    ),
    "SIGBUS": (Sender(_KERNEL, f"{_FAULT}: a mapped page beyond the end of its file", linux("mmap", 2)),),
    "SIGFPE": (Sender(_KERNEL, f"{_FAULT}: a whole number divided by zero", SIGNAL),),
    "SIGKILL": (
        Sender("docker stop", "when its timeout is over, 10 s unless told otherwise", STOP),
        Sender("Kubernetes", "when the grace period of a Pod is over, 30 s unless told otherwise", PODS),
        Sender("systemd", "when TimeoutStopSec is over, to all that is left of a unit", KILL_UNIT),
        Sender(
            _KERNEL, "when memory runs out, on the machine or in a control group", linux("proc_pid_oom_score_adj", 5)
        ),
        Sender(_KERNEL, "to all others of a PID namespace when its PID 1 ends", linux("pid_namespaces", 7)),
    ),
    "SIGUSR1": (Sender("people and scripts", "the kernel never sends it", SIGNAL), _image("haproxy")),
    "SIGSEGV": (Sender(_KERNEL, f"{_FAULT}: memory that is not mapped, or not for this use", SIGNAL),),
    "SIGUSR2": (Sender("people and scripts", "the kernel never sends it", SIGNAL),),
    "SIGPIPE": (Sender(_KERNEL, "to who writes to a pipe or socket that nobody reads any more", linux("pipe", 7)),),
    "SIGALRM": (Sender(_KERNEL, "when a timer of alarm(2) or ITIMER_REAL is over", linux("alarm", 2)),),
    "SIGTERM": (
        Sender("kill", "when no signal is named", manual("kill", 1)),
        Sender("docker stop", "to PID 1, unless the image or the container names another one", STOP),
        Sender("Kubernetes", "by its container runtime, when a Pod is to end", PODS),
        Sender("systemd", "to all processes of a unit that is stopped, unless KillSignal says otherwise", KILL_UNIT),
        Sender("timeout", "when the time is over, unless told otherwise", manual("timeout", 1)),
    ),
    "SIGSTKFLT": (Sender("nobody", "the kernel has no use for it", SIGNAL),),
    "SIGCHLD": (Sender(_KERNEL, "to the parent, when a child ends, stops or goes on", linux("wait", 2)),),
    "SIGCONT": (
        Sender("a shell", "to a job, on fg and bg", BASH),
        Sender(_KERNEL, "with SIGHUP, to a stopped process group that becomes orphaned", linux("setpgid", 2)),
        Sender("systemd", "after the stop signal, so that a stopped process can act on it", KILL_UNIT),
    ),
    "SIGSTOP": (Sender("people and debuggers", "docker pause does not: that is the freezer", PAUSE),),
    "SIGTSTP": (Sender(_TERMINAL, "to its foreground process group, on Ctrl-Z", TERMIOS),),
    "SIGTTIN": (
        Sender(_KERNEL, "to the group of a background process that reads from its terminal", linux("credentials", 7)),
    ),
    "SIGTTOU": (Sender(_KERNEL, "to the group of a background process that writes to it under stty tostop", TERMIOS),),
    "SIGURG": (
        Sender(_KERNEL, "when urgent data comes to a socket that has an owner", linux("socket", 7)),
        Sender("Go’s runtime", "to its own threads, to let another goroutine run", GO),
    ),
    "SIGXCPU": (Sender(_KERNEL, "each second beyond the soft limit RLIMIT_CPU", linux("getrlimit", 2)),),
    "SIGXFSZ": (Sender(_KERNEL, "to who makes a file larger than RLIMIT_FSIZE", linux("getrlimit", 2)),),
    "SIGVTALRM": (Sender(_KERNEL, "when a timer of ITIMER_VIRTUAL is over", TIMERS),),
    "SIGPROF": (Sender(_KERNEL, "when a timer of ITIMER_PROF is over, for profilers", TIMERS),),
    "SIGWINCH": (
        Sender(_KERNEL, "to the terminal’s foreground process group when its size changes", linux("ioctl_tty", 2)),
        _image("httpd"),
    ),
    "SIGIO": (Sender(_KERNEL, "to the owner of a descriptor that has O_ASYNC", linux("fcntl", 2)),),
    "SIGPWR": (
        Sender("a UPS’s daemon", "to PID 1, when the power fails", manual("systemd.special", 7)),
        Sender("LXC", "to PID 1 of a container that is to shut down", manual("lxc.container.conf", 5)),
    ),
    "SIGSYS": (Sender(_KERNEL, "to who makes a call that a seccomp filter traps", linux("seccomp", 2)),),
    "SIGRTMIN+3": (
        Sender("docker stop", "to images with systemd as PID 1, which name it as their stop signal", CONTAINERS),
    ),
}
_AGREED = (Sender("programs that agree on it", "the kernel never sends it by itself", SIGNAL),)
_LIBRARY = (Sender("the C library", "to its own threads, within one process", linux("nptl", 7)),)


def senders_of(name: str, group: str) -> tuple[Sender, ...]:
    """Who sends a signal of the table; what nobody is known to send is for programs that agree on it."""
    found = SENDERS.get(name, ())
    if group == "reserved":
        return _LIBRARY
    return (*found, *_AGREED) if group == "realtime" else found
