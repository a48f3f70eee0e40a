"""A container as the engine tells it, without what nobody may see: no variables, and no secrets in its command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.events.masking import masked_words
from app.hosts.container.ours import is_protected, own_container
from app.targets import LAB, TARGET
from app.verdict.setup.unseen import argv_source

COMPOSE, SERVICE = "com.docker.compose.version", "com.docker.compose.service"
SWARM_ID, SWARM = "com.docker.swarm.service.id", "com.docker.swarm.service.name"
POD = "io.kubernetes.pod.name"
POD_GRACE = ("io.kubernetes.pod.terminationGracePeriod", "annotation.io.kubernetes.pod.terminationGracePeriod")


@dataclass(frozen=True, slots=True)
class Image:
    """What of an image counts for a stop.  ``argv``: its entrypoint and command."""

    stop_signal: str | None = None
    argv: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setup:
    """``image``: None where it could not be read; ``image_id``: its digest.

    ``pid``: of its first process on the engine's machine, 0 if none.
    ``argv``: entrypoint and command.  ``init``, ``stop_timeout_s``: None where the container leaves it to the engine.
    """

    id: str
    name: str
    image_name: str
    image_id: str
    status: str
    pid: int
    started_at: str
    argv: tuple[str, ...]
    stop_signal: str | None
    stop_timeout_s: int | None
    init: bool | None
    pid_mode: str
    restart: str
    restart_max: int
    restart_count: int
    labels: dict[str, str] = field(default_factory=dict)
    image: Image | None = None
    equivalent: str = ""

    @property
    def runs(self) -> bool:
        return self.status in ("running", "paused", "restarting")

    @property
    def protected(self) -> bool:
        return is_protected(self.id, self.labels)

    @property
    def is_own(self) -> bool:
        """The lab itself runs in it."""
        return self.id == own_container()

    @property
    def lab(self) -> str:
        """Which lab made it; "" none."""
        return self.labels.get(LAB, "")

    @property
    def target(self) -> str:
        return self.labels.get(TARGET, "")

    @property
    def compose(self) -> str:
        """Version of the Compose that made it; "" none did."""
        return self.labels.get(COMPOSE, "2" if self.service else "")

    @property
    def service(self) -> str:
        return self.labels.get(SERVICE, "")

    @property
    def pod_s(self) -> str:
        return next((self.labels[each] for each in POD_GRACE if each in self.labels), "")

    @property
    def argv_source(self) -> str:
        known = self.image is not None
        return argv_source(image_known=known, of_image=self.image is not None and self.argv == self.image.argv)


def setup_of(facts: dict[str, Any], image: dict[str, Any] | None, equivalent: str = "") -> Setup:
    """From ``GET /containers/ID/json`` and ``GET /images/ID/json``."""
    config, host, state = facts["Config"], facts.get("HostConfig") or {}, facts["State"]
    restart = host.get("RestartPolicy") or {}
    return Setup(
        id=facts["Id"],
        name=str(facts.get("Name") or "").lstrip("/") or facts["Id"][:12],
        image_name=str(config.get("Image") or facts.get("Image") or ""),
        image_id=str(facts.get("Image") or ""),
        status=str(state.get("Status") or ("running" if state.get("Running") else "exited")),
        pid=int(state.get("Pid") or 0),
        started_at=str(state.get("StartedAt") or ""),
        argv=masked_words(words_of(config.get("Entrypoint")) + words_of(config.get("Cmd"))),
        stop_signal=config.get("StopSignal") or None,
        stop_timeout_s=config.get("StopTimeout"),
        init=host.get("Init"),
        pid_mode=str(host.get("PidMode") or ""),
        restart=str(restart.get("Name") or "no"),
        restart_max=int(restart.get("MaximumRetryCount") or 0),
        restart_count=int(facts.get("RestartCount") or 0),
        labels=dict(config.get("Labels") or {}),
        image=_image(image) if image else None,
        equivalent=equivalent,
    )


def _image(facts: dict[str, Any]) -> Image:
    config = facts.get("Config") or {}
    argv = masked_words(words_of(config.get("Entrypoint")) + words_of(config.get("Cmd")))
    return Image(config.get("StopSignal") or None, argv)


def words_of(value: Any) -> tuple[str, ...]:
    """An entrypoint or command: a list, a text of old engines, or nothing."""
    return (value,) if isinstance(value, str) else tuple(value or ())
