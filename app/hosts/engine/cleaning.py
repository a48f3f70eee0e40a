"""What carries the lab's labels on an engine, to be shown and then removed; nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from app.errors import EngineUnavailable
from app.hosts.container.images import LABEL
from app.hosts.container.ours import PROTECT, is_protected
from app.hosts.engine.engine import candidates, connect, translated, why_not
from app.targets import LAB

Client = Any
What = Literal["container", "volume", "image"]


@dataclass(frozen=True, slots=True)
class Thing:
    """``size``: bytes, None where the engine does not say.  ``busy``: a container that runs."""

    what: What
    id: str
    name: str
    size: int | None = None
    busy: bool = False


def any_engine() -> Client:
    """The first engine that answers.  Raises EngineUnavailable with why none does."""
    reasons = []
    for url in candidates():
        if reason := why_not(url):
            reasons.append(reason)
            continue
        try:
            return connect(url)[0]
        except EngineUnavailable as error:
            reasons.append(str(error))
    raise EngineUnavailable(f"no engine: {'; '.join(reasons) or 'no socket to try'}")


def find(client: Client, wanted: set[What]) -> list[Thing]:
    """All of ours, in the order in which they can be removed; not what is protected."""
    with translated():
        found: list[Thing] = []
        if "container" in wanted:
            for each in client.containers(all=True, filters={"label": LAB}):
                if is_protected(each["Id"], each.get("Labels")):
                    continue
                name = (each.get("Names") or ["?"])[0].lstrip("/")
                found.append(Thing("container", each["Id"], name, busy=each.get("State") == "running"))
        if "volume" in wanted:
            volumes = (client.volumes(filters={"label": LAB}) or {}).get("Volumes") or []
            found += [Thing("volume", each["Name"], each["Name"]) for each in volumes]
        if "image" in wanted:
            for each in sorted(client.images(filters={"label": LABEL}), key=lambda image: -image["Created"]):
                if (each.get("Labels") or {}).get(PROTECT) == "true":
                    continue
                name = ", ".join(each.get("RepoTags") or []) or each["Id"][:19]
                found.append(Thing("image", each["Id"], name, size=each.get("Size")))
        return found


def remove(client: Client, thing: Thing) -> str | None:
    """Remove it.  Gives the engine's words when it refuses."""
    try:
        with translated(thing.name):
            match thing.what:
                case "container":
                    client.remove_container(thing.id, force=True, v=True)
                case "volume":
                    client.remove_volume(thing.id)
                case "image":
                    client.remove_image(thing.id, force=True)
    except Exception as error:  # noqa: BLE001 (told to whoever asked, and the next one is tried)
        return str(error)
    return None
