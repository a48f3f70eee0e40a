"""Settings: flags of ``signal-lab serve`` = environment variables SIGNAL_LAB_… = these fields.  Leaf module."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_data() -> Path:
    """Where the journal lives: the XDG state folder, ``~/.local/state/signal-lab`` unless set otherwise."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "signal-lab"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SIGNAL_LAB_", frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on. Anything but loopback is a risk: plain HTTP.")
    port: int = Field(9015, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    data: Path = Field(default_factory=default_data, description="Folder of the journal, sessions and token.")
    token: str | None = Field(None, description="Token for programs (Authorization: Bearer …). Random when absent.")
    token_file: Path | None = Field(None, description="File that holds the token; goes before the token itself.")
    public_url: str | None = Field(None, description="Address under which others reach the lab, for links.")
    root_path: str = Field(
        "",
        pattern=r"^(/[A-Za-z0-9._~-]+)*/?$",
        description="What stands before every path behind a proxy: /lab. The path of the public address unless given.",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses of proxies, with commas, whose X-Forwarded-Proto counts.",
    )
    metrics: bool = Field(False, description="GET /metrics for Prometheus: stops of the engine, forced ones apart.")
    webhook: str | None = Field(
        None, pattern=r"^https?://[^\s/]+", description="Address that is told when a stop on the engine was forced."
    )
    allow_foreign: bool = Field(
        False, description="Signals to, and stops of, containers that are not the lab's, each confirmed by name."
    )
    kernel_trace: Literal["auto", "probe", "off"] = Field(
        "auto",
        description="The kernel's trace: auto reads it where this user may (root), probe lets a container on the "
        "engine read it, off does without.",
    )
    experiments: Path | None = Field(None, description="Folder of experiments of one's own (TOML), beside ours.")
    keep_runs: int = Field(
        200, ge=0, description="Runs that are kept; older ones that have ended are forgotten. 0 keeps all."
    )
    open: bool = Field(False, description="Open the page in a browser.")
    heartbeat_s: float = Field(5.0, gt=0, description="How often a quiet stream says that it is alive, in seconds.")
    quiet: bool = Field(False, description="Print the links, and nothing of what is found and happens.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="How much is logged on stderr."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="json: one object per line on stderr, also for runs and viewers."
    )

    @property
    def root(self) -> str:
        """What every address of the lab begins with behind its host: "/lab", or empty."""
        return (self.root_path or urlsplit(self.public_url or "").path).rstrip("/")

    @property
    def everywhere(self) -> bool:
        """It listens on all addresses of this machine."""
        return self.host in ("0.0.0.0", "::", "")  # noqa: S104 (compared, not bound)

    @property
    def on_loopback(self) -> bool:
        """Only this machine reaches it."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")

    @property
    def local_url(self) -> str:
        """Where programs on this machine reach it, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
