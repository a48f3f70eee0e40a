"""Fixtures for all tests.  A missing engine or browser is a failure and never a skip: `make setup` installs them."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import LabUnderTest, Person, kind, running_lab

# Files that take a minute or more: begun first, they are done when the many short ones are.
FIRST = ("test_kills.py", "test_fuzz_api.py", "test_wheel.py", "test_advice.py")

COSTLY_S = 5

# Machines are shared: how long an example takes is no property of what is tested.
settings.register_profile("lab", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lab")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabUnderTest]:
    """A lab without an engine: it looks for one where there is none."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    with running_lab(tmp_path / "data") as running:
        yield running


@pytest.fixture
def driver(lab: LabUnderTest) -> Iterator[Person]:
    with lab.person() as person:
        yield person


@pytest.fixture
def viewer(lab: LabUnderTest) -> Iterator[Person]:
    """Somebody who came by the viewers' link."""
    with lab.person(token=None) as person:
        assert person.client.get(lab.viewer_link).status_code == 303
        person.client.headers["sec-fetch-site"] = "same-origin"
        yield person


@pytest.fixture(scope="session")
def engine() -> None:
    """A real engine answers."""
    found = subprocess.run(["docker", "version"], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.fail(f"no Docker engine answers; `make setup` installs and starts one. {found.stderr.strip()}")


@pytest.fixture(scope="session")
def base_image(engine: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The lab's base image is there: the lab builds it."""
    with running_lab(tmp_path_factory.mktemp("base")) as lab, lab.person() as person:
        reply = person.post("/runs", {"host": "container", "command": ["true"]})
        with person.events(run=reply.json()["run"]) as events:
            events.until(kind("run_finished"))


@pytest.fixture
def lab_with_engine(engine: None, tmp_path: Path) -> Iterator[LabUnderTest]:
    with running_lab(tmp_path / "data") as running, running.person() as person:
        label = f"label=dev.signal-lab.lab={person.get('/health').json()['journal']}"
        yield running
    left = subprocess.run(["docker", "ps", "-aq", "--filter", label], capture_output=True, text=True, check=True)
    assert left.stdout == "", "containers were left behind"


@pytest.fixture
def engine_driver(lab_with_engine: LabUnderTest) -> Iterator[Person]:
    with lab_with_engine.person() as person:
        yield person


def time_by_file(terminalreporter: Any) -> None:
    """Where a stage's time goes: the budget of `make test` is kept by whoever sees what a file costs."""
    seconds: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    if slow := [(file, took) for file, took in sorted(seconds.items(), key=lambda each: -each[1]) if took >= COSTLY_S]:
        terminalreporter.section(f"files that take {COSTLY_S} s or more, of {sum(seconds.values()):.0f} s in all")
        for file, took in slow:
            terminalreporter.line(f"{took:7.1f}s {file}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests have measured or counted (``record_property``): shown at the end of the run."""
    time_by_file(terminalreporter)
    stats = terminalreporter.stats
    for name, value in (each for report in stats.get("passed", []) for each in report.user_properties):
        terminalreporter.write_line(f"{name}: {value}")
    ended = [report for report in stats.get("", []) if report.when == "teardown"]
    if looked := sum(value for report in ended for name, value in report.user_properties if name == "axe"):
        terminalreporter.write_line(f"axe looked at {looked} pages and states of them; a violation is a failure")
