"""Lab images: built on first use from the folders of ``docker/``, with the log as ``build_progress`` events.

The tag holds a hash of the folder, so a changed folder is another image.  One build serves all who wait for it.  The
base comes from its Dockerfile where a registry answers, else from Debian's packages (``docker/base/bootstrap``).
Build events belong to no run: whoever looks at the page sees the one build.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import IO, Any

import anyio
import docker.errors
from anyio import from_thread

import docker
from app.errors import HostFailed
from app.events import BuildProgress
from app.hosts.base import Record
from app.hosts.engine import Client, Engine
from app.resources import resource

LABEL = "dev.signal-lab.image"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
KEPT_LINES = 12  # of the log, in an error

Say = Callable[[str], Coroutine[Any, Any, None]]


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
    return f"signal-lab/{image}:{digest.hexdigest()[:12]}"


class Images:
    def __init__(self, engine: Engine, record: Record) -> None:
        self._engine, self._record = engine, record
        self._building: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)

    async def ensure(self, image: str) -> str:
        """The image's reference, ready to use.

        Raises:
            EngineUnavailable.  HostFailed: it cannot be built (with the end of the log), or a foreign one is not there.
        """
        tag = tag_of(image)
        async with self._building[tag]:
            if await self._engine.call(lambda client: has_image(client, tag)):
                return tag
            if not is_ours(image):
                raise HostFailed(f"the engine has no image {image}", hint=f"Pull it first: docker pull {image}")
            await self._build(image, tag)
        return tag

    async def _build(self, image: str, tag: str) -> None:
        log: list[str] = []

        async def say(text: str) -> None:
            if text.strip():
                log.extend(text.rstrip().splitlines())
                await self._record(BuildProgress(image=image, state="running", text=text))

        folder = resource("docker") / image
        for parent in parents(folder).values():
            await self.ensure(parent)
        await say(f"building {tag} from docker/{image}/Dockerfile\n")
        failed = await self._build_from_dockerfile(folder, image, tag, say)
        if failed and (folder / "bootstrap").is_file():
            await say(f"{failed}\nno registry answers: making it from Debian's packages\n")
            failed = await self._bootstrap(folder, image, tag, say)
        if failed:
            await self._record(BuildProgress(image=image, state="failed", text=failed))
            raise HostFailed(
                f"the image {image} cannot be built: {failed}",
                hint="Without a registry it is made by mmdebstrap: `make setup` installs that. The log says:\n"
                + "\n".join(log[-KEPT_LINES:]),
            )
        await self._record(BuildProgress(image=image, state="done", text=f"{tag} is ready"))

    async def _build_from_dockerfile(self, folder: Path, image: str, tag: str, say: Say) -> str | None:
        """The engine's build.  Gives what went wrong, or None."""

        args = {name: tag_of(parent) for name, parent in parents(folder).items()}

        def run(client: Client) -> str | None:
            for piece in client.build(
                path=str(folder), tag=tag, rm=True, forcerm=True, decode=True, labels={LABEL: image}, buildargs=args
            ):
                if text := piece.get("stream") or piece.get("status"):
                    from_thread.run(say, text if text.endswith("\n") else text + "\n")
                if error := piece.get("error"):
                    return str(error)
            return None

        try:
            return await self._engine.call(run, what=f"building {image}", waits=True)
        except HostFailed as error:
            return str(error)

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
        async with await anyio.open_process([str(script)], stdout=tar, stdin=None) as process:
            assert process.stderr is not None
            async for data in process.stderr:
                text = data.decode("utf-8", "replace")
                last = text.rstrip().splitlines()[-1] if text.strip() else last
                await say(text)
        return f"{script.name} ended with {process.returncode}: {last}" if process.returncode else None


def has_image(client: Client, tag: str) -> bool:
    try:
        client.inspect_image(tag)
    except docker.errors.NotFound:
        return False
    return True
