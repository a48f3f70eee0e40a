"""Goes through a lesson on the page as a person does: opens it, starts it, presses each step's button, reads the ticks.

Only what stands on the page counts; nothing is asked of the server.  ``scripts/walk.py`` walks the whole catalogue like
this, ``test_catalogue.py`` a few of it.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from playwright.sync_api import Error, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from app.experiments.model import Experiment, Step

START_WITHIN_S = 180.0  # an image may have to be built first
BUTTON_WITHIN_S = 30.0  # "being stopped", "starting": a button may have to wait for what is going on
SPARE_S = 10.0  # the page says by itself when a step's time is over; past this it says nothing at all
PRESS_WITHIN_S = 2.0


class Hindered(Exception):
    """It goes no further; the text says what stood in the way."""


@dataclass
class Walk:
    """How far it came.  ``why``: what stood in the way, "" when nothing did; ``run``: what was started, if it was."""

    id: str
    steps: int
    expected: int  # expectations of all steps
    done: int = 0  # steps
    seen: int = 0  # ticks on the page
    unseen: int = 0  # what the page says cannot be seen here
    took_s: float = 0.0
    why: str = ""
    run: str | None = None


def walk(page: Page, home: str, experiment: Experiment) -> Walk:
    """From the home page at ``home`` to what was to be learnt.  Raises nothing for a lesson that does not work."""
    walked = Walk(experiment.id, len(experiment.step), sum(len(step.expect) for step in experiment.step))
    begun = time.monotonic()
    try:
        page.goto(home)
        _start(page, experiment)
        walked.run = page.url.rsplit("/")[-1]
        for number, step in enumerate(experiment.step, 1):
            _do(page, number, step)
            walked.done = number
        _look_at_the_end(page, experiment)
    except Hindered as hindered:
        walked.why = str(hindered)
    except (Error, AssertionError) as error:
        walked.why = str(error).strip().partition("\n")[0]
    walked.seen = page.locator(".lesson-see > [data-is=seen]").count()
    walked.unseen = page.locator(".lesson-see > [data-is=unseen]").count()
    if not walked.why and walked.seen + walked.unseen != walked.expected:
        walked.why = f"{walked.seen + walked.unseen} of {walked.expected} expectations are settled"
    walked.took_s = time.monotonic() - begun
    return walked


def _start(page: Page, experiment: Experiment) -> None:
    page.locator(f'.home-list a[data-id="{experiment.id}"]').click()
    page.wait_for_url(f"**/experiments/{experiment.id}")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"), timeout=START_WITHIN_S * 1000)
    tab = page.get_by_role("button", name="Lesson", exact=True)  # on a phone the lesson is one of several
    expect(page.locator(".lesson").or_(tab).first).to_be_attached()
    if tab.is_visible():
        tab.click()


def _do(page: Page, number: int, step: Step) -> None:
    """One step, until it is ticked.  Raises Hindered."""
    mine = f".lesson-step:nth-child({number})"
    done, failed, button = (
        f"{mine}[data-is=done]",
        f"{mine} .lesson-see > [data-is=failed]",
        f"{mine} .lesson-do button",
    )
    named = f"step {number}, {step.say!r}"
    if step.do:
        ready_s = START_WITHIN_S if number == 1 else BUTTON_WITHIN_S
        if not _comes(page, f"{button}:enabled, {done}, {failed}", ready_s):
            blocked = page.locator(f"{mine} .lesson-do small")
            raise Hindered(
                f"{named}: no button to press: {blocked.inner_text() if blocked.count() else 'it is not there'}"
            )
        if not _press(page, button):
            raise Hindered(f"{named}: it was settled before its button could be pressed")
        limit_s = 0.0
    else:
        limit_s = START_WITHIN_S  # nothing begins before its targets are there
    limit_s += max(step.within_s, *(each.absent_for_s or each.within_s or 0.0 for each in step.expect)) + SPARE_S
    comes = _comes(page, f"{done}, {failed}", limit_s)
    if page.locator(failed).count():
        raise Hindered(f"{named}: {'; '.join(map(_line, page.locator(failed).all_inner_texts()))}")
    if not comes:
        waits = page.locator(f"{mine} .lesson-see > :not([data-is])").all_inner_texts()
        raise Hindered(f"{named}: after {limit_s:g} s not ticked: {'; '.join(map(_line, waits)) or 'the step'}")


def _press(page: Page, button: str) -> bool:
    try:
        page.locator(button).click(timeout=PRESS_WITHIN_S * 1000)
    except TooLate:
        return False
    return True


def _comes(page: Page, selector: str, within_s: float) -> bool:
    try:
        page.locator(selector).first.wait_for(state="attached", timeout=within_s * 1000)
    except TooLate:
        return False
    return True


def _look_at_the_end(page: Page, experiment: Experiment) -> None:
    if not experiment.learnt and not experiment.differs:
        return
    learnt = page.locator("details.lesson-learnt[open]")
    if not _comes(page, "details.lesson-learnt[open]", SPARE_S):
        raise Hindered("what was to be learnt is not open at the end")
    expect(learnt.locator("summary")).to_have_text("What was to be learnt")
    expect(learnt.locator("li")).to_have_count(len(experiment.learnt))


def _line(text: str) -> str:
    return " ".join(text.split())
