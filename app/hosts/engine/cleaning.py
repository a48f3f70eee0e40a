"""What labs have made on an engine and left there, to be shown and then removed; nothing else.

A label alone proves nothing: who builds upon an image of the lab, or commits a container of it, inherits the labels.
So a container has a name of the lab's too, and an image is in its repository; it is removed by that name, never by
force.  What belongs to a lab that lives is its own to remove.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.errors import EngineUnavailable
from app.folder.ownership import server_of
from app.hosts.container.images import LABEL
from app.hosts.container.ours import PROTECT, REPOSITORY, is_made_by_us, is_protected
from app.hosts.engine.finding import candidates, connect, translated, why_not
from app.hosts.engine.removing import remove_now
from app.targets import HOME, LAB

Client = Any
What = Literal["container", "volume", "image", "data", "trace"]  # the last two: of the machine, found elsewhere


@dataclass(frozen=True, slots=True)
class Thing:
    """``size``: bytes, None where the engine does not say.  ``busy``: a container that runs.

    ``lab``: whether the lab lives that has made a container, or has a folder; "unknown" where it is another machine's.
    """

    what: What
    id: str
    name: str
    size: int | None = None
    busy: bool = False
    lab: Literal["alive", "gone", "unknown"] = "unknown"


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
                labels = each.get("Labels") or {}
                if is_protected(each["Id"], labels) or not is_made_by_us(each.get("Names"), labels):
                    continue
                name, busy = each["Names"][0].lstrip("/"), each.get("State") == "running"
                found.append(Thing("container", each["Id"], name, busy=busy, lab=_lab_of(labels)))
        if "volume" in wanted:
            volumes = (client.volumes(filters={"label": LAB}) or {}).get("Volumes") or []
            found += [Thing("volume", each["Name"], each["Name"]) for each in volumes]
        if "image" in wanted:
            for each in sorted(client.images(filters={"label": LABEL}), key=lambda image: -image["Created"]):
                if (each.get("Labels") or {}).get(PROTECT) == "true":
                    continue
                mine = [name for name in each.get("RepoTags") or () if name.startswith(REPOSITORY)]
                found += [Thing("image", name, name, size=each.get("Size")) for name in mine]
        return found


def _lab_of(labels: dict[str, str]) -> Literal["alive", "gone", "unknown"]:
    host, _, data = labels.get(HOME, "").partition(":")
    if host != socket.gethostname() or not data:
        return "unknown"
    return "alive" if server_of(Path(data)) else "gone"


def remove(client: Client, thing: Thing) -> str | None:
    """Remove it.  Gives the engine's words when it refuses."""
    try:
        with translated(thing.name):
            match thing.what:
                case "container":
                    remove_now(client, thing.id)
                case "volume":
                    client.remove_volume(thing.id)
                case "image":
                    client.remove_image(thing.id)
    except Exception as error:  # noqa: BLE001 (told to whoever asked, and the next one is tried)
        return str(error)
    return None
