"""Reports of a check: each is what its readers take, and none lets an image's text be more than text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import junitparser
import pytest
from jsonschema import Draft4Validator  # type: ignore[import-untyped]

from app.commands.check.outcome import Checked
from app.commands.check.reports import KINDS, MAKERS
from app.commands.check.reports.github import summary, workflow_commands
from app.commands.check.reports.gitlab import gitlab
from app.commands.check.reports.junit import junit
from app.commands.check.reports.safe import command_data, command_property, markdown, one_line
from app.commands.check.reports.sarif import sarif
from app.commands.check.reports.text import text
from app.commands.check.subject import Place
from tests.commands.check.samples import checked, everything, run_held, run_killed, run_unclean, run_untold, seen

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"


def sarif_of(found: Checked) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(sarif(found))
    assert wrong_in(made) == []
    return made


def wrong_in(made: dict[str, Any]) -> list[str]:
    """By the schema of SARIF 2.1.0."""
    schema = json.loads(SCHEMA.read_text())
    return [f"{error.json_path}: {error.message}" for error in Draft4Validator(schema).iter_errors(made)]


def results_of(found: Checked) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = sarif_of(found)["runs"][0]["results"]
    return results


def test_sarif_is_valid_and_the_schema_would_tell() -> None:
    made = sarif_of(everything())
    made["runs"][0]["results"][0]["level"] = "deadly"
    assert len(wrong_in(made)) == 1


@pytest.mark.parametrize("fail_on", ["held", "clean"])
def test_every_result_of_sarif_has_a_place_a_rule_and_a_fingerprint(fail_on: Any) -> None:
    run = sarif_of(everything(fail_on))["runs"][0]
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "deploy/Dockerfile", "uriBaseId": "%SRCROOT%"}
        assert place["region"] == {"startLine": 7}
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert re.fullmatch("[0-9a-f]{32}", result["partialFingerprints"]["signalLabStop/v1"])
    levels = {result["ruleId"]: result["level"] for result in run["results"]}
    unclean = "warning" if fail_on == "held" else "error"
    assert levels == {"SL001": "error", "SL011": "none", "SL007": unclean, "SL010": "error"}


def test_the_timeline_is_the_code_flow() -> None:
    [result] = results_of(checked(seen(run_killed())))
    [thread] = result["codeFlows"][0]["threadFlows"]
    assert [each["executionOrder"] for each in thread["locations"]] == [1, 2]
    assert thread["locations"][0]["location"]["message"]["text"] == "The check asks for a stop"
    assert thread["locations"][1]["executionTimeUtc"] == "2026-11-30T12:00:03.010000Z"


def test_a_fingerprint_knows_no_measured_time_and_no_tag() -> None:
    def of(*found: Any) -> str:
        return str(results_of(checked(*found))[0]["partialFingerprints"])

    first = of(seen(run_killed(took_s=3.04), name="host:5000/web:1"))
    assert first == of(seen(run_held(1), run_killed(2, took_s=9.9), name="host:5000/web:2"))
    assert first == of(seen(run_killed(), name="host:5000/web@sha256:" + "0" * 64))
    assert first != of(seen(run_killed(), name="host:5000/other:1"))
    assert first != of(seen(run_unclean(), name="host:5000/web:1"))


def test_what_could_not_be_told_is_open_in_sarif_and_never_nothing() -> None:
    made = sarif_of(checked(seen(run_untold())))["runs"][0]
    assert [(each["kind"], each["level"]) for each in made["results"]] == [("open", "none")]
    [invocation] = made["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    assert invocation["toolExecutionNotifications"][0]["level"] == "error"
    held = sarif_of(checked(seen(run_held())))["runs"][0]
    assert (held["results"], held["invocations"][0]["executionSuccessful"]) == ([], True)


def test_a_file_elsewhere_is_named_by_its_uri(tmp_path: Path) -> None:
    [result] = results_of(checked(seen(run_killed(), place=Place(str(tmp_path / "a b" / "Dockerfile"), 2))))
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": (tmp_path / "a b" / "Dockerfile").as_uri()}


def test_text_of_an_image_is_no_link_in_sarif() -> None:
    messages = [result["message"]["text"] for result in results_of(everything())]
    assert not any("](" in each or "\x1b" in each for each in messages)


def test_junit_as_its_readers_read_it(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(junit(everything()))
    found = junitparser.JUnitXml.fromfile(str(path))
    assert (found.tests, found.failures, found.errors, found.skipped) == (6, 3, 1, 0)
    [suite] = list(found)
    cases = list(suite)
    kinds = [type(each.result[0]).__name__ if each.result else None for each in cases]
    assert kinds == [None, "Failure", "Error", None, "Failure", "Failure"]
    untold = cases[2].result[0]
    assert untold.type == "SL011"
    assert untold.message == "Could not tell: it did not start: no registry has it."
    assert untold.message in untold.text
    assert "Build it or load it." in untold.text
    mix = cases[1].result[0]
    assert mix.type == "SL001"
    assert mix.message.startswith("A mix: run 1 held, run 2 did not hold")
    assert "The kernel dropped SIGTERM." in mix.text
    assert "| : :error file=x::boo" in mix.text, "text it is, and as text it is there"


def test_junit_is_xml_whatever_an_image_prints() -> None:
    wild = "".join(map(chr, range(0x20))) + "\ud800\ufffe<![CDATA[ ]]> &bogus;"
    made = junit(checked(seen(run_killed(text=wild), name="x\x00y")))
    assert "SL001" in ET.tostring(ET.fromstring(made), encoding="unicode")


def test_a_clean_gate_makes_what_was_not_clean_a_failure() -> None:
    assert "<failure" not in junit(checked(seen(run_unclean())))
    assert "<failure" in junit(checked(seen(run_unclean()), fail_on="clean"))


def parsed_as_the_runner_does(log: str) -> list[str]:
    """Lines that GitHub's runner would carry out, by its rule: ``::`` first, after blanks, or ``##[`` anywhere."""
    return [line for line in log.split("\n") if line.lstrip().startswith("::") or "##[" in line]


def test_an_image_cannot_give_commands_to_a_build_server() -> None:
    found = everything()
    commands = workflow_commands(found).splitlines()
    assert len(commands) == sum(len(each.findings()) for each in found.subjects)
    assert all(
        re.match(r"::(error|warning) file=deploy/Dockerfile,line=7,title=SL0\d\d [^:,]*::", each) for each in commands
    )
    assert parsed_as_the_runner_does(text(found)) == []
    assert parsed_as_the_runner_does(summary(found)) == []
    assert "\x1b" not in text(found) + summary(found) + workflow_commands(found)


def test_escapes() -> None:
    assert command_data("100%\r\n::x") == "100%25%0D%0A::x"
    assert command_property("a:b,c%\n") == "a%3Ab%2Cc%25%0A"
    assert one_line("  ::set\nx ##[y]") == "  : :set\\nx ## [y]"
    assert markdown("a|b `c` <i> [d](e) *f*") == r"a\|b \`c\` &lt;i&gt; \[d\]\(e\) \*f\*"


def test_the_summary_of_a_step_is_one_table() -> None:
    lines = [line for line in summary(everything()).splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(everything().subjects)
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {8}
    held = workflow_commands(checked(seen(run_held(), name="web:1%")))
    assert held == "::notice title=signal-lab check::web:1%25: held\n"


def test_gitlab_gets_what_it_asks_for() -> None:
    found = json.loads(gitlab(everything()))
    for each in found:
        assert set(each) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert each["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert each["location"] == {"path": "deploy/Dockerfile", "lines": {"begin": 7}}
    assert len({each["fingerprint"] for each in found}) == len(found)
    assert json.loads(gitlab(checked(seen(run_held())))) == []


def test_the_human_verdict_says_all_of_it() -> None:
    said = text(checked(seen(run_held(1), run_killed(2), name="web")))
    for part in (
        "web: did not hold",
        "A mix: run 1 held, run 2 did not hold, in 0.11 s to 3.0 s.",
        "run 1: held: ready after 0.40 s, stopped after 0.11 s, exit code 143",
        "run 2: did not hold: ready after 0.40 s, killed after 3.0 s, exit code 137",
        "The kernel dropped SIGTERM. [7, 9]",
        "SL001 PID 1 has no handler for the stop signal",
        "What would help: Run it with --init, or handle SIGTERM.",
        "        docker run -d --init web",
        "     9    +3.040 kernel   SIGKILL to python3",
        "    | serving",
    ):
        assert part in said, part
    assert "does not fail the check" in text(checked(seen(run_unclean())))
    assert "Build it or load it." in text(checked(seen(run_untold())))


def test_json_holds_all_of_it() -> None:
    made = json.loads(MAKERS["json"](everything()))
    assert (made["ok"], made["exit"], len(made["subjects"])) == (False, 1, 6)
    run = made["subjects"][1]["runs"][1]
    assert (run["took_s"], run["exit_code"], run["killed"], run["timeline"][0]["id"]) == (3.04, 137, True, 6)
    assert made["subjects"][1]["findings"][0] == {
        **{"rule": "SL001", "name": "pid-1-without-handler", "fails": True, "run": 2, "evidence": [7, 9]},
        "text": run["text"],
    }


def test_every_kind_of_report_can_be_made_of_everything() -> None:
    assert set(MAKERS) == set(KINDS)
    for kind in KINDS:
        assert MAKERS[kind](everything("clean")).endswith("\n")
