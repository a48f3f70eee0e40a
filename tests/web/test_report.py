"""The report as the API gives it, and the one script that is made for it."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from app.web.assets import ASSETS
from app.web.report import ESCAPED, report_script
from tests.support import Person, kind

pytestmark = pytest.mark.timeout(60)


def test_it_holds_the_lines_of_an_export_and_one_script_that_its_policy_names(driver: Person, viewer: Person) -> None:
    run, target = driver.command("sh", "-c", "echo '</script><script>1</script>'; sleep 600", "--token=hunter2-s3cret")
    assert driver.get(f"/runs/{run}/report").json()["code"] == "conflict"
    with driver.events(run=run) as events:
        events.until(kind("output"))
        driver.post(f"/targets/{target}/stop", {"timeout_s": 5})
        events.until(kind("run_finished"))
    reply = viewer.get(f"/runs/{run}/report")
    assert reply.status_code == 200
    text = reply.text
    data = re.search(r'<script type="application/jsonl" id="events">\n(.*?)</script>', text, re.DOTALL)
    assert data
    lines = data[1].replace("\\u003c", "<").splitlines()
    assert lines == viewer.get(f"/runs/{run}/events.jsonl?lab=true").text.replace("\\u003c", "<").splitlines()
    assert "hunter2-s3cret" not in text
    [script] = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    sha = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{sha}';" in text
    assert len(re.findall("<script", text)) == 3
    assert not re.search(r'(?:src|href)="(?!#)', text.replace(script, "")), (
        "nothing is loaded and nothing leads elsewhere"
    )
    assert not re.search(r"url\((?!['\"]?data:|#)|@import", text.partition("<body")[0])
    assert driver.get("/runs/r999/report").status_code == 404


def test_the_script_is_one_that_a_browser_can_read(tmp_path: Path) -> None:
    made = tmp_path / "report.js"
    made.write_text(report_script())
    subprocess.run(["node", "--check", made], check=True, timeout=30)
    assert ESCAPED.search(made.read_text()) is None


def test_what_would_end_its_element_means_the_same_and_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'console.log("</script><!--<SCRIPT".length, `</Script>`.length, /<!--/.test("<" + "!--"))'
    monkeypatch.setattr(ASSETS, "text", lambda _name: text)
    made = tmp_path / "made.js"
    made.write_text(report_script())
    assert not re.search(r"<!--|</?script", made.read_text(), re.IGNORECASE)
    done = subprocess.run(["node", made], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "20 9 true\n"


def test_without_a_bundle_there_is_no_report_and_it_says_what_makes_one(
    driver: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = driver.command("true")
    with driver.events(run=run) as events:
        events.until(kind("run_finished"))
    monkeypatch.setattr(ASSETS, "files", dict)
    said = driver.get(f"/runs/{run}/report")
    assert (said.status_code, said.json()["code"]) == (409, "conflict")
    assert "scripts/vendor" in said.json()["hint"]
