"""The file where keepers and the janitor put down how targets ended: what is read from it is not trusted."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hosts.ends import NAME, End, all_have_written, forget_ends, put_down, read_ends, share_ends
from app.hosts.local.keeper_client import START, keeper_argv
from tests.support import until

END = End(who="janitor", target="r1.main", container="c" * 64, exit_code=137, at_ns=10**18, by="janitor")


def test_what_is_put_down_is_read_and_then_forgotten(tmp_path: Path) -> None:
    assert read_ends(tmp_path) == ([], 0)
    put_down(tmp_path, END)
    put_down(tmp_path, END)
    assert read_ends(tmp_path) == ([END, END], 0)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    forget_ends(tmp_path)
    assert read_ends(tmp_path) == ([], 0)


@pytest.mark.parametrize(
    "line",
    [
        *(b"{}", b"[]", b"\xff\x00", b'{"who":"keeper"', b"x" * 9000),
        END.model_dump_json().replace("137", "1e9").encode(),
        END.model_dump_json().replace('"who":"janitor"', '"who":"me"').encode(),
        json.dumps(END.model_dump() | {"more": 1}).encode(),
        json.dumps(END.model_dump() | {"at_ns": -1}).encode(),
    ],
)
def test_a_line_that_is_none_of_ours_counts_for_nothing(line: bytes, tmp_path: Path) -> None:
    put_down(tmp_path, END)
    with (tmp_path / NAME).open("ab") as file:
        file.write(line + b"\n")
    put_down(tmp_path, END)
    found, bad = read_ends(tmp_path)
    assert found == [END, END]
    assert bad >= 1


@given(st.binary(max_size=300))
def test_no_bytes_stop_a_start(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    data = tmp_path_factory.mktemp("data")
    (data / NAME).write_bytes(junk)
    found, _ = read_ends(data)
    assert found == []


@pytest.mark.parametrize(
    ("script", "order", "exit_code", "signal", "by"),
    [
        ("exit 7", b"", 7, None, "itself"),
        ("kill -9 $$", b"", None, 9, "itself"),
        ("echo up; trap '' HUP; sleep 600", b"kill\n", None, 9, "order"),
        ("echo up; trap '' HUP; sleep 600", None, None, 9, "keeper"),
    ],
    ids=["left", "killed", "by order", "the server is gone"],
)
def test_a_keeper_puts_down_how_its_target_ended(
    script: str, order: bytes | None, exit_code: int | None, signal: int | None, by: str, tmp_path: Path
) -> None:
    """``order``: None closes its control, as the end of the server does."""
    control_read, control = os.pipe()
    report, report_write = os.pipe()
    ends = share_ends(tmp_path)
    os.write(control, START)
    words = keeper_argv(control_read, report_write, "process", ("bash", "-c", script), (ends, "r1.main"))
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, pass_fds=(control_read, report_write, ends)
    ) as keeper:
        for fd in (control_read, report_write, ends):
            os.close(fd)
        with os.fdopen(report) as said:
            began = json.loads(said.readline())
            if script.startswith("echo"):
                assert keeper.stdout is not None
                assert keeper.stdout.readline() == b"up\n"
                assert not all_have_written(tmp_path), "it holds the file for as long as it is there"
            if order:
                os.write(control, order)
            if order is None:
                os.close(control)
            ended = json.loads(said.readline())
        assert keeper.wait(20) == 0
    if order is not None:
        os.close(control)
    until(lambda: all_have_written(tmp_path), what="nobody is left who writes")
    ((end,), bad) = read_ends(tmp_path)
    assert bad == 0
    assert (end.who, end.target, end.pid, end.start) == ("keeper", "r1.main", began["pid"], began["start"])
    assert (end.exit_code, end.signal, end.by, end.at_ns) == (exit_code, signal, by, ended["at_ns"])
