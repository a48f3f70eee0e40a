"""The fall as a person uses it: the way of a signal among processes, gaps, walking along its marks, looking closely."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import PHONE, Open, Screen
from tests.browser.test_main_job import key, start, wait_for_line
from tests.support import LabUnderTest, running_lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

CHILD = "trap : USR1; echo child is ready; while :; do sleep 600 & wait $!; done"
# Passes TERM on as USR1, and leaves when it gets it once more.
PARENT = (
    f"bash -c '{CHILD}' & c=$!; n=0; trap 'kill -USR1 $c; n=$((n+1)); echo passed on $n' TERM; "
    "echo parent is ready; while [ $n -lt 2 ]; do wait $c; done; kill -KILL $c"
)
WHERE = """[...document.querySelectorAll(".fall-name, .fall-life, .fall-tick")].map((each) =>
  [each.textContent, each.getAttribute("y")])"""
ROOM = """[
  [...document.querySelectorAll(".record-list time")].every((each) => each.scrollWidth <= each.clientWidth),
  [...document.querySelectorAll(".record-list a")].every((each) => each.getBoundingClientRect().height >= 24),
]"""


def family(lab: LabUnderTest, page: Page) -> None:
    """A parent that passes a signal on to its child; both have their traps."""
    with lab.person() as person:
        run, _ = person.command("bash", "-c", PARENT)
    page.goto(f"{lab.url}/runs/{run}")
    wait_for_line(page, "child is ready")
    wait_for_line(page, "parent is ready")
    expect(page.locator(".fall-hits")).to_be_attached()


def at(page: Page) -> str | None:
    """The event of the mark that has the focus."""
    found: str | None = page.evaluate("document.activeElement.getAttribute('data-point')")
    return found


def ticks(page: Page) -> list[str]:
    return page.locator(".fall-tick").all_text_contents()


@pytest.mark.engine
def test_the_way_through_tini_is_seen_and_nothing_moves_for_it(driving: Screen, watching: Screen) -> None:
    page = driving.page
    start(page, "With tini in the image")
    wait_for_line(page, "Serving HTTP")
    watching.page.goto(page.url)
    expect(page.locator(".fall-name")).to_have_text(["python3"])
    expect(page.locator(".fall-root")).to_have_text("tini")
    before = page.evaluate(WHERE)
    page.get_by_role("button", name="Stop", exact=True).click()
    for each in (page, watching.page):
        expect(each.locator(".fall-told")).to_have_text("SIGTERM from tini: ends it")
        expect(each.locator(".field")).to_have_attribute("data-state", "left")
    assert page.evaluate(WHERE) == before
    assert not violations(page)
    assert driving.shifted() < 0.02


def test_a_parent_and_its_children_are_told_in_their_lane(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True).page
    start(page, "Parent and children")
    expect(page.locator(".board-row", has_text="counter.sh").first).to_be_visible()  # it may be forking
    expect(page.locator(".board-row", has_text="healthcheck.sh").first).to_be_visible()
    key(page, "TERM")
    told = page.locator(".lanes-lane[data-target=down] .fall-told")
    expect(told).to_contain_text("run.sh → counter.sh: SIGTERM")
    expect(page.locator(".lanes-lane[data-target=down]")).to_have_attribute("data-state", "left")
    expect(told).to_contain_text("run.sh → counter.sh: SIGTERM")


def test_marks_are_walked_along_by_keyboard_and_enter_goes_to_the_line(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True)
    page = screen.page
    family(lab, page)
    expect(page.locator(".fall-hit")).to_have_count(0)  # nothing was asked of it yet
    key(page, "TERM")
    expect(page.locator(".fall-told")).to_have_text("SIGUSR1 from bash: handler")
    wait_for_line(page, "passed on 1")
    assert page.locator(".fall-hit[tabindex='0']").count() == 1, "one tab stop"
    page.locator(".fall-hit[tabindex='0']").focus()
    walked = [at(page)]
    while len(walked) < page.locator(".fall-hit").count():
        page.keyboard.press("ArrowRight")
        walked.append(at(page))
        row = page.locator('.record-list li[data-is="pointed"]')
        expect(row).to_have_count(1)
        expect(page.locator(".fall-plate")).to_contain_text(f"event {walked[-1]}")
    names = page.locator(".fall-hit").evaluate_all("all => all.map((each) => each.getAttribute('data-point'))")
    assert walked == names
    times = page.locator(".fall-hit").evaluate_all("all => all.map((each) => parseFloat(each.ariaLabel))")
    assert times == sorted(times) and times[0] == 0
    assert not violations(page)
    page.keyboard.press("Home")
    assert at(page) == walked[0]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(f"#e{walked[1]}")).to_be_focused()
    assert page.url.endswith(f"#e{walked[1]}")
    page.locator(f".fall-hit[data-point='{walked[1]}']").focus()  # the same link again
    page.keyboard.press("Enter")
    expect(page.locator(f"#e{walked[1]}")).to_be_focused()
    assert screen.shifted() < 0.02


def test_looking_closely_and_following_again(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True).page
    family(lab, page)
    page.locator(".stop-wait label", has_text="10").first.click()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".fall-told")).to_have_text("SIGUSR1 from bash: handler")
    wait_for_line(page, "passed on 1")
    live = ticks(page)
    assert live == [str(second) for second in range(11)]
    closer = page.get_by_role("button", name="Look closer")
    expect(page.get_by_role("button", name="Earlier")).to_be_hidden()
    closer.click()
    expect(page.get_by_role("button", name="Earlier")).to_be_visible()
    assert ticks(page) != live
    page.get_by_role("button", name="Fit").click()
    expect(page.locator(".fall-tick").nth(1)).to_have_text(re.compile(r"0(\.0\d+)?$"))
    assert not violations(page)
    fitted = ticks(page)
    expect(page.locator(".clock-say")).to_have_text("SIGKILL in")  # it goes on meanwhile, and moves nothing
    assert ticks(page) == fitted
    page.locator(".fall-hit[tabindex='0']").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".fall-tick").first).not_to_have_text(fitted[0])
    page.keyboard.press("End")  # a mark out of sight is brought into it
    expect(page.locator(".fall-hit:focus circle")).to_be_in_viewport()
    page.keyboard.press("0")
    expect(page.locator(".fall-tick")).to_have_text(live)
    box = page.locator(".fall-plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + 60)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(page.locator(".fall-tick")).not_to_have_text(live)
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.locator(".fall-tick")).to_have_text(live)
    page.get_by_role("button", name="Kill now").click()
    expect(page.locator(".field")).to_have_attribute("data-state", "killed")
    assert not violations(page)


def test_without_the_trace_the_kernels_lane_is_broken_and_says_so(tmp_path: Path, open_screen: Open) -> None:
    with running_lab(tmp_path / "data", kernel_trace="off") as lab:
        page = open_screen(lab.driver_link, driver=True).page
        start(page, "Catch every signal")
        wait_for_line(page, "ready: process")
        expect(page.locator(".fall-why", has_text="no witness")).to_have_count(1)
        wait_for_line(page, "WINCH")  # the terminal has its size; without a witness a later one would be the answer
        key(page, "USR1")
        wait_for_line(page, "USR1")
        expect(page.locator(".fall-headline")).to_have_text("prints “USR1”")
        assert page.locator(".fall-gap").count() == 2, "the engine's lane and the kernel's"
        assert page.locator(".fall-unseen").count() == 1
        expect(page.locator(".fall-told")).to_have_count(0)
        names = page.locator(".fall-hit").evaluate_all("all => all.map((each) => each.ariaLabel)")
        assert names and not [name for name in names if "Kernel" in name]
        assert not violations(page)


def test_calm_motion_changes_nothing_but_motion(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True).page
    page.emulate_media(reduced_motion="reduce")
    family(lab, page)
    key(page, "TERM")
    expect(page.locator(".fall-told")).to_have_text("SIGUSR1 from bash: handler")
    assert page.evaluate("document.getAnimations().filter((each) => each.effect.getTiming().duration > 1).length") == 0
    page.locator(".fall-hit[tabindex='0']").focus()
    page.keyboard.press("f")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".fall-plate")).to_be_visible()


def test_the_record_is_copied_and_a_link_without_a_line_says_why(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True)
    page = screen.page
    screen.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.url)
    start(page, "Catch every signal")
    wait_for_line(page, "ready: process")
    key(page, "USR1")
    wait_for_line(page, "USR1")
    before = page.locator(".record-list li").count()
    page.locator(".record-copy").click()
    expect(page.locator(".record-copy")).to_have_text("Copied")
    text: str = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Signal Lab, run 1 of “Catch every signal”: time of day, witness, what it said, event")
    assert before <= len(text.strip().splitlines()) - 1 <= page.locator(".record-list li").count()
    assert re.search(r"\d\d:\d\d:\d\d\tperson\tthe driver sends SIGUSR1 to .*\t#\d+", text)
    with lab.person() as person:
        run = page.url.rsplit("/")[-1]
        lines = person.get(f"/runs/{run}/events.jsonl").text.splitlines()
    silent = next(event["id"] for event in map(json.loads, lines) if event["kind"] == "process_appeared")
    page.evaluate(f"location.hash = '#e{silent}'")
    expect(page.locator(".record-note")).to_contain_text(f"Event {silent} has no line of its own")
    expect(page.locator(".record-note")).to_be_focused()
    assert not violations(page)


def test_on_a_phone_a_mark_leads_to_its_line_on_the_other_tab(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True, viewport=PHONE).page
    family(lab, page)
    key(page, "TERM")
    expect(page.locator(".fall-below", has_text="bash → bash: SIGUSR1, handler")).to_be_attached()
    expect(page.locator(".record")).to_be_hidden()
    mark = page.locator(".fall-hit").first
    event = mark.get_attribute("data-point")
    mark.locator("circle").click()
    expect(page.locator(f"#e{event}")).to_be_focused()
    expect(page.locator(f"#e{event}")).to_be_in_viewport()
    assert page.evaluate(ROOM) == [True, True], "times, also those of the day, and a finger's room for the numbers"
    assert not violations(page)
