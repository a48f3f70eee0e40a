"""What well-known programs do with each signal, told to people, each with where it is written.

Made of the tables that the forecasts use, so that page and forecast cannot disagree: the habits of servers, the manners
of inits.  What is added here is what those need not know: a signal that means something else than an end, and programs
that nobody stops.  A text follows the name of its program: "nginx *opens its log files again and goes on*".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.signals import parse_signal
from app.verdict.programs.inits import manner
from app.verdict.programs.senders import BASH, GO, MEASURED, RUN, Source, manual
from app.verdict.programs.servers import HABITS
from app.verdict.signal_state import SignalState
from app.verdict.tree import ProcessView

Kind = Literal["stays", "decides", "drains", "passes", "ends"]
ORDER: tuple[Kind, ...] = ("stays", "decides", "drains", "passes", "ends")  # the least expected first


@dataclass(frozen=True, slots=True)
class Practice:
    """``kind``: as in ``servers.py``; ``passes``: it hands it on to a child."""

    program: str
    kind: Kind
    text: str
    source: Source


_DOCKER = "https://docs.docker.com"
_GITHUB = "https://github.com"
MANUALS: dict[str, Source] = {
    "nginx": Source("nginx: Controlling nginx", "https://nginx.org/en/docs/control.html"),
    "httpd": Source("Apache httpd: Stopping and Restarting", "https://httpd.apache.org/docs/2.4/stopping.html"),
    "haproxy": Source("HAProxy: Management Guide", "https://docs.haproxy.org/2.8/management.html"),
    "squid": Source("Squid: src/main.cc", f"{_GITHUB}/squid-cache/squid/blob/master/src/main.cc"),
    "postgres": Source("PostgreSQL: Shutting Down the Server", "https://www.postgresql.org/docs/current/server-shutdown.html"),
    "gunicorn": Source("Gunicorn: Signal Handling", "https://gunicorn.org/signals"),
    "pm2-runtime": Source("PM2: Graceful Shutdown", "https://pm2.keymetrics.io/docs/usage/signals-clean-restart/"),
    "nodemon": Source("nodemon: README", f"{_GITHUB}/remy/nodemon#readme"),
    "uwsgi": Source("uWSGI: Managing the server", "https://uwsgi-docs.readthedocs.io/en/latest/Management.html"),
    "php-fpm": Source("php-fpm(8)", f"{_GITHUB}/php/php-src/blob/master/sapi/fpm/php-fpm.8.in"),
    "lighttpd": Source("lighttpd: initscripts.txt", f"{_GITHUB}/lighttpd/lighttpd1.4/blob/master/doc/initscripts.txt"),
    "redis-server": Source("Redis: Signal handling", "https://redis.io/docs/latest/operate/oss_and_stack/reference/signals/"),
    "mysqld": Source("MySQL: Unix Signal Handling", "https://dev.mysql.com/doc/refman/8.4/en/unix-signal-response.html"),
    "celery": Source("Celery: Workers Guide", "https://docs.celeryq.dev/en/stable/userguide/workers.html"),
    "puma": Source("Puma: Signals", f"{_GITHUB}/puma/puma/blob/master/docs/signals.md"),
    "named": manual("named", 8),
    "unbound": Source("Unbound: daemon/worker.c", f"{_GITHUB}/NLnetLabs/unbound/blob/master/daemon/worker.c"),
    "dnsmasq": manual("dnsmasq", 8),
    "mosquitto": manual("mosquitto", 8),
    "sshd": manual("sshd", 8),
    "rsyslogd": manual("rsyslogd", 8),
    "nats-server": Source("NATS: Signals", "https://docs.nats.io/running-a-nats-service/nats_admin/signals"),
    "pause": Source("Kubernetes: pause.c", f"{_GITHUB}/kubernetes/kubernetes/blob/master/build/pause/linux/pause.c"),
    "beam.smp": Source("Erlang: kernel, OS Signal Event Handler", "https://www.erlang.org/doc/apps/kernel/kernel_app.html"),
    "systemd": manual("systemd", 1),
    "supervisord": Source("Supervisor: Running Supervisor", "https://supervisord.org/running.html"),
    "s6-svscan": Source("s6: s6-svscan", "https://skarnet.org/software/s6/s6-svscan.html"),
    "runsvdir": manual("runsvdir", 8),
    "busybox init": Source("BusyBox: init.c", "https://git.busybox.net/busybox/tree/init/init.c"),
    "make": Source("GNU make: Interrupting make", "https://www.gnu.org/software/make/manual/html_node/Interrupts.html"),
    "su": manual("su", 1),
    "tini": Source("tini: README", f"{_GITHUB}/krallin/tini#readme"),
    "dumb-init": Source("dumb-init: README", f"{_GITHUB}/Yelp/dumb-init#readme"),
    "bash": BASH,
    "python": Source("Python: signal", "https://docs.python.org/3/library/signal.html"),
    "node": Source("Node.js: Signal events", "https://nodejs.org/api/process.html#signal-events"),
    "java": Source("Java: Handle signals and exceptions", "https://docs.oracle.com/en/java/javase/21/troubleshoot/handle-signals-and-exceptions.html"),
    "ruby": Source("Ruby: Signal", "https://docs.ruby-lang.org/en/master/Signal.html"),
    "go": GO,
    "dd": manual("dd", 1),
    "ping": manual("ping", 8),
    "tcpdump": manual("tcpdump", 8),
    "nohup": manual("nohup", 1),
    "docker run": RUN,
    "dockerd": Source("Docker: dockerd", f"{_DOCKER}/reference/cli/dockerd/"),
    "dockerd, its stacks": Source("Docker: Read the daemon logs", f"{_DOCKER}/engine/daemon/logs/"),
    **{
        name: MEASURED
        for name in (
            *("uvicorn", "hypercorn", "granian", "twistd", "http-server", "honcho"),
            *("memcached", "varnishd", "iperf3", "socat"),
        )
    },
}  # fmt: skip
UNTOLD = {"cron"}  # the forecasts know a habit of it, but nobody has written it down

# What the manners of inits are asked for; of any other signal they say no more than that it is no end.
_ASKED = {
    "systemd": "TERM INT PWR RTMIN+3 RTMIN+4 RTMIN+5 RTMIN+6 RTMIN+13 RTMIN+14 RTMIN+15 RTMIN+16",
    "supervisord": "TERM INT QUIT",
    "s6-svscan": "TERM INT QUIT HUP",
    "runsvdir": "TERM HUP",
    "busybox init": "TERM USR1 USR2 PWR",
    "make": "INT HUP QUIT",
    "su": "TERM",
}
_PASSED = "TERM INT HUP QUIT USR1 USR2 WINCH"
_LOGS, _RELOAD = "opens its log files again and goes on", "reads its configuration again and goes on"
_DOWN = "raises an exception, which ends most programs"
# program, kind, text, signals
_ALSO: tuple[tuple[str, Kind, str, str], ...] = (
    ("gunicorn", "stays", _LOGS, "USR1"),
    ("gunicorn", "stays", "starts a new copy of itself and goes on", "USR2"),
    ("gunicorn", "stays", "ends its workers, not itself, where it is a daemon", "WINCH"),
    ("gunicorn", "stays", "has one worker more", "TTIN"),
    ("gunicorn", "stays", "has one worker less", "TTOU"),
    ("uwsgi", "stays", "prints statistics", "USR1"),
    ("uwsgi", "stays", "prints what its workers do", "USR2"),
    ("lighttpd", "stays", "lets what is open be finished, then reads its configuration again", "USR1"),
    ("lighttpd", "stays", _LOGS, "HUP"),
    ("puma", "stays", "opens its log files again where it has some; else it ends", "HUP"),
    ("nats-server", "stays", _LOGS, "USR1"),
    ("nats-server", "decides", "sends its clients away one by one, then ends", "USR2"),
    ("celery", "stays", "writes what its threads do, and goes on", "USR1"),
    ("celery", "ends", "ends without finishing the tasks that it has begun", "QUIT"),
    ("dnsmasq", "stays", "writes its statistics to the log", "USR1"),
    ("dnsmasq", "stays", _LOGS, "USR2"),
    ("mosquitto", "stays", "writes its database to disk, where it keeps one", "USR1"),
    ("beam.smp", "ends", "writes a crash dump and ends", "USR1"),
    ("beam.smp", "ends", "ends at once, its applications are not told", "QUIT"),
    ("redis-server", "ends", "writes a report of the crash to its log before it ends", "SEGV BUS FPE ILL"),
    ("systemd", "stays", _RELOAD, "HUP"),
    ("systemd", "stays", "connects to the D-Bus again", "USR1"),
    ("systemd", "stays", "writes its whole state to the log", "USR2"),
    ("systemd", "stays", "starts kbrequest.target", "WINCH"),
    ("systemd", "decides", "starts sigpwr.target, which decides", "PWR"),
    ("systemd", "stays", "goes to its default target", "RTMIN"),
    ("systemd", "stays", "goes to rescue mode", "RTMIN+1"),
    ("systemd", "stays", "goes to emergency mode", "RTMIN+2"),
    ("systemd", "stays", "shows its messages on the console", "RTMIN+20"),
    ("systemd", "stays", "shows no messages on the console", "RTMIN+21"),
    ("systemd", "stays", "logs at level debug", "RTMIN+22"),
    ("systemd", "stays", "logs at its configured level again", "RTMIN+23"),
    ("supervisord", "stays", "ends its programs, reads its configuration again and starts them anew", "HUP"),
    ("supervisord", "stays", _LOGS, "USR2"),
    ("tini", "passes", "passes it on to its child", _PASSED),
    ("tini", "stays", "collects the children that have ended", "CHLD"),
    ("dumb-init", "passes", "passes it on to the session of its child", _PASSED),
    ("docker run", "passes", "passes it on to PID 1; old versions only without a terminal", "TERM INT HUP USR1 USR2"),
    ("dockerd", "stays", "reads part of its configuration again and goes on", "HUP"),
    ("dockerd, its stacks", "stays", "writes what its goroutines do to a file", "USR1"),
    ("bash", "stays", "ignores it, where it is interactive", "TERM"),
    ("bash", "stays", "ignores it", "QUIT"),
    ("bash", "stays", "ignores it, where job control is on", "TSTP TTIN TTOU"),
    ("bash", "ends", "ends; an interactive one passes it on to its jobs first", "HUP"),
    ("bash", "stays", "breaks off what it runs or waits for, where it is interactive", "INT"),
    ("bash", "stays", "sets LINES and COLUMNS anew, with checkwinsize", "WINCH"),
    ("python", "ends", "raises KeyboardInterrupt, which ends most programs", "INT"),
    ("python", "stays", "ignores it; writing then fails with BrokenPipeError", "PIPE"),
    ("node", "ends", "sets the terminal back and ends, unless the program listens; not as PID 1", "TERM INT"),
    ("node", "stays", "starts its debugger and goes on", "USR1"),
    ("node", "stays", "ignores it", "PIPE"),
    ("java", "stays", "writes what its threads do, and goes on", "QUIT"),
    ("java", "decides", "runs its shutdown hooks, and ends when the last one is done", "TERM INT HUP"),
    ("ruby", "ends", _DOWN, "TERM INT HUP QUIT ALRM USR1 USR2"),
    ("go", "ends", "ends by the signal, unless the program asks for it; as PID 1 it exits with 2", "TERM INT HUP"),
    ("go", "ends", "writes what its goroutines do, and ends with 2", "QUIT ABRT"),
    ("go", "stays", "lets another goroutine run: its own way to interrupt one", "URG"),
    ("go", "ends", "ends where it writes to standard output or error; elsewhere writing fails", "PIPE"),
    ("dd", "stays", "prints how far it is, and goes on", "USR1"),
    ("ping", "stays", "prints its statistics so far, and goes on", "QUIT"),
    ("tcpdump", "stays", "prints how many packets it has seen, and goes on", "USR1"),
    ("tcpdump", "ends", "prints how many packets it has seen, and ends", "INT TERM"),
    ("nohup", "stays", "has it ignored by the program that it starts", "HUP"),
)  # fmt: skip


def _normal(short: str) -> str:
    """The name of the table: RTMIN+20 is SIGRTMAX-10 there."""
    return parse_signal(short).name


def _practices() -> Iterator[tuple[str, Practice]]:
    for program, habits in HABITS.items():
        if program not in UNTOLD:
            source = MANUALS[program]
            for name, habit in habits.items():
                if source is not MEASURED or name == "SIGTERM":  # no other signal was measured of them
                    yield name, Practice(program, habit.kind, habit.text, source)
    for program, asked in _ASKED.items():
        argv = tuple(program.split())
        member = ProcessView(1, 0, 1, 1, program, argv, None, SignalState(None, is_init=True))
        for short in asked.split():
            signal = parse_signal(short)
            if how := manner(member, signal.number):
                yield signal.name, Practice(program, how.kind, how.text, MANUALS[program])
    for program, kind, text, signals in _ALSO:
        for short in signals.split():
            yield _normal(short), Practice(program.partition(",")[0], kind, text, MANUALS[program])


@cache
def practices() -> dict[str, tuple[Practice, ...]]:
    """By the name of the signal; what is said last of a program counts, and the least expected stands first."""
    found: dict[str, dict[str, Practice]] = {}
    for name, practice in _practices():
        found.setdefault(name, {})[practice.program] = practice
    return {
        name: tuple(sorted(of.values(), key=lambda each: (ORDER.index(each.kind), each.program)))
        for name, of in found.items()
    }
