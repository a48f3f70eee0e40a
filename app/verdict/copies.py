"""Lines to copy for whoever starts a container: ``docker run``, compose and the Dockerfile.

The ``docker run`` is the target's own, with only what the advice asks for changed in it.
"""

from __future__ import annotations

import json
import shlex

from app.events import TargetStarted
from app.events.parts import AdviceLines
from app.verdict.snippets import typable
from app.verdict.tree import ProcessView

Flag = tuple[str, str | None]
INSTALL = "# tini has to be installed: apt-get install -y tini (Debian), apk add --no-cache tini (Alpine)"


class Copies:
    """``old`` and ``new``: a command line in the target's own, and what takes its place."""

    def __init__(self, started: TargetStarted, old: tuple[str, ...] = (), new: tuple[str, ...] = ()) -> None:
        self._old, self._new = old, new
        try:
            words = shlex.split(started.equivalent)
        except ValueError:
            words = []
        whole = typable(tuple(words)) and words[:2] == ["docker", "run"]
        self._words = words if started.container_id is not None and whole else []
        self._command = started.command
        self.name = words[words.index("--name") + 1] if "--name" in words[:-1] else "app"

    @property
    def container(self) -> bool:
        """Whether there is anything of a container to say."""
        return bool(self._words)

    @property
    def changes(self) -> bool:
        return bool(self._new)

    @property
    def command(self) -> tuple[str, ...]:
        """What its root process would be started as; () when that cannot be told."""
        if not self._new:
            return self._command if typable(self._command) else ()
        if not self._old or self._command[-len(self._old) :] != self._old or not typable(self._new):
            return ()
        return (*self._command[: -len(self._old)], *self._new)

    def docker_run(self, *flags: Flag) -> tuple[AdviceLines, ...]:
        words = self._replaced()
        if not words:
            return ()
        for flag, value in flags:
            if flag != "-e" and flag in words:
                at = words.index(flag)
                del words[at : at + (1 if value is None else 2)]
        added = [word for flag in flags for word in flag if word is not None]
        line = shlex.join([*words[:2], *added, *words[2:]])
        return (AdviceLines(place="docker run", lines=(line,)),)

    def compose(self, *lines: str) -> tuple[AdviceLines, ...]:
        """``lines``: of the service."""
        changed = self._changed_command()
        if not self.container or (self._new and not changed):
            return ()
        command = [f"command: {json.dumps(changed, ensure_ascii=False)}"] if changed else []
        inner = tuple(f"    {line}" for line in (*lines, *command))
        return (AdviceLines(place="compose.yaml", lines=("services:", f"  {self.name}:", *inner)),)

    def dockerfile(self, *lines: str, init: tuple[str, ...] = ()) -> tuple[AdviceLines, ...]:
        """``init``: the words of an ENTRYPOINT that starts the command, which a new ENTRYPOINT makes to be repeated."""
        if not self.container:
            return ()
        found = list(lines)
        if init:
            if not self.command:
                return ()
            inner = self.command if self._new else _without_init(self.command)
            found += [INSTALL, f"ENTRYPOINT {json.dumps(init)}", f"CMD {json.dumps(inner, ensure_ascii=False)}"]
        elif self._new:
            if not self.command:
                return ()
            found.append(f"CMD {json.dumps(self._new, ensure_ascii=False)}")
        return (AdviceLines(place="Dockerfile", lines=tuple(found)),)

    def stop(self, timeout_s: int | None) -> tuple[AdviceLines, ...]:
        """The ``docker stop`` itself."""
        if not self.container:
            return ()
        words = ["docker", "stop", *(["-t", str(timeout_s)] if timeout_s is not None else []), self.name]
        return (AdviceLines(place="docker stop", lines=(shlex.join(words),)),)

    def _replaced(self) -> list[str]:
        if not self._new:
            return list(self._words)
        changed = self._changed_command()
        return [*self._words[: -len(self._old)], *changed] if changed else []

    def _changed_command(self) -> tuple[str, ...]:
        """The new command line, where the old one stands in the ``docker run`` itself and not in the image."""
        stands = self._old and tuple(self._words[-len(self._old) :]) == self._old
        return self._new if stands and self.command else ()


def _without_init(command: tuple[str, ...]) -> tuple[str, ...]:
    """``tini -- app`` is started by another ENTRYPOINT from here on."""
    name = command[0].rpartition("/")[2]
    return command[command.index("--") + 1 :] if name == "tini" and "--" in command else command


def replaced(shell: ProcessView, child: ProcessView) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """``sh -c TEXT`` and what to start instead; nothing where the text is more than we can change for sure."""
    if len(shell.argv) != 3 or shell.argv[1] != "-c":
        return (), ()
    text, plain = shell.argv[2].rstrip(), shlex.join(child.argv)
    try:
        if tuple(shlex.split(text)) == child.argv:
            return shell.argv, child.argv
    except ValueError:
        return (), ()
    before = text.removesuffix(plain)
    if before == text or not before.rstrip(" ").endswith((";", "\n", "&&")):
        return (), ()
    return shell.argv, (*shell.argv[:2], f"{before}exec {plain}")
