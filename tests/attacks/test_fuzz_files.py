"""Every parser of files that somebody else wrote and of what a probe says: its own error or an answer, for anything."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.commands.check.compose import services_of
from app.commands.check.dockerfile import command_line
from app.commands.check.durations import parse_duration
from app.commands.check.flags import CheckFlags
from app.commands.check.interpolate import interpolated
from app.commands.check.own_words import OWN
from app.commands.common import Failed
from app.hosts.local.fence import find_fences
from app.probe.wire import VERSION, observation_of
from tests.fuzzing import TIMES, fuzz

pytestmark = [pytest.mark.whole, pytest.mark.timeout(60 * TIMES)]

MANY = fuzz(300)
tried: dict[str, int] = {}
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANY: st.SearchStrategy[Any] = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
KEYS = (
    *("image", "build", "command", "entrypoint", "environment", "stop_signal", "stop_grace_period", "pre_stop"),
    *("mem_limit", "user", "working_dir", "tty", "init", "volumes", OWN),
)
NAMES = st.text(max_size=8) | st.integers() | st.booleans() | st.none() | st.floats()
SERVICES = st.dictionaries(NAMES, st.dictionaries(st.sampled_from(KEYS), ANY, max_size=5) | ANY, max_size=3)


@pytest.fixture(scope="module", autouse=True)
def told(record_testsuite_property: Callable[[str, object], None]) -> Iterator[None]:
    yield
    record_testsuite_property("fuzzed files", f"{sum(tried.values())} inputs to {len(tried)} parsers")


def count(name: str) -> None:
    tried[name] = tried.get(name, 0) + 1


@MANY
@given(st.binary(max_size=300) | SERVICES.map(lambda each: yaml.safe_dump({"services": each}).encode()))
def test_compose_files(raw: bytes) -> None:
    count("compose files")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "compose.yaml"
        path.write_bytes(raw)
        try:
            for subject in services_of(path, [], CheckFlags()):
                assert subject.place is not None
        except Failed as failed:
            assert "\n" not in str(failed.shape["error"])


@MANY
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200), st.dictionaries(st.text(), st.text()))
def test_variables_of_compose_files(text: str, known: dict[str, str]) -> None:
    count("variables")
    try:
        assert isinstance(interpolated(text, known), str)
    except ValueError as error:
        assert str(error)


@MANY
@given(st.text() | st.from_regex(r"(\d+(\.\d+)?(h|m|s|ms|us)?){1,4}", fullmatch=True))
def test_durations(text: str) -> None:
    count("durations")
    try:
        assert parse_duration(text) >= 0
    except ValueError as error:
        assert "duration" in str(error)


@MANY
@given(st.lists(st.sampled_from(["FROM x", "CMD x", "ENTRYPOINT [", "RUN <<E", "E", "\\", "# escape=`", "`", ""])))
def test_dockerfiles(lines: list[str]) -> None:
    count("dockerfiles")
    assert 1 <= command_line("\n".join(lines)) <= max(1, len(lines))


@MANY
@given(st.text(max_size=300), st.text(max_size=100))
def test_mounts_and_control_groups(mounts: str, groups: str) -> None:
    """No kernel writes this: then there is nothing to make groups in."""
    count("mounts")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("mountinfo", mounts), ("cgroup", groups)):
            (Path(folder) / name).write_text(text, encoding="utf-8", errors="surrogatepass")
        assert find_fences(Path(folder)).places == ()


@MANY
@given(st.dictionaries(st.sampled_from(["kind", "pid", "signal", "sender", "at_ns", "x"]), ANY))
def test_what_a_probe_says(said: dict[str, Any]) -> None:
    """It runs in a container: what it says is looked at as anybody's words are."""
    count("the probe's words")
    try:
        observation_of({"v": VERSION, "kind": "generated", **json.loads(json.dumps(said))})
    except (TypeError, ValueError) as error:
        assert error.args
