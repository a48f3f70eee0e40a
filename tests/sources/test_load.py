"""What processes cost, of real ones: one that counts, one that has much memory, one that has gone."""

from __future__ import annotations

import os

import pytest

from app.probe.files import ProcFiles
from app.sources import load
from app.sources.load import ProcessLoad, ProcessLoads, machine_load
from tests.probe.victims import READY, python, victim
from tests.support import until

BUSY = "print('ready', flush=True)\nwhile True: pass"
LARGE = f"held = bytearray(64 * 2**20)\n{READY}"


def key_of(pid: int) -> tuple[int, int]:
    key = ProcFiles().identity(pid)
    assert key is not None
    return key


def test_who_counts_is_told_from_who_holds_memory() -> None:
    loads = ProcessLoads()
    with victim(*python(BUSY)) as busy, victim(*python(LARGE)) as large:
        keys = [key_of(busy.pid), key_of(large.pid)]
        assert [each.cpu_percent for each in loads.look(keys)] == [None, None], "a share of what time?"
        observed: dict[int, ProcessLoad] = {}

        def has_counted() -> bool:
            observed.update({each.pid: each for each in loads.look(keys)})
            return (observed[busy.pid].cpu_percent or 0) > 1  # other tests run as well

        until(has_counted, within_s=45, what="CPU of a process that counts")
        assert (observed[large.pid].cpu_percent or 0) < (observed[busy.pid].cpu_percent or 0)
        assert observed[large.pid].rss_bytes >= 64 * 2**20 > observed[busy.pid].rss_bytes > 2**20
        assert (observed[busy.pid].pid, observed[busy.pid].start) == keys[0]


def test_of_who_has_gone_or_is_elsewhere_nothing_is_told() -> None:
    loads = ProcessLoads()
    with victim(*python(READY)) as passing:
        here, gone = key_of(os.getpid()), key_of(passing.pid)
        elsewhere = (here[0], here[1] + 1)  # the same number on another machine is another process
        assert [each.pid for each in loads.look([here, gone, elsewhere])] == [here[0], gone[0]]
    assert [each.pid for each in loads.look([here, gone, elsewhere])] == [here[0]]
    assert loads.look([]) == []


def test_after_a_long_pause_a_share_would_not_be_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    loads, me = ProcessLoads(), [key_of(os.getpid())]
    loads.look(me)
    assert loads.look(me)[0].cpu_percent is not None
    monkeypatch.setattr(load, "STALE_S", 0.0)
    assert loads.look(me)[0].cpu_percent is None


def test_the_machine_says_how_loaded_it_is() -> None:
    observed = machine_load()
    assert observed.cpus == os.cpu_count()
    assert observed.load == pytest.approx(os.getloadavg()[0], abs=1.0)
