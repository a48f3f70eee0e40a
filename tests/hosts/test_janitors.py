"""One janitor for a server, also when its first containers start at the same moment; and when it may clean up."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import psutil
import pytest

from app.folder.ownership import lock
from app.hosts.engine import janitor as janitors
from app.hosts.engine.janitor_client import Janitor
from tests.support import until


def test_containers_that_start_at_the_same_moment_share_one(tmp_path: Path) -> None:
    janitor, begin = Janitor("no-such-lab", tmp_path), Barrier(8)

    def ensure(_: int) -> None:
        begin.wait(10)
        janitor.ensure("unix:///nonexistent.sock")

    try:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(ensure, range(8)))
        # One that has only just been started may have no command line yet.
        until(lambda: all(each.cmdline() for each in psutil.Process().children()), what="each is what it is to be")
        mine = [each for each in psutil.Process().children() if "app.hosts.engine.janitor" in each.cmdline()]
        assert len(mine) == 1
    finally:
        janitor.end()


def test_a_server_that_is_only_just_gone_may_still_hold_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel closes what a killed process had some time after it has closed the janitor's pipe."""
    with ExitStack() as dying:
        assert dying.enter_context(lock(tmp_path, f"server {os.getpid()}"))
        monkeypatch.setattr(time, "sleep", lambda _: dying.close())  # while it waits, the lock is let go
        with janitors.left_alone(tmp_path, os.getpid()) as alone:
            assert alone
            with lock(tmp_path, "server of tomorrow") as held:
                assert not held, "who starts now waits until all is removed"


def test_where_a_next_server_has_come_nothing_is_removed(tmp_path: Path) -> None:
    with lock(tmp_path, "server 2") as held:
        assert held
        with janitors.left_alone(tmp_path, 1) as alone:
            assert not alone


def test_it_goes_on_for_as_long_as_the_engine_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And then until nothing has come twice: a container may just have been in the making."""
    answers = iter([*[None] * 40, 3, 0, 1, 0, 0, "not asked"])
    monkeypatch.setattr(janitors, "look", lambda _lab, _data: next(answers))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    janitors.clean_up("lab", tmp_path, os.getpid())
    assert next(answers) == "not asked"


def test_it_leaves_the_rest_to_a_next_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as next_one:
        looked: list[None] = []

        def away(_lab: str, _data: Path) -> None:
            looked.append(None)

        monkeypatch.setattr(janitors, "look", away)
        monkeypatch.setattr(time, "sleep", lambda _: next_one.enter_context(lock(tmp_path, "server 2")))
        janitors.clean_up("lab", tmp_path, 1)
        assert len(looked) == 1


def test_a_folder_that_is_gone_keeps_it_from_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter([2, 0, 0])
    monkeypatch.setattr(janitors, "look", lambda _lab, _data: next(found))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    janitors.clean_up("lab", tmp_path / "gone", 1)
    assert next(found, None) is None
