"""Masks, threads and signals that nobody chose, against the real kernel: 1,000 draws, none may disagree."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.truth.observe import COUNTS, Witness, judge, settle, victim

pytestmark = [pytest.mark.whole, pytest.mark.alone, pytest.mark.timeout(300)]

DRAWS = 1000
GAMES = [number for number in range(1, 65) if number not in (32, 33)]  # the C library's own: nobody can catch them
SETS = st.lists(st.sampled_from(GAMES), max_size=24).map(lambda them: sum(1 << (each - 1) for each in set(them)))
ALL = (1 << 64) - 1
ANY = st.one_of(SETS, st.sampled_from((0, ALL)))


@st.composite
def threads(draw: st.DrawFn) -> str:
    """What one blocks, and mostly nothing that it waits for; who waits has mostly blocked that, as POSIX asks."""
    blocked = draw(ANY)
    waits = draw(st.sampled_from((False, False, True)))
    waited = draw(ANY) & draw(st.sampled_from((blocked, blocked, ALL))) if waits else 0
    return f"t:{blocked:x},w{waited:x}" if waited else f"t:{blocked:x}"


def test_a_thousand_draws(victim_program: Path, witness: Witness) -> None:
    tried = 0

    @settings(
        max_examples=DRAWS, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(
        caught=ANY,
        ignored=ANY,
        them=st.lists(threads(), min_size=1, max_size=4),
        descriptor=st.one_of(st.just(0), SETS),
        number=st.sampled_from(GAMES),
        sandbox=st.sampled_from((False, False, True)),
        session=st.booleans(),
        stopped=st.sampled_from((False, False, False, True)),
        inside=st.booleans(),
    )
    def draw(
        caught: int,
        ignored: int,
        them: list[str],
        descriptor: int,
        number: int,
        sandbox: bool,
        session: bool,
        stopped: bool,
        inside: bool,
    ) -> None:
        nonlocal tried
        tried += 1
        words = [f"c:{caught:x}", f"i:{ignored:x}", *([f"f:{descriptor:x}"] if descriptor else []), *them]
        with victim(victim_program, *words, sandbox=sandbox, session=session) as mine:
            if stopped:
                os.kill(mine.pid, signal.SIGSTOP)
                settle(mine)
            judge(witness, "draws", mine, number, "inside" if inside and sandbox else "outside", " ".join(words))

    draw()
    assert tried >= DRAWS
    counts = COUNTS["draws"]
    judged = sum(sum(each.values()) for each in (counts.agreed, counts.open_right, counts.open_wrong, counts.unknown))
    assert judged == tried
