"""The parts of a check that take text from people: durations, patterns, flags, Dockerfiles, variables."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.commands.check.command import outputs_of
from app.commands.check.dockerfile import command_line
from app.commands.check.durations import bounded, parse_duration
from app.commands.check.flags import CheckFlags, http_place
from app.commands.check.interpolate import interpolated
from app.commands.check.ready import LinePattern, Ready
from app.commands.check.session import Session
from app.commands.common import Failed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("3s", 3.0), ("500ms", 0.5), ("1m30s", 90.0), ("2", 2.0), ("2.5", 2.5), ("1.5s", 1.5), ("1h", 3600.0)),
        *((" 10s ", 10.0), ("0", 0.0), ("1m500ms", 60.5), ("250us", 0.00025), ("1h2m3s4ms", 3723.004)),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "s", "-1s", "3 s", "1s1m", "1s1s", "3x", "inf", "nan", "1e3", "１s", "9" * 99, "1ms5"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


def test_bounds_of_a_duration() -> None:
    assert bounded("60m") == 3600
    for text in ("61m", "0"):
        with pytest.raises(ValueError, match="out of bounds"):
            bounded(text, least_s=0.001)


def test_a_pattern_is_found_across_pieces_and_in_a_line_without_an_end() -> None:
    pattern = LinePattern(r"ready (on|at) \d+")
    assert not pattern.found_in("stdout", "not yet\nrea")
    assert not pattern.found_in("stderr", "dy on 80")
    assert pattern.found_in("stdout", "dy on 80")
    assert LinePattern("^over$").found_in("stdout", "\x1b[32mover\x1b[0m\r\nmore")
    assert not LinePattern("a.b").found_in("stdout", "a\nb")


def test_no_pattern_can_hang_the_check() -> None:
    """A pattern on which a backtracking engine takes 2^n steps."""
    begun = time.process_time()
    pattern = LinePattern(r"(a+)+$")
    for _ in range(20):
        assert not pattern.found_in("stdout", "a" * 5000 + "b\n")
    assert time.process_time() - begun < 5


def test_a_long_line_is_looked_at_up_to_its_limit() -> None:
    pattern = LinePattern("end")
    for _ in range(50):
        assert not pattern.found_in("stdout", "x" * 1000)
    assert not pattern.found_in("stdout", "end")
    assert pattern.found_in("stdout", "\nend")


@pytest.mark.parametrize(
    ("text", "why"), [("(", "unclosed"), ("(?=a)", "look-around"), ("(a{1000}){1000}", "size limit")]
)
def test_what_is_no_pattern_is_said(text: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        CheckFlags(ready_log=text).ready()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("http://localhost:8080/health", (8080, "/health")),
        ("http://127.0.0.1/", (80, "/")),
        (":8080/health?deep=1", (8080, "/health?deep=1")),
        ("8080/health", (8080, "/health")),
        (":8080", (8080, "/")),
        ("/health", (0, "/health")),
    ],
)
def test_where_to_ask(text: str, place: tuple[int, str]) -> None:
    assert http_place(text) == place


@pytest.mark.parametrize(
    "text", ["https://localhost/", "http://example.org/", "http://a@localhost/", ":99999/", ":80/ä"]
)
def test_where_not_to_ask(text: str) -> None:
    with pytest.raises(Failed, match="--ready-http"):
        CheckFlags(ready_http=text).ready()


def test_flags_become_what_is_checked() -> None:
    flags = CheckFlags(
        within="1m30s", expect_exit="0, 143", signal="int", ready_port=80, init=True, cap_add=("default",)
    )
    [subject] = flags.images(["nginx:1.27"], ("nginx", "-g"))
    assert (subject.terms.within_s, subject.terms.expect_exit, subject.signal) == (90.0, frozenset({0, 143}), "SIGINT")
    assert subject.spec is not None
    assert (subject.spec.command, subject.spec.container.init) == (("nginx", "-g"), True)
    assert subject.spec.container.ports == {"80/tcp": 0}
    assert "SETUID" in subject.spec.container.cap_add
    assert "SYS_ADMIN" not in subject.spec.container.cap_add
    assert subject.ready == Ready(port=80, settle_s=0.0, within_s=60.0)
    assert CheckFlags().ready().settle_s == 2
    assert CheckFlags(ready_log="x", settle="1s").ready().settle_s == 1


@pytest.mark.parametrize(
    "flags",
    [
        CheckFlags(within="0"),
        CheckFlags(within="soon"),
        CheckFlags(expect_exit="0,x"),
        CheckFlags(expect_exit="300"),
        CheckFlags(signal="KILL"),
        CheckFlags(signal="STOP"),
        CheckFlags(signal="FOO"),
        CheckFlags(ready_log="a", ready_port=1),
        CheckFlags(ready_port=0),
        CheckFlags(ready_within="0"),
        CheckFlags(memory="lots"),
        CheckFlags(cap_add=("SYS_ADMIN",)),
        CheckFlags(dockerfile=Path("no/such/Dockerfile")),
    ],
    ids=str,
)
def test_flags_that_make_no_sense_are_wrong_use(flags: CheckFlags) -> None:
    with pytest.raises(Failed) as found:
        flags.images(["web"], ())
    assert found.value.leave == 2


def test_images_that_make_no_sense() -> None:
    for names, command in (([], ()), (["a", "b"], ("sh",)), (["UPPER"], ())):
        with pytest.raises(Failed) as found:
            CheckFlags().images(names, command)
        assert found.value.leave == 2
    for runs in (0, 101):
        with pytest.raises(Failed):
            CheckFlags(runs=runs).checked()


def test_a_defect_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python leaves with 1 for what nobody caught, and 1 says that a stop did not hold."""

    def fail(_: Session) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Session, "run", fail)
    said = CliRunner().invoke(app, ["check", "base"])
    assert isinstance(said.exception, Failed)
    assert (said.exception.leave, said.exception.shape["code"]) == (3, "internal_error")


def test_reports_are_tried_before_anything_is_begun(tmp_path: Path) -> None:
    assert [(each.kind, each.path) for each in outputs_of([], as_json=False)] == [("text", None)]
    assert [each.kind for each in outputs_of(["sarif=-"], as_json=False)] == ["sarif"]
    file = tmp_path / "a=b.xml"
    assert [(each.kind, each.path) for each in outputs_of([f"junit={file}"], as_json=False)] == [
        ("text", None),
        ("junit", file),
    ]
    assert [each.kind for each in outputs_of(["github=-", "text=-"], as_json=False)] == ["github", "text"]
    for given in (["sarif"], ["pdf=-"], ["sarif="], [f"sarif={tmp_path}/no/such.json"], ["sarif=-", "junit=-"]):
        with pytest.raises(Failed) as found:
            outputs_of(given, as_json=False)
        assert found.value.leave == 2
    with pytest.raises(Failed):
        outputs_of(["sarif=-"], as_json=True)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('FROM a\nCMD ["x"]\n', 2),
        ("FROM a\nCMD x\nENTRYPOINT y\nCMD z\n", 3),
        ("FROM a AS one\nCMD x\nFROM b\nRUN y\n", 1),
        ('FROM a\nRUN x \\\n # CMD no\n && CMD no\nentrypoint ["y"]\n', 5),
        ("FROM a\nRUN <<EOF\nCMD no\nEOF\nCMD yes\n", 5),
        ("# escape=`\nFROM a\nRUN x `\nCMD\nCMD y", 5),
        ("", 1),
        ("FROM a\nRUN <<EOF\nnever ends", 1),
        ("FROM a\nRUN x \\", 1),
    ],
)
def test_the_line_that_says_what_pid_1_is(text: str, line: int) -> None:
    assert command_line(text) == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$A ${A} ${B:-b} ${B-b} ${E:-e} ${E-e} $$A", "1 1 b b e  $A"),
        ("${A:+yes}${E:+no}${E+set}${B+no}", "yesset"),
        ("${A:?must} ${A?must}", "1 1"),
        ("$B|${B}", "|"),
    ],
)
def test_variables(text: str, said: str) -> None:
    assert interpolated({"k": [text]}, {"A": "1", "E": ""}) == {"k": [said]}


@pytest.mark.parametrize(
    ("text", "why"), [("${B:?say B}", "say B"), ("${B?}", "required"), ("${1}", "no variable"), ("a $", "no")]
)
def test_variables_that_cannot_be_read(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        interpolated(text, {})
