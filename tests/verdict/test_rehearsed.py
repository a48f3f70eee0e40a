"""What a rehearsal showed, in words."""

from __future__ import annotations

import pytest

from app.events.parts import Advice, RehearsalLane, StopResult
from app.verdict.rehearsed import ended_before, words

ADVICE = Advice(kind="not_ignore", text="Let python3 not ignore SIGTERM.")


def lane(result: StopResult, took_s: float = 0.2, exit_code: int = 0, *, text: str = "Nobody saw it.") -> RehearsalLane:
    return RehearsalLane(
        target="r1.x", result=result, took_s=took_s, exit_code=exit_code, killed=result == "not_held", text=text
    )


KILLED = lane("not_held", 10.04, 137)
LEFT = "it left after 0.20 s"
HELPS = "With what would help"
NO_COPY = "What would help is in the program, its script or its image, so no copy can show it"
AS_IT_IS = "As it is: SIGKILL after 10.0 s, exit code 137."


@pytest.mark.parametrize(
    ("before", "advice", "after", "said"),
    [
        (lane("held"), None, None, f"As it is: {LEFT}, exit code 0. The stop holds, and there is nothing to mend."),
        (KILLED, ADVICE, lane("held", 0.2, 143), f"{AS_IT_IS} {HELPS}: {LEFT}, exit code 143. That holds."),
        (KILLED, ADVICE, KILLED, f"{AS_IT_IS} {HELPS}: {AS_IT_IS[10:]} That does not hold, either."),
        (KILLED, None, None, f"{AS_IT_IS} Nothing seen says what would help."),
        (KILLED, ADVICE, None, f"{AS_IT_IS} {NO_COPY}: {ADVICE.text}"),
        (lane("unknown"), None, None, "It could not be told. Nobody saw it."),
        (KILLED, ADVICE, lane("unknown"), f"{AS_IT_IS} {HELPS}: it could not be told. Nobody saw it."),
    ],
)  # fmt: skip
def test_it_is_said(before: RehearsalLane, advice: Advice | None, after: RehearsalLane | None, said: str) -> None:
    assert words(before, advice, after) == said


def test_a_copy_that_does_not_live_says_what_it_was_without() -> None:
    assert ended_before(1, ("a network",), "docker") == (
        "It ended by itself with 1 before it was stopped. "
        "It may need what a copy does not have. It was without a network."
    )
    assert ended_before(None, (), "docker") == "It ended by itself before it was stopped."
    assert ended_before(0, (), "fenced") == "It ended by itself with 0 before it was stopped."
    assert ended_before(1, (), "fenced").endswith("--fence docker gives it the engine's usual ones.")
