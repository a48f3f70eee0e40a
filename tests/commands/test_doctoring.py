"""The doctor's report in a terminal: 80 columns, nothing of a container's name acts on it, and codes for scripts."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.commands import doctor as command
from app.commands.doctoring import sections, summary
from app.doctor.checks import killed
from app.doctor.examination import Report
from app.doctor.report import shape
from app.errors import EngineUnavailable
from app.verdict.setup.grace import Timing, graces
from tests.doctor.made_up import inspected, patient


def told(**state: Any) -> dict[str, Any]:
    one = patient("" if state else "1 0 1 | python3 | /usr/bin/python3.11 | python3 -m http.server | ign=1001000 cgt=2",
                  facts=inspected(**state))  # fmt: skip
    found = killed.find(one)
    return shape(one, {"killed": found} if found else {}, graces(Timing(None)))


def test_it_fits_80_columns_but_for_lines_to_copy() -> None:
    hostile = {**told(), "name": "web\x1b[45m\x1b]0;x\x07" + "x" * 90, "image": "registry/" + "y" * 90}
    drawn = [*summary([hostile, told()]), *sections([hostile], every=False)]
    assert not any("\x1b[45m" in line or "\x1b]" in line for line in drawn)
    lines = [re.sub(r"\x1b\[\d+m", "", line) for line in drawn]
    assert max(len(line) for line in lines if not line.startswith("      ")) <= 80
    text = "\n".join(lines)
    assert "What would help" in text
    assert "      docker run --init -d --name web -e DB_PASSWORD shop:7" in lines
    assert "Swarm" not in text, "ways that do not apply are left out"


def test_no_container_and_no_such_container_are_said() -> None:
    assert list(summary([])) == ["No container runs on this engine."]
    assert any("is not there, or cannot be read" in line for line in summary([], ["web"]))


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (Report(()), 0),
        (Report(({**told(), "holds": True},)), 0),
        (Report((told(),)), 1),
        (Report((told(Status="restarting", Pid=0),)), 3),
        (Report((told(Status="restarting", Pid=0), told())), 1),
        (Report(({**told(), "holds": True},), ("gone",)), 3),
    ],
)
def test_codes_for_scripts(monkeypatch: pytest.MonkeyPatch, report: Report, code: int) -> None:
    async def examine(_: list[str]) -> Report:
        return report

    monkeypatch.setattr(command, "_examine", examine)
    said = CliRunner().invoke(app, ["doctor", "web", "--json"])
    assert said.exit_code == code
    assert json.loads(said.stdout)["ok"] == (code == 0)
    assert CliRunner().invoke(app, ["doctor", "web"]).exit_code == code


def test_without_an_engine_the_machine_is_told_and_nothing_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    async def examine(_: list[str]) -> Report:
        raise EngineUnavailable("no engine: no socket to try")

    monkeypatch.setattr(command, "_examine", examine)
    said = CliRunner().invoke(app, ["doctor"])
    assert said.exit_code == 3
    assert "kernel trace" in said.stdout
    assert "no container was looked at" in said.stdout
    as_json = CliRunner().invoke(app, ["doctor", "--json"])
    assert (as_json.exit_code, json.loads(as_json.stdout)["code"]) == (3, "no_engine")
    assert json.loads(as_json.stdout)["witnesses"]
