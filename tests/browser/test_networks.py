"""Network interfaces come and go, ten times a second: the page is never blank or torn, and nothing is lost or doubled.

Lab and browser have a network of their own, so that nothing else of the machine is disturbed, nor disturbs them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser
Record = Callable[[str, object], None]


def shaken(record_property: Record, tabs: int, openings: int, signals: int) -> None:
    inside = f"ip link set lo up && exec {sys.executable} -m tests.browser.shaken {tabs} {openings} {signals}"
    done = subprocess.run(("unshare", "--net", "sh", "-c", inside), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-6000:]
    seen = json.loads(done.stdout)
    for name, count in seen.items():
        record_property(f"networks that come and go: {name}", count)
    assert seen["interfaces"] > seen["openings"], "there was something to disturb it"


@pytest.mark.timeout(120)
def test_a_lesson_holds(record_property: Record) -> None:
    shaken(record_property, tabs=2, openings=4, signals=5)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_twenty_openings_in_three_tabs_and_fifty_signals_hold(record_property: Record) -> None:
    shaken(record_property, tabs=3, openings=20, signals=50)
