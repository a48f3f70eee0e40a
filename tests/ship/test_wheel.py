"""The wheel works in a clean environment, far from the checkout: page, scripts, experiments, images' contexts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

import tests.killable
from app import __version__
from tests.browser.chromium import launch
from tests.browser.conftest import PROJECTOR
from tests.killable import killable
from tests.ship.conftest import ROOT, run
from tests.support import WITHIN_S, commit, kind, prints

PARTS = {"dialogs", "dialogs_part", "early", "favicon", "present", "stage", "stream_worker", "terminal"}
pytestmark = [pytest.mark.whole, pytest.mark.timeout(280)]


def pip_of(python: str) -> tuple[str, ...]:
    """Its own, or where it has none the machine's."""
    own = subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0
    return (python if own else "python3", "-m", "pip")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a new environment with the wheel and what it asks for, and nothing else."""
    there = tmp_path_factory.mktemp("clean")
    run(sys.executable, "-m", "venv", "--without-pip", str(there / "venv"))
    pip = (*pip_of(sys.executable), "--python", str(there / "venv/bin/python"))
    run(*pip, "install", "--quiet", "--no-compile", "--constraint", str(ROOT / "constraints.txt"), str(wheel))
    return there / "venv/bin/signal-lab"


def elsewhere(tmp_path: Path) -> dict[str, str]:
    return {**{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}, "HOME": str(tmp_path)}


def test_it_serves_page_scripts_and_experiments(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tests.killable, "LAB", str(installed))
    monkeypatch.chdir(tmp_path)
    with killable(tmp_path / "data") as server, server.person() as person:
        page = person.client.get("/experiments/catch-all", headers={"accept": "text/html"})
        assert page.status_code == 200
        parts = re.findall(r'"(/static/dist/[^"]+)"', page.text)
        assert {Path(part).name.partition("-")[0] for part in parts} == PARTS
        for path in (*parts, *(f"{part}.map" for part in parts if not part.endswith(".svg"))):
            reply = httpx.get(server.url + path, headers={"accept-encoding": "gzip"})
            assert reply.status_code == 200, path
            assert "immutable" in reply.headers["cache-control"]
        assert httpx.get(f"{server.url}/static/js/entries/stage.js").status_code == 404, "sources are not shipped"
        assert len(person.get("/experiments").json()["experiments"]) >= 33
        run_, target = person.start("catch-all")
        with person.events(run=run_) as events:
            events.until(prints("ready"))
            person.post(f"/targets/{target}/signals", {"signal": "USR1"})
            events.until(prints("USR1"))
            started = next(event for event in events.seen if event["kind"] == "target_started")
            assert str(ROOT) not in json.dumps(started)
            person.client.delete(f"/api/v1/runs/{run_}")
            events.until(kind("run_finished"))
        assert "<script>" in person.get(f"/runs/{run_}/report").text
        port = str(server.port)
        assert run(str(installed), "healthcheck", "--port", port).startswith("ok: signal-lab ")
        assert json.loads(run(str(installed), "healthcheck", "--port", port, "--json"))["ok"] is True
    asked = [str(installed), "healthcheck", "--port", port]
    gone = subprocess.run(asked, capture_output=True, text=True, env=elsewhere(tmp_path))
    assert gone.returncode == 1
    assert gone.stderr.startswith(f"signal-lab: no lab answers on port {port}")


def test_lessons_hold_with_it(installed: Path, tmp_path: Path) -> None:
    """A local one, one in a namespace of its own, and the table of signals: scripts and catalogue are its own."""
    told = json.loads(
        run(
            str(installed),
            "verify",
            "--json",
            "signals",
            "catch-all",
            "pid-1-sandbox",
            cwd=tmp_path,
            env=elsewhere(tmp_path),
        )
    )
    assert (told["summary"]["passed"], told["summary"]["expectations"]["failed"]) == (3, 0), told


def test_its_page_works_in_a_browser(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tests.killable, "LAB", str(installed))
    monkeypatch.chdir(tmp_path)
    wrong: list[str] = []
    with killable(tmp_path / "data") as server, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport=PROJECTOR)  # a terminal that is out of sight is not drawn
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(server.drive)
        page.get_by_role("button", name="Enter as the driver").click()
        page.goto(f"{server.url}/experiments/catch-all")
        page.get_by_role("button", name="Start", exact=True).click()
        expect(page.locator(".xterm-rows")).to_contain_text("ready", timeout=WITHIN_S * 1000)
        browser.close()
    assert wrong == []


def test_it_says_of_which_commit_it_was_built(installed: Path, tmp_path: Path) -> None:
    said = run(str(installed), "--version", cwd=tmp_path, env=elsewhere(tmp_path))
    assert said in (f"signal-lab {__version__} (commit {commit()}{more})\n" for more in ("", " and changes"))


def test_it_has_the_contexts_of_all_images(installed: Path, tmp_path: Path) -> None:
    ask = "from app.resources import resource; print(*sorted(p.name for p in resource('docker').iterdir()))"
    told = run(str(installed.parent / "python"), "-c", ask, cwd=tmp_path, env=elsewhere(tmp_path)).split()
    assert told == sorted(each.name for each in (ROOT / "docker").iterdir())


def test_man_finds_its_page(installed: Path) -> None:
    """Beside ``bin``, where man looks for what is in PATH."""
    page = (installed.parents[1] / "share/man/man1/signal-lab.1").read_text()
    assert page.startswith('.TH SIGNAL\\-LAB 1 ""')
    assert '\n.SS "serve"\n' in page


@pytest.mark.long
def test_a_wheel_without_the_bundle_is_not_built(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    run("git", "clone", "--quiet", str(ROOT), str(copy))
    build = [*pip_of(sys.executable), "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path / "dist"), str(copy)]
    done = subprocess.run(build, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode != 0
    assert "static/dist is empty: run scripts/vendor first" in done.stdout + done.stderr
