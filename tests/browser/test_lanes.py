"""Several targets side by side: each has its lane, with its own clock, light and number, and none of them moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations_in_both
from tests.browser.conftest import PROJECTOR, SIZES, Open, Screen, lab_of
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

WAITS = "while :; do sleep 600 & wait $!; done"
STUBBORN = f"""["bash", "-c", "trap '' TERM; trap 'echo hello' USR1; echo NAME is ready; {WAITS}"]"""
POLITE = r"""["bash", "-c", "trap 'exit 5' TERM; echo polite is ready; while :; do sleep 600 & wait $!; done"]"""
RACE_TOML = rf"""
id = "race"
title = "Three at once"
group = "Stopping"
order = 1
question = "Which of them leaves in time?"
special = "Each has another timeout."
learnt = ["The timeout is that of each stop."]
[[target]]
name = "short"
host = "process"
command = {STUBBORN.replace("NAME", "short")}
[[target]]
name = "polite"
host = "process"
command = {POLITE}
[[target]]
name = "long"
host = "process"
command = {STUBBORN.replace("NAME", "long")}
[[step]]
say = "Wait until they are ready."
expect = [
  {{ kind = "output", target = "short", fields = {{ text = "ready" }}, say = "the first is" }},
  {{ kind = "output", target = "polite", fields = {{ text = "ready" }}, say = "the second is" }},
  {{ kind = "output", target = "long", fields = {{ text = "ready" }}, say = "the third is" }},
]
[[step]]
say = "Send USR1 to the last one."
do = {{ signal = {{ signal = "USR1", target = "long" }} }}
expect = [{{ kind = "output", target = "long", fields = {{ text = "hello" }}, say = "it says hello" }}]
[[step]]
say = "Stop all three at the same moment."
do = [
  {{ stop = {{ target = "short", timeout_s = 1 }} }},
  {{ stop = {{ target = "polite", timeout_s = 2 }} }},
  {{ stop = {{ target = "long", timeout_s = 3 }} }},
]
expect = [{{ kind = "stop_finished", target = "long", fields = {{ killed = true }}, say = "the last is killed" }}]
"""
LATER_TOML = rf"""
id = "later"
title = "One after the other"
group = "Stopping"
order = 2
question = "What if the second is started later?"
special = "The second waits, the third ends by itself."
learnt = ["It can be started by hand."]
[[target]]
name = "first"
host = "process"
command = {STUBBORN.replace("NAME", "first")}
[[target]]
name = "second"
host = "process"
command = {STUBBORN.replace("NAME", "second")}
later = true
[[target]]
name = "third"
host = "process"
command = ["sh", "-c", "exit 127"]
[[step]]
say = "Look."
expect = [{{ kind = "output", target = "first", fields = {{ text = "ready" }}, say = "the first is ready" }}]
[[step]]
say = "Start the second."
do = {{ start = {{ target = "second" }} }}
expect = [{{ kind = "output", target = "second", fields = {{ text = "ready" }}, say = "the second is ready" }}]
"""

PLACES = """[...document.querySelectorAll(".lanes-lane, .lanes-slot, .board, .term, .record")].map((each) => {
  const {x, y, width, height} = each.getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
})"""


@pytest.fixture
def racing(tmp_path: Path, lab: LabUnderTest) -> Iterator[LabUnderTest]:
    """A lab with races of the tests' own; the fixture `lab` has seen to it that there is no engine."""
    with lab_of(tmp_path, RACE_TOML, LATER_TOML) as running:
        yield running


def begin(page: Page, lab: LabUnderTest, experiment: str) -> None:
    page.goto(f"{lab.url}/experiments/{experiment}")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))


def lane(page: Page, name: str) -> Locator:
    return page.locator(f'.lanes-lane[data-target="{name}"]')


def chosen(page: Page) -> Locator:
    return page.locator('.lanes-pick[aria-current="true"]')


# What reaches beyond the window's right edge.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.outerHTML.slice(0, 100))"""


def result(page: Page, name: str) -> tuple[str, float, str]:
    """What a lane says at its end, as it is read out: how, after how many seconds, and the exit code."""
    said = re.match(r"(\w+)\s*([\d.]+) s,\s*(exit \d+)", lane(page, name).locator(".lanes-end p").inner_text())
    assert said, lane(page, name).locator(".lanes-end p").inner_text()
    return said[1], float(said[2]), said[3]


def do_step(page: Page, words: str) -> None:
    """Does what a step of the lesson says, once it is the current one."""
    step = page.locator(".lesson-step", has_text=words)
    expect(step).to_have_attribute("aria-current", "step")
    step.get_by_role("button").first.click()


def both(lab: LabUnderTest, open_screen: Open, experiment: str) -> tuple[Screen, Screen]:
    """A driver and a viewer on the same run."""
    driving, watching = open_screen(lab.driver_link, driver=True), open_screen(lab.viewer_link, driver=False)
    begin(driving.page, lab, experiment)
    watching.page.goto(driving.page.url)
    return driving, watching


def test_three_stops_at_once_end_in_their_lanes_and_no_lane_moves(racing: LabUnderTest, open_screen: Open) -> None:
    screens = both(racing, open_screen, "race")
    pages = [screen.page for screen in screens]
    for page in pages:
        expect(page.locator(".lanes-lane")).to_have_count(3)
        expect(page.locator(".lesson-step[data-is=done]")).to_have_count(1)
        expect(lane(page, "short").locator(".lanes-end")).to_contain_text("would wait")
    do_step(pages[0], "Send USR1")
    before = [page.evaluate(PLACES) for page in pages]
    do_step(pages[0], "Stop all three")
    for page in pages:
        expect(lane(page, "long")).to_have_attribute("data-state", "stopping")
        expect(lane(page, "long").locator(".lanes-end")).to_contain_text("SIGKILL in")
        expect(lane(page, "long").locator(".lanes-end")).to_contain_text("of 3 s")
    for page, places in zip(pages, before, strict=True):
        for name, state in (("short", "killed"), ("polite", "left"), ("long", "killed")):
            expect(lane(page, name)).to_have_attribute("data-state", state)
        assert page.evaluate(PLACES) == places, "a lane or a panel has moved"
        (how, took, code), (how_2, took_2, code_2), (how_3, took_3, code_3) = (
            result(page, name) for name in ("short", "polite", "long")
        )
        assert (how, code, how_2, code_2, how_3, code_3) == (
            "killed",
            "exit 137",
            "left",
            "exit 5",
            "killed",
            "exit 137",
        )
        assert 0.99 <= took < 10
        assert took_2 < 10
        assert 2.99 <= took_3 < 10
    assert result(pages[0], "long") == result(pages[1], "long"), "both screens say the same"
    said = pages[0].locator("#says")
    expect(said).to_contain_text("All 3 have ended.")
    for screen in screens:
        assert screen.shifted() < 0.02, screen.moved()


def test_keys_clicks_and_enter_choose_the_lane_that_the_panels_are_about(
    racing: LabUnderTest, open_screen: Open
) -> None:
    screen = open_screen(racing.driver_link, driver=True)
    page = screen.page
    begin(page, racing, "race")
    expect(page.locator(".xterm-rows")).to_contain_text("short is ready")
    expect(chosen(page)).to_contain_text("short")
    places = page.evaluate(PLACES)
    page.locator("h1").click()
    for key, name in (("2", "polite"), ("3", "long"), ("1", "short")):
        page.keyboard.press(key)
        expect(chosen(page)).to_contain_text(name)
        expect(chosen(page)).to_have_count(1)
        expect(page.get_by_role("heading", name=f"Processes in {name}")).to_be_visible()
        expect(page.locator(".xterm-rows")).to_contain_text(f"{name} is ready")
        expect(page.locator(".result")).to_contain_text("A stop" if name != "polite" else "handler")
        assert page.evaluate(PLACES) == places, "choosing moves nothing"
    page.keyboard.press("7")  # no such lane: a digit is the number of a signal
    expect(page.locator(".board-why")).to_contain_text("7")
    page.keyboard.press("Escape")
    lane(page, "long").locator(".lanes-plot").click(force=True)  # anywhere on it
    expect(chosen(page)).to_contain_text("long")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(chosen(page)).to_contain_text("polite")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(lane(page, "polite")).to_have_attribute("data-state", "left")
    expect(page.locator(".lanes-slot")).to_have_attribute("data-state", "left")
    assert [lane(page, name).get_attribute("data-state") for name in ("short", "long")] == ["idle", "idle"]
    assert page.get_by_role("button", name="Run it again").count() == 0, "two of them still run"


def test_on_the_board_a_digit_is_the_number_of_a_signal(racing: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(racing.driver_link, driver=True).page
    begin(page, racing, "race")
    expect(page.locator(".board-row")).not_to_have_count(0)
    page.locator('button.key[data-signal="SIGWINCH"]').focus()
    page.keyboard.press("2")
    page.keyboard.press("8")
    expect(page.locator(".board-why")).to_contain_text("28")
    expect(chosen(page)).to_contain_text("short")


def test_pages_follow_a_step_to_its_target_but_not_from_a_lane_chosen_by_hand(
    racing: LabUnderTest, open_screen: Open
) -> None:
    driving, watching = both(racing, open_screen, "race")
    for screen in (driving, watching):
        expect(screen.page.locator(".lesson-step[data-is=done]")).to_have_count(1)
        expect(chosen(screen.page)).to_contain_text("short")
    watching.page.locator("h1").click()
    watching.page.keyboard.press("2")
    do_step(driving.page, "Send USR1")
    expect(chosen(driving.page)).to_contain_text("long")
    expect(watching.page.locator(".lesson-step[data-is=done]")).to_have_count(2)
    expect(chosen(watching.page)).to_contain_text("polite")
    other = watching.context.new_page()
    other.goto(driving.page.url)
    expect(chosen(other)).to_contain_text("long")  # who comes later finds what the others see


def test_a_target_for_later_says_so_and_can_be_started(racing: LabUnderTest, open_screen: Open) -> None:
    driving, watching = both(racing, open_screen, "later")
    for screen in (driving, watching):
        waiting = lane(screen.page, "second")
        expect(waiting.locator(".lanes-end")).to_contain_text("starts with step 2")
        expect(lane(screen.page, "third")).to_contain_text("the command was not found")
        expect(lane(screen.page, "third").locator(".lanes-end")).to_contain_text("ran for")
    assert watching.page.get_by_role("button", name="Start second").count() == 0
    lane(driving.page, "second").get_by_role("button", name="Start second").click()
    for screen in (driving, watching):
        expect(lane(screen.page, "second").locator(".lanes-end")).to_contain_text("would wait")
        expect(chosen(screen.page)).to_contain_text("second")
        assert screen.shifted() < 0.02, screen.moved()


def test_stop_all_takes_those_that_run(racing: LabUnderTest, open_screen: Open) -> None:
    """One waits to be started and one has ended: the others are stopped all the same."""
    page = open_screen(racing.driver_link, driver=True).page
    begin(page, racing, "race")
    expect(page.get_by_role("button", name="Stop all 3")).to_be_enabled()
    page.keyboard.press("2")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(lane(page, "polite")).to_have_attribute("data-state", "left")
    page.get_by_role("button", name="Stop the other 2").click()
    for name in ("short", "long"):
        expect(lane(page, name)).to_have_attribute("data-state", "stopping")
    page.keyboard.press("1")
    expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
    page.get_by_role("button", name="Kill now").click()
    expect(lane(page, "short")).to_have_attribute("data-state", "killed")
    expect(lane(page, "long")).to_have_attribute("data-state", "stopping")
    page.keyboard.press("3")
    page.get_by_role("button", name="Kill now").click()
    expect(lane(page, "long")).to_have_attribute("data-state", "killed")
    expect(page.get_by_role("button", name="Run it again")).to_be_enabled()


def leaves_room(page: Page) -> None:
    """What is not started is one line; the chosen target's output and the step in hand have the room that it leaves."""
    expect(page.locator(".xterm-rows")).to_contain_text("first is ready")
    heights = page.evaluate("[...document.querySelectorAll('.lanes-lane')].map((each) => each.offsetHeight)")
    assert heights[1] < 0.4 * heights[0], heights
    assert page.locator(".xterm-rows > div").count() >= 12
    step = page.locator(".lesson-step[aria-current]").bounding_box()
    box = page.locator(".lesson-steps").bounding_box()
    assert step and box
    assert box["y"] <= step["y"]
    assert step["y"] + step["height"] <= box["y"] + box["height"]


@pytest.mark.parametrize("size", SIZES)
def test_lanes_are_accessible_and_nothing_jumps_or_overflows(
    racing: LabUnderTest, open_screen: Open, size: object
) -> None:
    screen = open_screen(racing.driver_link, driver=True, viewport=size, at="/experiments/later")
    page = screen.page
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    assert not violations_in_both(page), "before a run"
    lanes = page.evaluate(PLACES)[:3]
    begin(page, racing, "later")
    expect(page.locator(".board-row")).not_to_have_count(0)
    expect(lane(page, "first").locator(".lanes-end")).to_contain_text("would wait")
    assert not violations_in_both(page), "ready"
    if size is PROJECTOR:
        leaves_room(page)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(lane(page, "first")).to_have_attribute("data-state", "stopping")
    assert not violations_in_both(page), "stopping"
    wide = page.evaluate(TOO_WIDE)
    assert not wide, f"wider than the window: {wide}"
    assert page.evaluate(PLACES)[:3] == lanes, "lanes keep their place from before the run on"
    assert screen.shifted() < 0.02, screen.moved()
