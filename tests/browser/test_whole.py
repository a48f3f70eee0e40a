"""The whole fall of one of several targets: in the room of the lanes, which stay above it as a strip of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import LAPTOP, PHONE, PROJECTOR, Open, lab_of
from tests.browser.test_fall import at, ticks
from tests.browser.test_lanes import RACE_TOML, TOO_WIDE, WAITS, begin, chosen, lane
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PARTS = ".lanes-lane, .whole, .lanes-slot, .whole-turn, .board, .term, .record"
PLACES = f"""[...document.querySelectorAll("{PARTS}")].map((each) => {{
  const {{x, y, width, height}} = each.getBoundingClientRect();
  return [x, y + scrollY, width, height].map(Math.round);
}})"""
SLOT = """[".lanes", ".board", ".term", ".record"].map((each) => {
  const {x, y, width, height} = document.querySelector(each).getBoundingClientRect();
  return [x, y + scrollY, width, height].map(Math.round);
})"""
# Words of the fall that its own buttons lie on.
COVERED = """[...document.querySelectorAll(".fall-name, .fall-who span")].filter((each) => {
  const at = each.getBoundingClientRect();
  return [...document.querySelectorAll(".fall-pan button, .fall-tools button")].some((button) => {
    const over = button.getBoundingClientRect();
    return over.left < at.right && over.right > at.left && over.top < at.bottom && over.bottom > at.top;
  });
}).map((each) => each.textContent)"""
ACROSS_TOML = rf"""
id = "across"
title = "Two that know each other"
group = "Stopping"
order = 3
question = "Who told the other one?"
special = "The first passes TERM on to the second."
learnt = ["kill(2) knows pids only."]
[[file]]
name = "pid"
text = ""
[[target]]
name = "up"
host = "process"
command = ["bash", "-c", "trap 'kill -USR1 $(cat $0)' TERM; echo up is ready; {WAITS}", "{{files}}/pid"]
[[target]]
name = "down"
host = "process"
command = ["bash", "-c", "trap 'echo heard' USR1; echo $$ > $0; echo down is ready; {WAITS}", "{{files}}/pid"]
[[step]]
say = "Wait until they are ready."
expect = [
  {{ kind = "output", target = "up", fields = {{ text = "ready" }}, say = "the first is" }},
  {{ kind = "output", target = "down", fields = {{ text = "ready" }}, say = "the second is" }},
]
"""


@pytest.fixture
def racing(tmp_path: Path, lab: LabUnderTest) -> Iterator[LabUnderTest]:
    """A lab with a race of processes; the fixture `lab` has seen to it that there is no engine."""
    with lab_of(tmp_path, RACE_TOML, ACROSS_TOML) as running:
        yield running


# The next frame has been drawn.
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def has_both(page: Page) -> None:
    """In the order in which they were seen: they start side by side."""
    for child in ("counter.sh", "healthcheck.sh"):
        expect(page.locator(".whole .fall-name", has_text=child)).to_have_count(1)


def test_a_chosen_targets_whole_fall_is_walked_along_and_looked_at_closely_by_keyboard(
    lab: LabUnderTest, open_screen: Open
) -> None:
    driving = open_screen(lab.driver_link, driver=True)
    phone = open_screen(lab.viewer_link, driver=False, viewport=PHONE)
    page = driving.page
    begin(page, lab, "parent-child")
    phone.page.goto(page.url)
    expect(page.locator(".board-row", has_text="healthcheck.sh").first).to_be_visible()
    expect(phone.page.locator(".whole .fall-life")).to_be_attached()
    before = page.evaluate(SLOT)
    page.keyboard.press("v")
    expect(page.locator(".whole .fall-root")).to_have_text("run.sh")
    has_both(page)
    assert page.evaluate(SLOT) == before, "it takes the room of the lanes, and no more"
    assert not violations(page), "ready"
    places, on_phone = page.evaluate(PLACES), phone.page.evaluate(PLACES)[:5]

    page.locator('button.key[data-signal="SIGTERM"]').focus()
    page.keyboard.press("Enter")
    expect(lane(page, "down")).to_have_attribute("data-state", "left")
    expect(page.locator(".fall-told", has_text="SIGTERM from run.sh: handler")).to_have_count(1)
    expect(page.locator(".fall-told", has_text="SIGTERM from run.sh: ends it")).to_have_count(1)
    assert page.evaluate(PLACES) == places
    page.locator(".fall-hit[tabindex='0']").focus()
    page.keyboard.press("Home")
    walked = [at(page)]
    while len(walked) < page.locator(".fall-hit").count():
        page.keyboard.press("ArrowRight")
        walked.append(at(page))
        expect(page.locator(".fall-plate")).to_contain_text(f"event {walked[-1]}")
    assert len(set(walked)) == len(walked) >= 5
    live = ticks(page)
    page.keyboard.press("f")
    expect(page.locator(".fall-tick")).not_to_have_text(live)
    expect(page.get_by_role("group", name="Move in time")).to_be_visible()
    covered = page.evaluate(COVERED)
    assert not covered, f"under the buttons: {covered}"
    page.keyboard.press("0")
    expect(page.locator(".fall-tick")).to_have_text(live)
    assert not violations(page), "at its end"
    page.keyboard.press("Enter")
    expect(page.locator(f"#e{walked[-1]}")).to_be_focused()

    page.keyboard.press("2")
    expect(chosen(page)).to_contain_text("up")
    expect(page.locator(".whole .fall-life")).to_have_count(0)
    page.locator(".lanes-slot .stop-start").focus()
    page.keyboard.press("Enter")
    has_both(page)
    rows = page.locator(".board-row")
    expect(rows.filter(has_text="counter.sh").first).to_be_visible()
    page.locator('button.key[data-signal="SIGTERM"]').focus()
    counter = rows.filter(has_text="counter.sh").get_by_role("radio").first  # a copy that it makes of itself is below
    for _ in range(6):  # who of the children was seen first is nobody's doing
        page.keyboard.press("ArrowDown")
        page.evaluate(DRAWN)
        if counter.is_checked():
            break
    expect(counter).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".record-list")).to_contain_text("the driver sends SIGTERM to counter.sh")
    expect(lane(page, "up")).to_have_attribute("data-state", "left")
    expect(page.locator(".fall-plot")).to_have_attribute("aria-label", re.compile("SIGTERM to run.sh"))
    page.keyboard.press("1")
    expect(page.locator(".fall-told", has_text="SIGTERM from run.sh: handler")).to_have_count(1)
    assert page.evaluate(PLACES) == places
    page.keyboard.press("v")
    expect(page.locator(".whole")).to_have_count(0)
    expect(lane(page, "down").locator(".lanes-plot")).to_be_visible()
    assert page.evaluate(SLOT) == before

    small = phone.page
    expect(lane(small, "down").locator(".lanes-way")).to_contain_text("run.sh → counter.sh: SIGTERM, handler")
    expect(lane(small, "up").locator(".lanes-way")).to_contain_text("counter.sh → run.sh: SIGTERM")
    lane(small, "down").locator(".lanes-pick").click()
    expect(small.locator(".whole .fall-below", has_text="run.sh → counter.sh: SIGTERM, handler")).to_be_attached()
    assert small.evaluate(PLACES)[:5] == on_phone
    assert not violations(small)
    assert not small.evaluate(TOO_WIDE)
    small.locator(".fall-hit circle").first.click()
    expect(small.locator(".record-list li:focus")).to_be_in_viewport()
    for screen in (driving, phone):
        assert screen.shifted() < 0.02, screen.moved()


def test_a_race_goes_on_above_the_whole_fall(racing: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(racing.driver_link, driver=True, viewport=LAPTOP, scheme="light")
    page = screen.page
    follower = open_screen(racing.viewer_link, driver=False, viewport=PROJECTOR, follows=True).page
    begin(page, racing, "race")
    expect(page.get_by_role("button", name="Stop all 3")).to_be_enabled()
    follower.wait_for_url(page.url)
    page.get_by_role("button", name="Whole fall of short").click()
    expect(follower.locator(".whole .fall-plot")).to_be_visible()
    expect(page.locator(".whole .fall-say", has_text="when Stop is pressed")).to_be_attached()
    page.get_by_role("button", name="Guess first").click()
    expect(page.locator(".bet-two")).to_have_count(3)  # nothing is foretold meanwhile
    expect(page.locator(".whole")).to_have_count(0)
    expect(page.get_by_role("button", name="Whole fall of short")).to_be_disabled()
    page.locator(".stop-other").fill("1")
    page.get_by_role("button", name="Stop all 3").click()
    expect(page.locator(".whole .fall-headline")).to_have_text(re.compile("SIGTERM|handler"))
    screen.asked_for()  # the room has guessed, and the whole fall is back
    places = page.evaluate(PLACES)
    expect(lane(page, "long")).to_have_attribute("data-state", "killed")
    assert not violations(page)
    for name, place in (("polite", "1st"), ("short", "2nd"), ("long", "")):
        expect(lane(page, name).locator(".lanes-end")).to_contain_text(place if name == "polite" else "exit 137")
    expect(page.locator(".times-chart")).to_be_visible()
    expect(page.locator(".result-race .result-say")).to_contain_text("Only short and long cost the full 1 s")
    page.locator("h1").click()
    page.keyboard.press("2")
    expect(page.locator(".whole .fall-headline")).to_contain_text("handler")
    expect(page.locator(".whole")).to_have_attribute("data-state", "left")
    assert page.evaluate(PLACES) == places, "choosing moves nothing"
    for each in (page, follower):
        assert not each.evaluate(TOO_WIDE)
    assert not violations(follower), "at the end"
    page.keyboard.press("P")
    for each in (page, follower):
        expect(each.locator(".pres-field .fall-root")).to_have_text("bash")
        expect(each.locator(".pres-field .lanes-lane")).to_have_count(3)
    assert not violations(page), "presenter mode"
    page.keyboard.press("v")
    expect(follower.locator(".pres-lanes .lanes-plot")).to_have_count(3)
    page.keyboard.press("Control+k")  # the palette has it, too
    page.keyboard.type("whole fall")
    page.keyboard.press("Enter")
    expect(page.locator(".pres-field .fall-root")).to_have_text("bash")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="All lanes").click()
    for each in (page, follower):
        expect(each.locator(".lanes-plot")).to_have_count(3)
    expect(page.locator(".times-chart")).to_be_visible()
    assert screen.shifted() < 0.02, screen.moved()


def test_a_signal_from_one_target_to_another_is_seen_with_both_ends_named(
    racing: LabUnderTest, open_screen: Open
) -> None:
    screen = open_screen(racing.driver_link, driver=True)
    phone = open_screen(racing.viewer_link, driver=False, viewport=PHONE)
    page = screen.page
    begin(page, racing, "across")
    phone.page.goto(page.url)
    for each in (page, phone.page):
        expect(each.locator(".lesson-step[data-is=done]")).to_have_count(1)
    places = page.evaluate(PLACES)
    page.locator('button.key[data-signal="SIGTERM"]').click()
    expect(page.locator(".lanes-leap")).to_have_count(1)  # from lane to lane, for as long as it is news
    expect(lane(page, "up").locator(".fall-told")).to_have_text("bash → bash in down: SIGUSR1, handler")
    expect(lane(page, "down").locator(".fall-told")).to_have_text("bash in up → bash: SIGUSR1, handler")
    expect(lane(phone.page, "down").locator(".lanes-way")).to_have_text("bash in up → bash: SIGUSR1, handler")
    assert page.evaluate(PLACES) == places
    page.locator("h1").click()
    page.keyboard.press("v")
    expect(page.locator(".whole .fall-name").last).to_have_text("bash in down")
    expect(page.locator(".whole .fall-told")).to_have_text("SIGUSR1 from bash: handler")
    page.keyboard.press("2")
    expect(page.locator(".whole .fall-name").last).to_have_text("bash in up")
    expect(page.locator(".whole .fall-headline")).to_contain_text("handler")  # by the room beside it
    expect(page.locator(".whole .fall-hop")).to_have_count(1)
    assert not violations(page)
    assert max(screen.shifted(), phone.shifted()) < 0.02
