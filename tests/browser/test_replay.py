"""A finished run is played again on the same page: to the same end, by its own clock, and nothing is sent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations_in_both
from tests.browser.conftest import PHONE, SIZES, Open, complaints_expected
from tests.browser.test_main_job import NOTE, countdown, key, start, wait_for_line
from tests.support import LabUnderTest, Person, kind

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SEEN = """() => ({
  record: [...document.querySelectorAll(".record-list li[id]")].map((line) => line.innerText),
  clock: document.querySelector(".clock").innerText.replace("Run it again\\n\\n", ""),
  field: document.querySelector(".field").dataset.state,
  fall: document.querySelector(".fall").innerText,
  verdict: document.querySelector(".result").innerText,
  terminal: [...document.querySelectorAll(".xterm-rows > div")].map((line) => line.innerText.trimEnd()),
})"""
BOARD = """() => [...document.querySelectorAll(".board-row")].map((row) => {
  const copy = row.cloneNode(true);
  copy.querySelector(".board-load")?.remove(); // of this moment and this machine: a replay has none
  return copy.textContent.replace(/\\s+/g, " ").trim();
})"""
DEAF = "trap '' TERM; echo deaf; while :; do sleep 0.2; done"


def shown(page: Page) -> Any:
    """What stands there of the run, but for processes that are gone: a page drops them after a while."""
    return page.evaluate(SEEN)


def killed(person: Person, timeout_s: int) -> str:
    """A run that SIGKILL has ended."""
    run, target = person.command("bash", "-c", DEAF)
    with person.events(run=run) as events:
        events.until(kind("process_appeared"))
        events.until(lambda event: event["kind"] == "output")
        person.post(f"/targets/{target}/stop", {"timeout_s": timeout_s})
        events.until(kind("run_finished"))
    return run


def settled(page: Page, person: Person, run: str) -> int:
    """The event that the board is about, once the row's cells are as the newest event says and new rows are no news."""
    last = 0
    while (now := person.get(f"/runs/{run}").json()["last_event_id"]) != last:
        last = now
        page.wait_for_timeout(2500)  # the light of a key and a new row fades
    return last


def at_its_end(page: Page) -> None:
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="One event on")).to_be_disabled()


def test_a_run_is_replayed_to_what_the_live_page_showed(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True)
    page = screen.page
    run = start(page, "Catch every signal")
    wait_for_line(page, "ready: process")
    key(page, "USR1")
    wait_for_line(page, "USR1")
    with lab.person() as person:
        here = settled(page, person, run)
    board = page.evaluate(BOARD)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".result h2")).to_have_text("Verdict")
    expect(page.get_by_role("link", name="Replay")).to_be_visible()
    page.keyboard.press("Escape")
    live = shown(page)
    posts: list[str] = []
    page.get_by_role("link", name="Replay").click()
    page.wait_for_url("**?replay*")
    page.on("request", lambda request: posts.append(request.url) if request.method != "GET" else None)
    page.get_by_text("16×").click()
    at_its_end(page)
    wait_for_line(page, "USR1")
    assert shown(page) == live
    page.goto(f"{lab.url}/runs/{run}?replay&at={here}")
    expect(page.locator(".board-row")).not_to_have_count(0)
    assert page.evaluate(BOARD) == board
    page.keyboard.press("s")
    page.keyboard.press("Shift+K")
    expect(page.locator("button.key")).to_have_count(0)
    page.locator(".xterm-screen").click()
    page.keyboard.type("x")
    assert posts == [], "nothing is sent"
    assert "Replay" in page.title()
    page.get_by_role("link", name="Leave the replay").click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.get_by_role("button", name="Run it again")).to_be_visible()


def test_its_clock_is_that_of_the_run_and_it_goes_step_by_step(lab: LabUnderTest, open_screen: Open) -> None:
    with lab.person() as person:
        run = killed(person, 3)
        with person.events(run=run) as events:
            asked = events.until(kind("stop_requested"))["id"]
    page = open_screen(lab.viewer_link, driver=False, at=f"/runs/{run}?replay&at={asked}").page
    expect(page.locator(".field")).to_have_attribute("data-state", "stopping")
    assert countdown(page) == 3.0
    page.wait_for_timeout(300)  # it is paused: its time stands still
    assert countdown(page) == 3.0
    page.keyboard.press("]")
    page.wait_for_url(f"**?replay&at={asked + 1}")
    assert countdown(page) <= 3.0
    page.keyboard.press("[")
    page.keyboard.press("[")
    expect(page.locator(".field")).to_have_attribute("data-state", "idle")
    expect(page.locator(".record-list")).not_to_contain_text("asks for a stop")
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".field")).to_have_attribute("data-state", "stopping")
    page.keyboard.press("End")
    expect(page.locator(".field")).to_have_attribute("data-state", "killed")
    wait_for_line(page, "deaf")
    page.keyboard.press("Home")
    expect(page.locator(".xterm-rows")).not_to_contain_text("deaf")
    page.locator("h1").click()
    page.get_by_text("4×").click()
    page.evaluate(NOTE)
    page.keyboard.press(" ")
    expect(page.locator(".field")).to_have_attribute("data-state", "killed")
    seen = [left for _, left in page.evaluate("window.noted")]
    assert len(set(seen)) > 3
    assert seen == sorted(seen, reverse=True), "it only falls"
    at_its_end(page)


@pytest.mark.long
def test_long_waits_are_skipped_and_said_unless_that_is_not_wanted(lab: LabUnderTest, open_screen: Open) -> None:
    with lab.person() as person:
        run, target = person.command("bash", "-c", "read -r", cols=80, rows=24)
        with person.events(run=run) as events:
            events.until(kind("process_appeared"))
            page = open_screen(lab.viewer_link, driver=False).page
            page.wait_for_timeout(6500)  # nothing happens for so long: that is what this is about
            person.post(f"/targets/{target}/input", {"data": "\n"})
            events.until(kind("run_finished"))
    page.goto(f"{lab.url}/runs/{run}?replay")
    expect(page.locator(".rep-at")).to_contain_text("with nothing, skipped")
    at_its_end(page)
    page.goto(f"{lab.url}/runs/{run}?replay#t=2.5")
    expect(page.locator(".rep-at")).to_contain_text("2.5")
    page.get_by_label("skip long waits").uncheck()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(700)
    at = float(page.locator(".rep-at b").inner_text())
    assert 2.5 < at < 6, "the wait is played"


def test_who_wants_less_motion_starts_it_by_hand(lab: LabUnderTest, open_screen: Open) -> None:
    with lab.person() as person:
        run = killed(person, 1)
    page = open_screen(lab.viewer_link, driver=False).page
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{lab.url}/runs/{run}?replay")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page.locator(".rep-at b").inner_text() == "0.0"


def test_a_run_that_is_gone_is_said(lab: LabUnderTest, open_screen: Open) -> None:
    with lab.person() as person:
        run = killed(person, 0)
        screen = open_screen(lab.viewer_link, driver=False)
        page = screen.page
        page.route("**/events.jsonl*", lambda route: route.fulfill(status=500, body="broken"))
        with complaints_expected(screen, "500"):
            page.goto(f"{lab.url}/runs/{run}?replay")
            expect(page.locator(".note")).to_contain_text("The run could not be read.")


@pytest.mark.parametrize("size", SIZES)
def test_the_bar_is_accessible_and_nothing_jumps(lab: LabUnderTest, open_screen: Open, size: object) -> None:
    with lab.person() as person:
        run = killed(person, 1)
    screen = open_screen(lab.viewer_link, driver=False, viewport=size, at=f"/runs/{run}?replay")
    page = screen.page
    at_its_end(page)
    if size is not PHONE:  # there the form of a stop is higher than its countdown
        assert screen.shifted() < 0.02
    assert not violations_in_both(page)
    page.keyboard.press("[")
    assert not violations_in_both(page), "one step back"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
