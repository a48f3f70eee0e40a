"""The catalogue is its own test: every experiment on this machine's kernel and engine, nothing skipped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.experiments.loading import load_catalogue
from tests.engine.calls import SOCKET, not_allowed
from tests.engine.gate import gate

pytestmark = pytest.mark.engine
LAB = str(Path(sys.executable).parent / "signal-lab")
WITHIN_S = 180.0  # for the whole catalogue; here it takes a fifth of that


def verify(*words: str, within_s: float = WITHIN_S, **env: str) -> dict[str, Any]:
    done = subprocess.run(
        [LAB, "verify", "--json", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=within_s,
        env={**os.environ, **env},
    )
    assert done.stdout, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def not_as_expected(answer: dict[str, Any]) -> list[str]:
    """One line for whatever was not seen."""
    return [
        f"{each['experiment']}: {each['why'] or ''} "
        + "; ".join(
            f"{row['step']}.{row['expect']} {row['outcome']}: {row['say']}: {row['why']}"
            for row in each["rows"]
            if row["outcome"] != "passed"
        )
        for each in answer["experiments"]
        if each["result"] != "passed" or any(row["outcome"] != "passed" for row in each["rows"])
    ]


@pytest.mark.alone
@pytest.mark.timeout(900)
def test_every_experiment_holds_here(engine: None, tmp_path: Path) -> None:
    built = subprocess.run([LAB, "images", "build"], capture_output=True, text=True, check=False, timeout=600)
    assert built.returncode == 0, built.stdout + built.stderr[-2000:]
    with gate(tmp_path, SOCKET) as recorder:
        answer = verify(DOCKER_HOST=f"unix://{recorder.path}")
    assert len(recorder.calls) > len(answer["experiments"])
    assert not_allowed(recorder.calls) == [], "deploy/engine-proxy/calls.lst and docs/shipping.md do not say so"
    assert not_as_expected(answer) == []
    assert answer["summary"]["experiments"] == len(load_catalogue()[0])
    assert answer["summary"]["took_s"] < WITHIN_S


@pytest.mark.timeout(240)
def test_with_the_trace_read_by_a_probe_it_is_the_same(engine: None) -> None:
    ids = ("pid-1", "init", "tini", "shell-form", "httpd-exec", "blocked-pending")
    assert not_as_expected(verify(*ids, "--kernel-trace", "probe")) == []


@pytest.mark.timeout(240)
def test_without_the_trace_the_kernels_word_is_unseen_and_the_rest_holds(engine: None) -> None:
    answer = verify("pid-1", "init", "parent-child", "frozen", "--kernel-trace", "off")
    assert [each["result"] for each in answer["experiments"]] == ["passed"] * 4
    assert answer["summary"]["expectations"]["unseen"] > 0
    assert answer["summary"]["expectations"]["failed"] == 0
