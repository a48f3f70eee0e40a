"""Which program a process is, by its file, its arguments and its name.

A name is a claim: anybody can be called tini.  Who wants to be sure asks for that program's marks too, in its masks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.verdict.tree import ProcessView

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash", "yash"})
_RUNTIMES = {
    "python": "python", "pypy": "python", "node": "node", "nodejs": "node", "ruby": "ruby", "perl": "perl",
    "php": "php", "java": "java",
}  # fmt: skip
_ALIASES = {
    "apache2": "httpd", "npm-cli.js": "npm", "npx-cli.js": "npx", "yarn.js": "yarn", "pnpm.cjs": "pnpm",
    "valkey-server": "redis-server", "redis-check-rdb": "redis-server", "uwsgi-core": "uwsgi",
    "mariadbd": "mysqld", "linuxrc": "init",
}  # fmt: skip
_INLINE = frozenset({"-c", "-e", "-p", "--eval", "--print", "-"})
_WITH_VALUE = frozenset({"-W", "-X", "-r", "--require", "--import", "-I", "--loader"})
_VERSION = re.compile(r"-?\d+(\.\d+)*$")


@dataclass(frozen=True, slots=True)
class Program:
    """``name``: the program, or the script that a runtime runs ("supervisord").  ``runtime``: python, node, shell, …

    ``by_file``: the name comes from the file that runs, not from what the process says of itself.
    """

    name: str
    runtime: str = ""
    by_file: bool = False


@lru_cache(maxsize=1024)
def program_of(member: ProcessView) -> Program:
    """What a process is, as far as it shows."""
    file = _base((member.exe or "").removesuffix(" (deleted)"))
    said = _said(member)
    if file == "busybox" or (not file and said == "busybox"):
        return _applet(member, by_file=bool(file))
    name = file or said
    if name == "init" and not file:
        name = member.comm  # /sbin/init is a link to many things
    plain = _VERSION.sub("", name)
    if plain in SHELLS:
        return Program(plain, "shell", bool(file))
    if runtime := _RUNTIMES.get(plain):
        return Program(_alias(_script(member, runtime, said) or plain), runtime)
    return Program(_alias("php-fpm" if plain == "php-fpm" else name), "", bool(file))


def _said(member: ProcessView) -> str:
    """Of its first argument; a title that was written over the arguments is cut at its first space or colon."""
    if not member.argv or not member.argv[0]:
        return member.comm
    first = member.argv[0].removeprefix("-")
    if len(member.argv) == 1 and not first.startswith("/"):
        first = re.split(r"[:\s]", first, maxsplit=1)[0]
    return _base(first) or member.comm


def _applet(member: ProcessView, *, by_file: bool) -> Program:
    words = [_base(word.removeprefix("-")) for word in member.argv[:2]]
    if words[:1] == ["busybox"]:
        words = words[1:]
    name = _alias(words[0] if words else member.comm)
    if name in SHELLS:
        return Program("ash", "shell", by_file)
    return Program("busybox init" if name == "init" else name, "", by_file)


def _script(member: ProcessView, runtime: str, said: str) -> str:
    """The script or module; "" for code in an argument.  A title names itself."""
    words = list(member.argv[1:])
    if not words:
        return "" if _VERSION.sub("", said) in _RUNTIMES else said
    while words:
        word = words.pop(0)
        if word in _INLINE or (word == "-jar" and runtime == "java"):
            return ""
        if word == "-m" and runtime == "python":
            return words[0] if words else ""
        if word in _WITH_VALUE:
            words[:1] = []
        elif not word.startswith("-"):
            return "" if runtime == "java" else _base(word)
    return ""


def _base(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _alias(name: str) -> str:
    return _ALIASES.get(name, name)


def called(member: ProcessView) -> str:
    """Its name for people: a comm can hold anything, a line break too."""
    return "".join(sign if sign.isprintable() else "?" for sign in member.comm) or "?"


def shell_of(member: ProcessView) -> str:
    """The shell behind the name of a script; "" when it is none, or is called so."""
    program = program_of(member)
    return program.name if program.runtime == "shell" and program.name != called(member) else ""


def who(member: ProcessView) -> str:
    """``PID 1 (python3)``; ``PID 1 (start.sh, bash)``; ``start.sh (bash, pid 8)``."""
    name, shell = called(member), shell_of(member)
    if member.subject.is_init:
        return f"PID 1 ({name}, {shell})" if shell else f"PID 1 ({name})"
    return f"{name} ({shell}, pid {member.ns_pid})" if shell else f"{name} (pid {member.ns_pid})"
