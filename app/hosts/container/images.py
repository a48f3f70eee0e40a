"""Lab images: built on first use from the folders of ``docker/``, with the log as ``build_progress`` events.

The tag holds a hash of the folder, so a changed folder is another image.  How a build is shared and ended is in
``builds.py``.  The base comes from its Dockerfile where a registry answers, else from Debian's packages
(``docker/base/bootstrap``).  Build events belong to no run: whoever looks at the page sees the one build.

An image that is not the lab's is pulled where the engine does not have it, and told in the same way (``pulls.py``).
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TypeVar

import anyio
import anyio.abc
import docker.errors
from anyio import from_thread, to_thread
from docker.types import CancellableStream

import docker
from app.errors import HostFailed
from app.events.record import Record
from app.hosts.container.builds import Build, Builds, Say, WholeLines
from app.hosts.container.ours import REPOSITORY
from app.hosts.container.packages import package_of
from app.hosts.container.pulls import Pull, not_pulled
from app.hosts.engine.engine import Engine
from app.hosts.engine.finding import Client, connect
from app.jobs import Jobs
from app.resources import resource

T = TypeVar("T")
LABEL = "dev.signal-lab.image"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
KEPT_LINES = 12  # of the log, in an error
BOOTSTRAP_ENDS_S = 5.0


def is_ours(image: str) -> bool:
    """Whether it names a folder of ``docker/``."""
    return "/" not in image and ":" not in image and (resource("docker") / image / "Dockerfile").is_file()


def all_images() -> list[str]:
    """The folders of ``docker/`` that lessons use.  One with a file ``.not-a-lesson`` serves something else."""
    found = [folder.parent for folder in sorted(resource("docker").glob("*/Dockerfile"))]
    return [folder.name for folder in found if not (folder / ".not-a-lesson").exists()]


def parents(folder: Path) -> dict[str, str]:
    """The folders that it is built on, by the argument of its Dockerfile that takes their tag: BASE → "base".

    The rule: an ``ARG`` before the first ``FROM``, named as a folder of ``docker/`` in capitals with _ for -.
    """
    head = (folder / "Dockerfile").read_text().partition("\nFROM ")[0]
    names = re.findall(r"^ARG ([A-Z][A-Z0-9_]*)(?:=.*)?$", head, re.MULTILINE)
    return {name: image for name in names if is_ours(image := name.lower().replace("_", "-"))}


def lineage(image: str) -> list[str]:
    """What it is built on, and what that is built on: nearest first."""
    above = list(parents(resource("docker") / image).values())
    return [*above, *(each for parent in above for each in lineage(parent))]


def tag_of(image: str) -> str:
    """``signal-lab/base:0123456789ab`` for a folder of ours; any other reference as it is."""
    if not is_ours(image):
        return image
    digest = hashlib.sha256()
    folder = resource("docker") / image
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "README.md":
            digest.update(f"{path.relative_to(folder)}\0{path.stat().st_mode & 0o111}\0".encode() + path.read_bytes())
    for parent in parents(folder).values():
        digest.update(tag_of(parent).encode())  # another base is another image
    return f"{REPOSITORY}{image}:{digest.hexdigest()[:12]}"


class Images:
    """``tasks``: where builds run; they end with it."""

    def __init__(self, engine: Engine, record: Record, tasks: Jobs) -> None:
        self._engine = engine
        self.builds = Builds(record, tasks, self._get)
        self._asking: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)

    async def ensure(self, image: str) -> str:
        """The image's reference, ready to use.

        Raises:
            EngineUnavailable.  BuildCancelled.
            HostFailed: it cannot be built (with the end of the log), or, a foreign one, not be pulled.
        """
        if build := await self.begin(image):
            await self.builds.wait(build)
        return tag_of(image)

    async def begin(self, image: str) -> Build | None:
        """The build or pull that gets it, which may have been under way; None: it is there.  Raises as ``ensure``."""
        tag = tag_of(image)
        async with self._asking[tag]:
            if build := self.builds.running(image):
                return build
            if await self._engine.call(lambda client: has_image(client, tag)):
                return None
            return self.builds.start(image, tag, "build" if is_ours(image) else "pull")

    async def _get(self, image: str, tag: str, tell: Say) -> None:
        await (self._build if is_ours(image) else self._pull)(image, tag, tell)

    async def _pull(self, image: str, _tag: str, tell: Say) -> None:
        pull = Pull()

        def read(client: Client) -> None:
            for piece in client.pull(image, stream=True, decode=True):
                if line := pull.on_progress(piece):
                    from_thread.run(tell, line)

        await tell(f"pulling {image}\n")
        try:
            await self._streamed(read, f"pulling {image}")
        except HostFailed as error:
            raise not_pulled(image, str(error)) from error
        if pull.error:
            raise not_pulled(image, pull.error)

    async def _build(self, image: str, tag: str, tell: Say) -> None:
        log: list[str] = []

        async def say(text: str) -> None:
            log.extend(text.rstrip().splitlines())
            await tell(text)

        folder = resource("docker") / image
        for parent in parents(folder).values():
            await self._ensure_parent(parent, image)
        await say(f"building {tag} from docker/{image}/Dockerfile\n")
        failed = await self._build_from_dockerfile(folder, image, tag, say)
        if failed and (folder / "bootstrap").is_file():
            await say(f"{failed}\nno registry answers: making it from Debian's packages\n")
            failed = await self._bootstrap(folder, image, tag, say)
        if failed:
            package = package_of(log)
            raise HostFailed(
                f"the image {image} cannot be built: {f'package {package}: ' if package else ''}{failed}",
                hint="Without a registry it is made by mmdebstrap: `make setup` installs that. The log says:\n"
                + "\n".join(log[-KEPT_LINES:]),
            )

    async def _ensure_parent(self, parent: str, child: str) -> None:
        """One that has failed is not built again for each child, but for one that is asked for once more."""
        failed = self.builds.failed(parent)
        if failed and failed.error and child not in failed.children:
            failed.children.add(child)
            raise HostFailed(f"{failed.error} It was tried already; ask again to try again.", hint=failed.error.hint)
        build = await self.begin(parent)
        if build:
            build.children.add(child)
            await self.builds.wait(build)

    async def _build_from_dockerfile(self, folder: Path, image: str, tag: str, say: Say) -> str | None:
        """The engine's build.  Gives what went wrong, or None.  Cancelled, the engine ends it and leaves nothing."""
        args = {name: tag_of(parent) for name, parent in parents(folder).items()}

        def read(client: Client) -> str | None:
            lines, error = WholeLines(), None
            for piece in client.build(
                path=str(folder), tag=tag, rm=True, forcerm=True, decode=True, labels={LABEL: image}, buildargs=args
            ):
                status = f"{piece['status']}\n" if piece.get("status") else ""
                if text := lines.add(piece.get("stream") or status):
                    from_thread.run(say, text)
                if error := piece.get("error"):
                    break
            if text := lines.last():
                from_thread.run(say, text)
            return str(error) if error else None

        try:
            return await self._streamed(read, f"building {image}")
        except HostFailed as error:
            return str(error)

    async def _streamed(self, read: Callable[[Client], T], what: str) -> T:
        """A long answer, read in a thread.  Cancelled, the connection is closed: the engine ends what it was doing."""
        answers: list[Any] = []
        self._engine.client()  # says why there is none
        client, _ = await to_thread.run_sync(connect, self._engine.url, abandon_on_cancel=True)
        client.hooks["response"].append(lambda response, **_: answers.append(response))

        def read_to_its_end(_: Client) -> T:
            try:
                return read(client)
            finally:  # what is shut down below stays open until who reads it closes it
                for answer in answers:
                    answer.close()

        try:
            return await self._engine.call(read_to_its_end, what=what, waits=True)
        finally:
            for answer in answers:  # an engine ends a build whose asker has gone; the thread that reads wakes by it
                with suppress(OSError, AttributeError, docker.errors.DockerException):
                    CancellableStream(iter(()), answer).close()
            client.close()

    async def _bootstrap(self, folder: Path, image: str, tag: str, say: Say) -> str | None:
        """A tar from the folder's own script, imported.  Gives what went wrong, or None."""
        with tempfile.NamedTemporaryFile(prefix="signal-lab-", suffix=".tar") as tar:
            if failed := await self._run_bootstrap(folder / "bootstrap", tar.file, say):
                return failed
            await say("importing it\n")
            repository, _, version = tag.partition(":")
            changes = [f"ENV PATH={PATH}", 'CMD ["bash"]', f"LABEL {LABEL}={image}"]
            answer = await self._engine.call(
                lambda client: client.import_image_from_file(tar.name, repository, version, changes),
                what=f"importing {image}",
                waits=True,
            )
        return str(answer) if "errorDetail" in str(answer) else None

    async def _run_bootstrap(self, script: Path, tar: IO[bytes], say: Say) -> str | None:
        last = ""
        async with await anyio.open_process([str(script)], stdout=tar, stdin=None, start_new_session=True) as process:
            assert process.stderr is not None
            try:
                async for data in process.stderr:
                    text = data.decode("utf-8", "replace")
                    last = text.rstrip().splitlines()[-1] if text.strip() else last
                    await say(text)
            except BaseException:
                await _end_session(process)
                raise
        return f"{script.name} ended with {process.returncode}: {last}" if process.returncode else None


async def _end_session(process: anyio.abc.Process) -> None:
    """The script and what it started, which cleans up after itself on SIGTERM."""
    with anyio.CancelScope(shield=True), suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with anyio.move_on_after(BOOTSTRAP_ENDS_S):
            await process.wait()
        os.killpg(process.pid, signal.SIGKILL)


def has_image(client: Client, tag: str) -> bool:
    try:
        client.inspect_image(tag)
    except docker.errors.NotFound:
        return False
    return True
