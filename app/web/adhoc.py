"""A command or an image of one's own: what may be asked for, and one line that says what is wrong with it.

The text of such an error begins with the name of what it is about ("memory: …"), so that a form can show it there.
What can be seen to be wrong is said before anything is started; the rest is the engine's to say.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.errors import BadRequest
from app.hosts.base import ContainerOptions, ProcessOptions, Spec, is_ordinary
from app.signals import UnknownSignal, parse_signal
from app.targets import HostName

CATALOGUE_ONLY = {"tmpfs", "binds", "cgroupns", "cap_add"}
LONGEST_WORD = 128 * 1024 - 1  # bytes: MAX_ARG_STRLEN of the kernel, with the NUL at its end
LONGEST_IMAGE = 512
# As the engine has it (distribution/reference): [HOST[:PORT]/]NAME[/NAME…][:TAG][@DIGEST]
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?/)?{_PART}(?:/{_PART})*(?::\w[\w.-]{{0,127}})?(?:@sha256:[0-9a-f]{{64}})?",
    re.ASCII,
)
_USER = re.compile(r"[\w.-]+(?::[\w.-]+)?", re.ASCII)
_PORT = re.compile(r"(\d{1,5})(?:/(?:tcp|udp|sctp))?")
_NAME = re.compile(r"[^=\0]+")


def no_half_characters(value: Any) -> Any:
    """JSON can name half of a surrogate pair; no text that is stored, shown or given to a program can hold it."""
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            parts += [*part, *part.values()]
        elif isinstance(part, list):
            parts += part
        elif isinstance(part, str) and not part.isascii() and any("\ud800" <= each <= "\udfff" for each in part):
            raise ValueError("it holds half of a surrogate pair, which is no character")
    return value


def no_truth(value: Any) -> Any:
    """``true`` is no number, though Python takes it for 1."""
    if isinstance(value, bool):
        raise ValueError("expected a number")
    return value


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    _whole = model_validator(mode="before")(no_half_characters)


class Own(Body):
    """A command or an image of one's own.

    Options of a container: init, pid_mode ("host"), stop_signal, stop_timeout_s, entrypoint, tty, stdin_open, env,
    user, workdir, memory, pids_limit, ports, fence; of a process or sandbox: env, cwd, cols, rows, ports.
    """

    host: HostName | None = None
    command: tuple[str, ...] = ()
    image: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)

    @property
    def asks_for_something(self) -> bool:
        return bool(self.host or self.command or self.image or self.options)

    def spec(self) -> Spec:
        """The one target of an ad-hoc run.  Raises BadRequest."""
        if self.host is None:
            raise BadRequest("say which experiment, or a host and a command")
        if forbidden := CATALOGUE_ONLY & set(self.options):
            raise BadRequest(f"these options are for the catalogue only: {', '.join(sorted(forbidden))}")
        _check_words("command", self.command)
        for name, value in self.options.items():
            _check_words(name, [value] if isinstance(value, str) else value if isinstance(value, list) else [])
        try:
            if self.host == "container":
                return Spec(
                    host=self.host,
                    own=True,
                    command=self.command,
                    image=_image(self.image or "base"),
                    container=_checked(ContainerOptions(**self.options)),
                )
            if not self.command:
                raise BadRequest("command: a process needs one, as a list of words")
            return Spec(host=self.host, own=True, command=self.command, process=_placed(ProcessOptions(**self.options)))
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(str(part) for part in problem["loc"])
            text = problem["msg"].removeprefix("Value error, ")
            raise BadRequest(f"{where}: {text}" if where else text) from error
        except TypeError as error:  # names that are no words
            raise BadRequest(f"options: {error}") from error


class StartRun(Own):
    """Either ``experiment``, or a command or image of one's own."""

    experiment: str | None = None


def _check_words(what: str, words: Iterable[object]) -> None:
    for word in words:
        if isinstance(word, str) and "\0" in word:
            raise BadRequest(f"{what}: a word of a command line cannot hold NUL")
        if isinstance(word, str) and len(word.encode()) > LONGEST_WORD:
            raise BadRequest(f"{what}: a word is longer than a program can be given", hint="128 KiB: see execve(2).")


def _image(image: str) -> str:
    if len(image) > LONGEST_IMAGE:
        raise BadRequest(f"image: a reference has at most {LONGEST_IMAGE} characters")
    if not _IMAGE.fullmatch(image):
        raise BadRequest(
            f"image: {image!r} is no reference of an image", hint="Such as nginx, nginx:1.27 or localhost:5000/mine:2."
        )
    return image


def _checked(options: ContainerOptions) -> ContainerOptions:
    if options.user is not None and not _USER.fullmatch(options.user):
        raise BadRequest(f"user: {options.user!r} is no user", hint="A name or a number, such as nobody or 1000:1000.")
    if options.pid_mode and options.user is not None and not is_ordinary(options.user):
        hint = "A number above 0, such as 1000:1000, or leave it out: it is nobody then."
        raise BadRequest(
            "user: beside every process of the machine it cannot be root, nor a name that may be", hint=hint
        )
    if options.workdir is not None and not options.workdir.startswith("/"):
        raise BadRequest(f"workdir: {options.workdir!r} must begin with /", hint="It is a folder of the image.")
    if options.entrypoint is not None and not options.entrypoint:
        raise BadRequest("entrypoint: it is empty", hint="Leave it out for the image's own.")
    _check_env(options.env)
    for inside, outside in options.ports.items():
        port = _PORT.fullmatch(inside)
        if not port or not 0 < int(port[1]) < 65536 or not 0 <= outside < 65536:
            raise BadRequest(f"ports: {inside!r} at {outside} is no port", hint='Such as {"80/tcp": 8080}, 0 for any.')
    if options.stop_signal is None:
        return options
    try:
        return options.model_copy(update={"stop_signal": parse_signal(options.stop_signal).name})
    except UnknownSignal as error:
        raise BadRequest(f"stop_signal: {error}", hint="Such as TERM, SIGINT, 15 or SIGRTMIN+3.") from error


def _placed(options: ProcessOptions) -> ProcessOptions:
    _check_env(options.env)
    if options.cwd is not None and ("\0" in options.cwd or not os.path.isdir(options.cwd)):  # noqa: PTH112
        raise BadRequest(f"cwd: there is no folder {options.cwd}", hint="A folder of the lab's machine.")
    return options


def _check_env(env: dict[str, str]) -> None:
    for name, value in env.items():
        if not _NAME.fullmatch(name) or "\0" in value:
            raise BadRequest(f"env: {name!r} cannot be the name of a variable", hint="One NAME=value on each line.")
