"""Containers that do not stop well, each with the advice that it should get, for ``test_advice.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_SERVER = "python3 -m http.server 8080"
_DEAF = ("python3", "-m", "http.server", "8080")  # no handler of its own
_MINDS = "python3 /server.py"  # of the image ``forms``: a handler for SIGTERM
_LOUD: Mapping[str, object] = {"env": {"PYTHONUNBUFFERED": "1"}}
_IGNORES = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
_BLOCKS = "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})"
_ALONE = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\nprint('ready', flush=True)\nwhile True: time.sleep(.2)"
_PARENT = f"import signal, subprocess, sys, time\nchild = subprocess.Popen(['python3', '/server.py'])\n{_ALONE}"
_SLOW = "trap 'sleep 2.5; exit 0' TERM\necho ready\nsleep 600 & wait $!"
_WRAPPER = "#!/bin/bash\npython3 -m http.server 8080\necho over\n"
_SUPERVISED = (
    f"printf '%s' '{_WRAPPER}' > /tmp/wrapper; chmod +x /tmp/wrapper\n"
    "printf '%s\\n' '[supervisord]' 'nodaemon = true' 'logfile = /dev/null' 'logfile_maxbytes = 0' "
    "'pidfile = /tmp/pid' '[program:server]' 'command = /tmp/wrapper' '; stops' > /tmp/conf\n"
    "exec supervisord -n -c /tmp/conf"
)


@dataclass(frozen=True)
class Faulty:
    """``advice``: its kind; ``at``: the places whose lines are to be applied, each for itself.

    ``there``: processes that must be there before the stop, by name, with a mask that holds SIGTERM or "".
    ``then``: the same before the second stop.
    ``fault``: what of the last word of the command the lines for a script or a program replace.
    """

    name: str
    advice: str
    at: tuple[str, ...]
    command: tuple[str, ...]
    there: tuple[tuple[str, str], ...]
    fault: str = ""
    image: str = "base"
    options: Mapping[str, object] = field(default_factory=dict)
    stop: Mapping[str, object] = field(default_factory=lambda: {"timeout_s": 2})
    then: tuple[tuple[str, str], ...] = ()
    dockerfile: tuple[str, ...] = ()  # how its image differs from ``image``


def _bash(text: str) -> tuple[str, ...]:
    return ("bash", "-c", text)


def _python(text: str) -> tuple[str, ...]:
    return ("python3", "-c", text)


def _ignoring(text: str) -> tuple[str, ...]:
    return _python(f"import signal, time\n{text}\nprint('ready', flush=True)\nwhile True: time.sleep(.2)")


_HANDLES_IT = (("python3", "caught"),)
_TRAPS_IT = (("bash", "caught"),)
ALL_PLACES = ("docker run", "compose.yaml", "Dockerfile")
FAULTY = [
    Faulty("PID 1 without a handler", "init", ALL_PLACES, _DEAF, (("python3", ""),)),
    Faulty("PID 1 without a handler, python", "init", ("program",), _ignoring("# here"), (("python3", ""),), "# here",
           then=_HANDLES_IT),
    Faulty("PID 1 without a handler, a script", "init", ("script",), _bash("# here\nwhile :; do sleep .2; done"),
           (("sleep", ""),), "# here", then=_TRAPS_IT),
    Faulty("shell form", "exec", ("script", *ALL_PLACES), ("/bin/sh", "-c", _MINDS), _HANDLES_IT, _MINDS,
           image="forms"),
    Faulty("a script without exec", "exec", ("script",), _bash(f"echo go\n{_MINDS}\necho over"),
           _HANDLES_IT, _MINDS, image="forms"),
    Faulty("a last command without exec", "exec", ALL_PLACES, ("/bin/sh", "-c", f"echo go; {_MINDS}"),
           _HANDLES_IT, image="forms"),
    Faulty("shell form of one without a handler", "exec", ALL_PLACES, ("/bin/sh", "-c", _SERVER), (("python3", ""),)),
    Faulty("shell form under an init", "exec", ("docker run", "Dockerfile"), ("/bin/sh", "-c", _MINDS),
           _HANDLES_IT, image="forms", options={"init": True}),
    Faulty("a trap behind the foreground", "trap_and_wait", ("script",),
           _bash(f"trap 'echo bye' TERM\n{_SERVER}\necho over"), (("python3", ""), ("bash", "caught")), _SERVER),
    Faulty("the same under an init", "trap_and_wait", ("script",),
           _bash(f"trap 'echo bye' TERM\n{_SERVER}\necho over"), (("python3", ""), ("bash", "caught")), _SERVER,
           options={"init": True}),
    Faulty("a script with two servers", "trap_and_wait", ("script",), _bash(f"{_SERVER} & {_MINDS} & wait"),
           (("python3", ""), ("python3", "caught")), f"{_SERVER} & {_MINDS} & wait", image="forms",
           then=(("python3", ""), ("python3", "caught"), ("bash", "caught"))),
    Faulty("a trap that tells nobody", "trap_and_wait", ("script",),
           _bash(f"{_MINDS} &\ntrap 'exit 0' TERM\nwait"), (("python3", "caught"), ("bash", "caught")),
           f"{_MINDS} &\ntrap 'exit 0' TERM\nwait", image="forms"),
    Faulty("an init over a shell", "init_group", ALL_PLACES, ("/bin/sh", "-c", f"{_SERVER}; :"), (("python3", ""),),
           options={"init": True}),
    Faulty("tini over a shell", "init_group", ("Dockerfile", "docker run"), ("tini", "--", "/bin/sh", "-c",
           f"{_SERVER}; :"), (("python3", ""),)),
    Faulty("another stop signal", "stop_signal", ALL_PLACES, ("python3", "/server.py"), _HANDLES_IT,
           image="forms", dockerfile=("STOPSIGNAL SIGUSR1",)),
    Faulty("a signal that does nothing", "stop_signal", ALL_PLACES, _DEAF, (("python3", ""),),
           dockerfile=("STOPSIGNAL SIGWINCH",)),
    Faulty("a signal of the C library's", "stop_signal", ALL_PLACES, _DEAF, (("python3", ""),),
           dockerfile=("STOPSIGNAL 33",)),
    Faulty("another signal than its own", "stop_signal", ("docker stop",), ("python3", "/server.py"),
           _HANDLES_IT, image="forms", stop={"signal": "USR1", "timeout_s": 2}),
    Faulty("it ignores the signal", "not_ignore", ("program",), _ignoring(_IGNORES), (("python3", "ignored"),),
           _IGNORES, then=_HANDLES_IT),
    Faulty("it ignores the signal, under an init", "not_ignore", ("program",), _ignoring(_IGNORES),
           (("python3", "ignored"),), _IGNORES, options={"init": True}, then=_HANDLES_IT),
    Faulty("a script that ignores it", "not_ignore", ("script",),
           _bash("trap '' TERM\nwhile :; do sleep .2; done"), (("bash", "ignored"),), "trap '' TERM", then=_TRAPS_IT),
    Faulty("it blocks the signal", "handler", ("program",), _ignoring(_BLOCKS), (("python3", "blocked"),), _BLOCKS,
           then=_HANDLES_IT),
    Faulty("a slow handler", "longer_timeout", ("docker run", "compose.yaml"), _bash(_SLOW), _TRAPS_IT,
           options={"stop_timeout_s": 1}, stop={}),
    Faulty("a slow handler in a hurry", "longer_timeout", ("docker stop",), _bash(_SLOW), _TRAPS_IT,
           stop={"timeout_s": 1}),
    Faulty("no time at all", "timeout", ("docker stop",), _bash(_SLOW), _TRAPS_IT, stop={"timeout_s": 0}),
    Faulty("a parent that tells nobody", "pass_on", ("program",), _python(_PARENT),
           (("python3", "caught"), ("python3", "caught")), _ALONE, image="forms"),
    Faulty("a trap that goes on", "own", ("script",), _bash("trap 'echo hit' TERM\nwhile :; do sleep .3; done"),
           (("bash", "caught"), ("sleep", "")), "trap 'echo hit' TERM", then=_TRAPS_IT),
    Faulty("a wrapper under supervisord", "exec", ("script",), _bash(_SUPERVISED),
           (("supervisord", "caught"), ("python3", "")), _SERVER, image="supervisor", stop={"timeout_s": 9}),
    Faulty("a group under supervisord", "exec", ("supervisord.conf",), _bash(_SUPERVISED),
           (("supervisord", "caught"), ("python3", "")), "; stops", image="supervisor", stop={"timeout_s": 9}),
]  # fmt: skip
