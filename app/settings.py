"""Settings: flags of ``signal-lab serve`` = environment variables SIGNAL_LAB_… = these fields.  Leaf module."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

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
    public_url: str | None = Field(None, description="Address under which others reach the lab, for links.")
    kernel_trace: Literal["auto", "probe", "off"] = Field(
        "auto",
        description="The kernel's trace: auto reads it where this user may (root), probe lets a container on the "
        "engine read it, off does without.",
    )
    experiments: Path | None = Field(None, description="Folder of experiments of one's own (TOML), beside ours.")
    open: bool = Field(False, description="Open the page in a browser.")
    heartbeat_s: float = Field(5.0, gt=0, description="How often a quiet stream says that it is alive, in seconds.")
    log_level: str = Field("warning", description="debug, info, warning or error.")
