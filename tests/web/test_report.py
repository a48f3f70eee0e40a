"""The report as the API gives it, and the one script that is made for it."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from app.web import bundle
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
    made.write_text(bundle.report_script())
    subprocess.run(["node", "--check", made], check=True, timeout=30)
    assert bundle.ESCAPED.search(made.read_text()) is None


def test_what_it_does_not_understand_it_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "resource", lambda _name: tmp_path)
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\nexport const b = a;\n')
    for text, why in {
        "export default 1;\n": "not understood",
        'export * from "./b.js";\n': "not understood",
        'import "./b.js";\n': "not understood",
        'import { b } from "./b.js";\nexport const a = b;\n': "import each other",
    }.items():
        (tmp_path / "a.js").write_text(text)
        with pytest.raises(ValueError, match=why):
            bundle.bundle("a.js")


def test_names_come_through_in_all_the_forms_that_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "resource", lambda _name: tmp_path)
    (tmp_path / "a.js").write_text(
        "/** said\n * to readers */\nexport const one = 1;\nexport async function two() {\n  return 2;\n}\n"
        "export class Three {}\nconst e=4;export{e as four};"
    )
    (tmp_path / "b.js").write_text('export { four as vier, one } from "./a.js";\n')
    (tmp_path / "c.js").write_text(
        'import * as all from "./a.js";\nimport {\n  one as eins,\n  vier,\n} from "./b.js";\n'
        'two();\nasync function two() {\n  const { Three } = await import("./a.js");\n'
        '  console.log(eins, vier, await all.two(), typeof Three, "</script><!--".length);\n}\n'
    )
    made = tmp_path / "made.js"
    made.write_text(bundle.bundle("c.js"))
    assert "</script" not in made.read_text()
    done = subprocess.run(["node", made], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "1 4 2 function 13\n"
