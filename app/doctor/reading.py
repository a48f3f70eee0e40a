"""What the engine tells of its containers; nothing is changed by any of these questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.doctor.docker_run import docker_run
from app.doctor.looking import Call
from app.doctor.patient import Kill
from app.doctor.setup import SWARM_ID, Setup, setup_of
from app.errors import AlreadyGone, LabError
from app.hosts.container.ours import own_container
from app.signals import UnknownSignal, parse_signal
from app.verdict.setup.unseen import NOT_A_MANAGER

Facts = dict[str, Any]


@dataclass
class Engine:
    """``images`` keeps what does not change; use one for one engine."""

    call: Call[Any]
    images: dict[str, Facts | None] = field(default_factory=dict)

    async def running(self) -> list[str]:
        """Ids of all that run, are paused, or are being started again; not the one that the lab itself runs in."""
        found = await self.call(lambda client: client.containers())
        return [each["Id"] for each in found if each["Id"] != own_container()]

    async def setup(self, container: str) -> Setup | None:
        """By name, id, or the beginning of an id.  None: there is no such container (any more)."""
        try:
            facts: Facts = await self.call(lambda client: client.inspect_container(container))
        except AlreadyGone:
            return None
        image = await self._image(str(facts.get("Image") or ""))
        return setup_of(facts, image, docker_run(facts, image))

    async def _image(self, name: str) -> Facts | None:
        """None: it is gone, or cannot be read."""
        if name not in self.images:
            found: Facts | None = None
            with suppress(LabError):
                found = await self.call(lambda client: client.inspect_image(name))
            self.images[name] = found  # now, and not before it is known: others ask meanwhile
        return self.images[name]

    async def kills(self, setups: Iterable[Setup], now: str) -> dict[str, tuple[Kill, ...]]:
        """By container: signals sent by way of the engine since its last start.  ``now``: the engine's own clock."""
        started = {each.id: time_of(each.started_at) for each in setups if each.started_at}
        until = time_of(now) or datetime.now(UTC)

        def ask(client: Any) -> list[Facts]:
            filters = {"type": "container", "event": ["kill"]}
            feed = client.events(since=0, until=f"{until.timestamp():.6f}", filters=filters, decode=True)
            try:
                return list(feed)
            finally:
                feed.close()
                feed._response.close()

        found: dict[str, tuple[Kill, ...]] = {}
        with suppress(LabError):
            for each in await self.call(ask):
                container, at = _who_and_when(each)
                since = started.get(container)
                if since and at > since and (signal := _signal(each)):
                    found[container] = (*found.get(container, ()), Kill(signal, at))
        return found

    async def service_grace(self, setup: Setup) -> tuple[float | None, str]:
        """Seconds that its Swarm service gives it, or why nobody here knows; (None, ""): the service sets none."""
        service = setup.labels.get(SWARM_ID)
        if not service:
            return None, ""
        try:
            facts = await self.call(lambda client: client.inspect_service(service))
        except LabError:
            return None, NOT_A_MANAGER
        spec = facts.get("Spec", {}).get("TaskTemplate", {}).get("ContainerSpec", {})
        nanoseconds = spec.get("StopGracePeriod")
        return (None if nanoseconds is None else nanoseconds / 1e9), ""


def _who_and_when(event: Facts) -> tuple[str, datetime]:
    actor = event.get("Actor") or {}
    nanoseconds = int(event.get("timeNano") or int(event.get("time") or 0) * 10**9)
    return str(actor.get("ID") or event.get("id")), datetime.fromtimestamp(nanoseconds / 1e9, UTC)


def _signal(event: Facts) -> str:
    written = ((event.get("Actor") or {}).get("Attributes") or {}).get("signal") or ""
    try:
        return parse_signal(str(written)).name
    except UnknownSignal:
        return ""


def time_of(text: str) -> datetime | None:
    """Of the engine's clock; None: it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def longest_s(setups: Sequence[Setup], default_s: int) -> int:
    """The longest stop timeout of all; -1 where one waits for ever."""
    own = [default_s if each.stop_timeout_s is None else each.stop_timeout_s for each in setups if each.runs]
    return -1 if any(each < 0 for each in own) else max(own, default=default_s)
