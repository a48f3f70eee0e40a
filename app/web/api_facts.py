"""The part of the API that only tells: health, engine, signals, catalogue."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app import __version__
from app.events import now
from app.experiments import picks
from app.experiments.model import Experiment
from app.hosts.base import Spec
from app.signals import KEYS, RESERVED, SIGNALS, Signal
from app.sources.load import machine_load
from app.verdict.programs.practice import practices
from app.verdict.programs.senders import senders_of
from app.web.access import role
from app.web.facts import steps_of
from app.web.packed import packed
from app.web.services import Guarded, RoleHere, Served, Services

router = APIRouter(prefix="/api/v1", route_class=Guarded)
_ALL = (*SIGNALS, *RESERVED)
LISTED = ("id", "title", "group", "hosts", "lesson", "needs_engine", "available", "why_not", "last")


@router.get("/health")
@role("viewer")
async def health(served: Served, who: RoleHere) -> dict[str, object]:
    """How the lab is, what it has found, and the time by its clock.

    ``ok``: what happens is recorded.  ``engine`` and ``kernel_trace`` have states of their own: without them less can
    be seen and started, and the lab is well.
    """
    return {
        "ok": served.hub.writer.well,
        "writer": served.hub.writer.state(),
        "version": __version__,
        "now": now(),
        "role": who,
        "viewers": served.hub.audience.viewers,
        "focus": served.hub.audience.focus,
        "engine": served.engine.status(),
        "kernel_trace": served.kernel.status(),
        "kernel_trial": served.lab.kernels.status(),
        "last_event_id": served.hub.last_id,
        "journal": served.hub.journal.id,
        "allow_foreign": served.settings.allow_foreign,
    }


@router.get("/healthz")
@role("anyone")
async def healthz(served: Served, response: Response) -> dict[str, object]:
    """Whether the lab answers and records: for container engines and scripts, so without a token or anything else.

    503 while the journal cannot be written.
    """
    response.status_code = 200 if served.hub.writer.well else 503
    well = served.hub.writer.well
    return {"ok": well, "version": __version__}


@router.get("/engine")
@role("viewer")
async def engine(served: Served) -> dict[str, object]:
    """The engine that was found, or why there is none; ``machine``: how loaded the lab's own is.

    A loaded machine is why times differ from one run to the next: more than one process for each CPU wants to run.
    """
    return {**served.engine.status(), "machine": asdict(machine_load())}


@router.get("/signals")
@role("viewer")
async def signals() -> dict[str, object]:
    """The table of signals as this machine has them."""
    return signal_table()


def signal_table() -> dict[str, object]:
    return {"signals": [_row(each) for each in SIGNALS], "reserved": [_row(each) for each in RESERVED], "keys": KEYS}


@router.get("/signals/uses")
@role("viewer")
async def signal_uses(request: Request) -> Response:
    """Who sends each signal, and what well-known programs do with it, each with where that is written."""
    facts: dict[str, object] = {
        "senders": {each.name: [asdict(of) for of in senders_of(each.name, each.group)] for each in _ALL},
        "programs": {name: [asdict(of) for of in found] for name, found in practices().items()},
    }
    return packed(request, facts)


def _row(signal: Signal) -> dict[str, Any]:
    return {**asdict(signal), "short": signal.short}


@router.get("/experiments")
@role("viewer")
async def experiments(request: Request, served: Served) -> Response:
    """The catalogue, each with what came of its last run here; ``faults``: files that cannot be used, and why."""
    return packed(request, await _catalogue(served))


@router.get("/lab")
@role("viewer")
async def lab(
    request: Request, served: Served, who: RoleHere, about: Annotated[str | None, Query(max_length=100)] = None
) -> Response:
    """What a page begins with: ``health``, ``experiments`` with ``faults``, and ``signals``, each as by its address.

    ``about``: an experiment, or "" for none; of all others only what a list of them needs.
    """
    told: dict[str, object] = {"health": await health(served, who), "signals": signal_table()}
    catalogue = await _catalogue(served)
    if about is not None:
        catalogue["experiments"] = [
            each if each["id"] == about else {name: each[name] for name in LISTED} for each in catalogue["experiments"]
        ]
    return packed(request, {**told, **catalogue})


async def _catalogue(served: Services) -> dict[str, Any]:
    last = await _last_results(served)
    shown = [await _shown(each, served, last) for each in served.runner.catalogue.values()]
    return {"experiments": shown, "faults": served.runner.faults}


@router.get("/experiments/{experiment}")
@role("viewer")
async def experiment(experiment: str, served: Served) -> dict[str, object]:
    """One of the catalogue.  Errors: 404 not_found."""
    return await experiment_facts(served, served.runner.experiment(experiment))


async def experiment_facts(served: Services, found: Experiment) -> dict[str, Any]:
    return await _shown(found, served, await _last_results(served))


async def _last_results(served: Services) -> dict[str, dict[str, Any]]:
    last: dict[str, dict[str, Any]] = {}
    for facts in await served.ledger.runs():
        if facts["experiment"] and facts["status"] == "finished" and facts["result"]:
            told = {name: facts["result"][name] for name in ("took_s", "exit_code", "killed")}
            last.setdefault(facts["experiment"], {"run": facts["run"], "missed": facts["missed"], **told})
    return last


async def _shown(each: Experiment, served: Services, last: dict[str, dict[str, Any]]) -> dict[str, Any]:
    engine = served.engine.status()
    why_not = await served.runner.why_not(each, no_engine=None if engine["state"] == "ready" else engine["reason"])
    return {
        "id": each.id,
        "title": each.title,
        "group": each.group,
        "question": each.question,
        "section": each.section,
        "special": each.special,
        "differs": each.differs,
        "learnt": each.learnt,
        "hosts": each.hosts,
        "files": [{"name": file.name, "text": file.text} for file in each.file],
        "lesson": bool(each.step),
        "needs_engine": each.needs_engine,
        "asks_for": each.asks_for,
        "available": why_not is None,
        "why_not": why_not,
        "steps": steps_of(each),
        "targets": [{**_target(spec, served), "races": picks.why_not(each, spec) is None} for spec in each.target],
        "last": last.get(each.id),
    }


def _target(spec: Spec, served: Services) -> dict[str, Any]:
    timeout_s = spec.container.stop_timeout_s
    return {
        "name": spec.name,
        "host": spec.host,
        "later": spec.later,
        "equivalent": served.hosts[spec.host].equivalent(spec, spec.name),
        "stop_signal": spec.container.stop_signal or "SIGTERM",
        "stop_timeout_s": 10 if timeout_s is None else timeout_s,
    }
