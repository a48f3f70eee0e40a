"""What was found when the lab came up: one line for each witness, and why there is none.

Told when the links are there already: who only wants to click need not wait for an engine, nor for the kernel's trial.
"""

from __future__ import annotations

import logging

import anyio

from app.hosts.local.sandbox_trial import try_one
from app.web.services import Services

TRIAL_WITHIN_S = 5.0  # it takes some 0.05 s


async def found(services: Services, story: logging.Logger) -> None:
    engine, kernel = services.engine.status(), services.kernel.status()
    at_hand = f"{engine['name']} {engine['version']}, API {engine['api'] or '?'}, cgroup v{engine['cgroup'] or '?'}"
    traced = f"trace, read by the {kernel['where']}"
    say = {
        "engine": at_hand if engine["state"] == "ready" else f"none: {engine['reason']}",
        "kernel": traced if kernel["state"] == "ready" else f"none: {kernel['reason']}",
    }
    forbidden = await try_one()
    say["sandbox"] = f"none: {forbidden}" if forbidden else "possible"
    say["trial"] = await tried(services)
    missing = {name for name, text in say.items() if text.startswith("none: ")}
    for name, text in say.items():
        tone = "missing" if name in missing else ""
        story.info("%-8s %s", name, text, extra={"event": "found", "tone": tone})
    if missing:
        story.info("`signal-lab doctor --machine` says what would allow what is missing", extra={"event": "found"})


async def tried(services: Services) -> str:
    """What the kernel was seen to do where kernels differ; what is not known by then is in ``GET /health`` later."""
    kernels = services.lab.kernels
    with anyio.move_on_after(TRIAL_WITHIN_S):
        await kernels.tried_here.wait()
    return "; ".join(
        f"{each['release']}: {each['text']}" if each["outcome"] else f"none: {each['text']}"
        for each in kernels.status().values()
        if each
    )
