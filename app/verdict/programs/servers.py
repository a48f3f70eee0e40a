"""What well-known servers mean by a signal that they handle, by their own manuals.

Only what they do, never what the kernel does: the masks are asked first.  Nothing here is ever sure, for a name is a
claim and a configuration can change it.
"""

from __future__ import annotations

from app.signals import name_of
from app.verdict.programs.habit import Habit, Kind
from app.verdict.tree import ProcessView

_FAST = "ends without waiting for anybody"
_GRACE = "lets what is open be finished first"
_RELOAD = "reads its configuration again and goes on"
_LOGS = "opens its log files again and goes on"


def _habits(kind: Kind, text: str, signals: str, due_s: float = 0, fix: str | None = None) -> dict[str, Habit]:
    return {f"SIG{short}": Habit(kind, text, due_s, fix) for short in signals.split()}


HABITS: dict[str, dict[str, Habit]] = {
    "nginx": {
        **_habits("ends", _FAST, "TERM INT"),
        **_habits("drains", _GRACE, "QUIT"),
        **_habits("stays", _RELOAD, "HUP"),
        **_habits("stays", _LOGS, "USR1"),
        **_habits("stays", "starts a new copy of itself, where it is a daemon; else it ignores it", "USR2"),
        **_habits("stays", "ends its workers, not itself, where it is a daemon; else it ignores it", "WINCH"),
    },
    "httpd": {
        **_habits("ends", _FAST, "TERM INT"),
        **_habits("drains", _GRACE, "WINCH", 1.1),
        **_habits("stays", _RELOAD, "HUP USR1"),
    },
    "haproxy": {
        **_habits("ends", _FAST, "TERM INT"),
        **_habits("drains", _GRACE, "USR1"),
        **_habits("stays", _RELOAD, "USR2"),
        **_habits("stays", "writes the state of its servers to the log; a master reads its configuration again", "HUP"),
        **_habits("stays", "writes what it uses its memory for and goes on", "QUIT"),
    },
    "squid": {
        **_habits("decides", "waits for its clients, 30 s unless shutdown_lifetime says less", "TERM", 30,
                  "Set shutdown_lifetime below the stop timeout, or the stop signal to SIGINT."),
        **_habits("ends", _FAST, "INT"),
        **_habits("stays", _RELOAD, "HUP"),
        **_habits("stays", _LOGS, "USR1"),
    },
    "postgres": {
        **_habits("drains", "waits until all its clients have left", "TERM", fix="Set the stop signal to SIGINT."),
        **_habits("ends", "drops its clients and ends", "INT"),
        **_habits("ends", "ends at once; its next start has to recover", "QUIT"),
        **_habits("stays", _RELOAD, "HUP"),
    },
    "gunicorn": {
        **_habits("drains", _GRACE + ", up to its graceful timeout (30 s)", "TERM"),
        **_habits("ends", _FAST, "INT QUIT"),
        **_habits("stays", _RELOAD, "HUP"),
        **_habits("stays", "does something else than to end", "USR1 USR2 WINCH TTIN TTOU"),
    },
    **{name: _habits("drains", _GRACE, "TERM INT") for name in ("uvicorn", "hypercorn", "granian")},
    "twistd": _habits("ends", _FAST, "TERM INT"),
    "http-server": _habits("ends", _FAST, "TERM INT"),
    "honcho": _habits("decides", "ends its processes, and kills what is left after 5 s", "TERM INT"),
    "pm2-runtime": _habits("decides", "ends its processes first", "TERM INT"),
    "nodemon": _habits("decides", "ends its program first", "TERM INT"),
    "uwsgi": {
        **_habits("stays", "reloads, unless die-on-term is set", "TERM",
                  fix="Set die-on-term in its configuration, or the stop signal to SIGINT."),
        **_habits("ends", _FAST, "INT QUIT"),
        **_habits("stays", _RELOAD, "HUP"),
    },
    "php-fpm": {
        **_habits("ends", _FAST, "TERM INT"),
        **_habits("drains", _GRACE, "QUIT"),
        **_habits("stays", _LOGS, "USR1"),
        **_habits("stays", _RELOAD, "USR2"),
    },
    "lighttpd": {**_habits("ends", _FAST, "TERM"), **_habits("drains", _GRACE, "INT")},
    "redis-server": _habits("ends", "saves and ends", "TERM INT"),
    "memcached": _habits("ends", _FAST, "TERM INT"),
    "mysqld": {
        **_habits("decides", "drops its clients, writes its data and ends", "TERM"),
        **_habits("stays", "reads its grants again, writes its tables and logs out, and goes on", "HUP"),
    },
    "celery": _habits("decides", "finishes the tasks that it has begun", "TERM INT"),
    "puma": {**_habits("drains", _GRACE, "TERM INT"), **_habits("stays", "restarts", "USR1 USR2")},
    "named": {**_habits("ends", _FAST, "TERM INT"), **_habits("stays", _RELOAD, "HUP")},
    "unbound": {**_habits("ends", _FAST, "TERM INT QUIT"), **_habits("stays", _RELOAD, "HUP")},
    "dnsmasq": {**_habits("ends", _FAST, "TERM"), **_habits("stays", "empties its cache and goes on", "HUP")},
    "mosquitto": {**_habits("ends", _FAST, "TERM INT"), **_habits("stays", _RELOAD, "HUP")},
    "sshd": {**_habits("ends", _FAST, "TERM"), **_habits("stays", _RELOAD, "HUP")},
    "rsyslogd": {**_habits("ends", _FAST, "TERM INT QUIT"), **_habits("stays", _LOGS, "HUP")},
    "varnishd": _habits("ends", _FAST, "TERM INT"),
    "nats-server": {**_habits("ends", _FAST, "TERM INT"), **_habits("stays", _RELOAD, "HUP")},
    "iperf3": _habits("ends", _FAST, "TERM INT HUP"),
    "socat": _habits("ends", _FAST, "TERM INT HUP QUIT"),
    "pause": _habits("ends", _FAST, "TERM INT"),
    "beam.smp": _habits("decides", "brings its applications down in order", "TERM"),
    "cron": _habits("ends", _FAST, "TERM INT"),
}  # fmt: skip


def habit_of(name: str, member: ProcessView, number: int) -> Habit | None:
    """What a program of this name does with a signal that it takes; None: nobody here knows."""
    if name == "uwsgi" and name_of(number) == "SIGTERM" and any("die-on-term" in word for word in member.argv):
        return Habit("ends", _FAST)
    return HABITS.get(name, {}).get(name_of(number))
