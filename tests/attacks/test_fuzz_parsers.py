"""Every parser of what others write: its own error or an answer, for anything."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.events.masking import masked_line, masked_words
from app.experiments.loading import load_folder
from app.hosts.container.ours import container_in
from app.hosts.engine.remembered import engine_time
from app.probe.files import parse_stat, status_field
from app.probe.ring import parse_format, parse_page
from app.serve.logs import harmless
from app.settings import Settings
from app.signals import UnknownSignal, parse_signal
from app.sources.docker_events import parse_event
from app.web.shield import is_allowed
from app.web.stream import place_of
from tests.fuzzing import TIMES, fuzz

pytestmark = [pytest.mark.whole, pytest.mark.timeout(60 * TIMES)]

MANY = fuzz(400)
tried: dict[str, int] = {}
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def count(name: str) -> None:
    tried[name] = tried.get(name, 0) + 1


@pytest.fixture(scope="module", autouse=True)
def told(record_testsuite_property: Callable[[str, object], None]) -> Iterator[None]:
    yield
    record_testsuite_property("fuzzed parsers", f"{sum(tried.values())} inputs to {len(tried)} parsers")


@MANY
@given(st.text() | st.integers() | st.from_regex(r"(SIG)?RT(MIN|MAX)[+-]?\d*", fullmatch=True))
def test_signals(text: str | int) -> None:
    count("signals")
    try:
        assert 1 <= parse_signal(text).number <= 64
    except UnknownSignal as error:
        assert len(str(error)) < 500


@MANY
@given(st.none() | st.text(max_size=80) | st.from_regex(r"[0-9a-f]{12}\.[0-9]{0,30}", fullmatch=True), st.integers(0))
def test_places_in_the_stream(last: str | None, after: int) -> None:
    count("Last-Event-ID")
    place = place_of(last, after, "0123456789ab")
    assert place is None or place >= 0


@MANY
@given(st.text(max_size=100))
def test_hosts(host: str) -> None:
    count("Host")
    assert is_allowed(host, frozenset({"127.0.0.1:1"}), any_address=False) is (host.lower() == "127.0.0.1:1")
    is_allowed(host, frozenset(), any_address=True)


EVENT = st.fixed_dictionaries(
    {"Action": st.sampled_from(["kill", "die", "start", "oom", "exec_start: x"]) | st.text()},
    optional={
        "time": st.integers(0, 2**33),
        "timeNano": st.integers(0, 2**62),
        "id": st.text(),
        "Actor": st.fixed_dictionaries(
            {
                "ID": st.text(),
                "Attributes": st.dictionaries(
                    st.sampled_from(["signal", "exitCode", "dev.signal-lab.run", "dev.signal-lab.target", "name"]),
                    st.text() | st.from_regex(r"-?\d{1,12}", fullmatch=True),
                ),
            }
        ),
    },
)


@MANY
@given(EVENT)
def test_engine_events(raw: dict[str, Any]) -> None:
    count("engine events")
    found = parse_event(raw)
    assert found is None or found[1].run == raw["Actor"]["Attributes"]["dev.signal-lab.run"]


@MANY
@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 999))
def test_engine_times(at: datetime, nanoseconds: int) -> None:
    count("engine times")
    text = at.strftime(f"%Y-%m-%dT%H:%M:%S.%f{nanoseconds:03d}Z").rjust(30, "0")
    assert engine_time(text).replace(microsecond=0) == at.replace(microsecond=0)


@MANY
@given(st.integers(1, 2**22), st.binary(max_size=64), st.sampled_from(b"RSDZTtXxKWPI"), st.lists(st.integers(0, 2**40)))
def test_stat_of_a_process_with_any_name(pid: int, comm: bytes, state: int, rest: list[int]) -> None:
    count("/proc/pid/stat")
    fields = [1, pid, pid, 0, -1, 0, *([0] * 12), 7, *rest, *([0] * 30)]
    raw = b"%d (%b) %c %b\n" % (pid, comm, state, b" ".join(b"%d" % each for each in fields))
    found = parse_stat(raw)
    assert found is not None
    assert found.state == chr(state)
    assert found.ppid == 1


@MANY
@given(st.binary(max_size=300))
def test_broken_files_of_proc(raw: bytes) -> None:
    count("/proc")
    for parse in (parse_stat, lambda data: status_field(data, b"SigCgt")):
        with suppress(ValueError, IndexError):  # no kernel writes this
            parse(raw)
    container_in(raw.decode("utf-8", "replace"))


@MANY
@given(st.binary(max_size=4096))
def test_pages_of_the_kernels_ring(page: bytes) -> None:
    count("trace pages")
    events = []
    with suppress(struct.error):  # a page that is cut off: whoever reads the trace says that it is lost
        for number, raw in enumerate(parse_page(page)):
            assert number < 5000, "it does not end"
            events.append(raw)
    assert sum(len(each.data) for each in events) <= len(page)


@MANY
@given(st.text(max_size=400))
def test_formats_of_the_kernels_events(text: str) -> None:
    count("trace formats")
    try:
        parse_format(text)
    except (KeyError, ValueError) as error:
        assert error.args


@MANY
@given(st.text(max_size=400) | JSON.map(lambda each: f"title = {each!r}"))
def test_experiments_of_ones_own(text: str) -> None:
    count("experiments")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mine.toml").write_text(text, encoding="utf-8", errors="surrogatepass")
        found, faults = load_folder(Path(folder))
        assert found == []
        assert faults, "what is no experiment is said to be none"


@MANY
@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)), st.text() | st.integers() | st.floats()))
def test_settings(given_: dict[str, Any]) -> None:
    count("settings")
    try:
        Settings(**given_)
    except ValidationError as error:
        assert error.errors()


@MANY
@given(st.lists(st.text(max_size=60), max_size=8))
def test_masks_and_logs(words: list[str]) -> None:
    count("masks and logs")
    assert len(masked_words(words)) == len(words)
    line = harmless(masked_line(" ".join(words)))
    assert not any(ord(each) < 32 and each != "\n" for each in line)
