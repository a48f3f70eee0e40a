"""On a telephone: nothing moves that its owner has not touched, and the driver's buttons are there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FloatRect, Page, Route, expect

from tests.browser.axe import violations
from tests.browser.conftest import PHONE, Open
from tests.browser.test_lanes import begin
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


# A copy of the countdown, which counts no more: its longest words, and a figure that is the same on both sides.
STILL = """() => {
  const clock = document.querySelector(".clock");
  const still = clock.cloneNode(true);
  still.querySelector(".clock-say").textContent = "SIGKILL is sent";
  still.querySelector(".num svg:last-child use").setAttribute("href", "#n-0");
  clock.hidden = true;
  clock.style.display = "none";
  clock.after(still);
}"""


def figure_is_whole(page: Page) -> None:
    """The last figure of the countdown: within the window with its margin, and nothing of it is cut."""
    page.evaluate(STILL)
    box = page.locator(".clock .num svg").last.bounding_box()
    assert box
    assert box["x"] + box["width"] <= PHONE["width"] - 16
    clip: FloatRect = {"x": box["x"] - 4, "y": box["y"] - 4, "width": box["width"] + 8, "height": box["height"] + 8}
    shown = page.screenshot(clip=clip)
    page.evaluate("document.querySelectorAll('.num svg').forEach((each) => { each.style.overflow = 'visible'; })")
    assert page.screenshot(clip=clip) == shown, "let out of its box it is the same"


def arrived(page: Page, state: str) -> None:
    """The run is on the page: its field, its board with keys, its record."""
    expect(page.locator(".field")).to_have_attribute("data-state", state)
    expect(page.locator(".key")).to_have_count(12)
    expect(page.locator(".record-list [id]").first).to_be_attached()


def test_a_phone_that_watches_is_not_moved_by_a_start_a_stop_or_a_reload(lab: LabUnderTest, open_screen: Open) -> None:
    driver = open_screen(lab.driver_link, driver=True).page
    watching = open_screen(lab.viewer_link, driver=False, viewport=PHONE, follows=True)
    page = watching.page
    begin(driver, lab, "catch-all")
    page.wait_for_url(driver.url)
    arrived(page, "idle")
    page.reload()
    arrived(page, "idle")
    expect(page.locator(".stop-fate")).to_contain_text("handler")
    assert not violations(page), "ready"
    driver.locator(".stop-other").fill("1")
    driver.get_by_role("button", name="Stop", exact=True).click()
    arrived(page, "killed")
    assert not violations(page), "killed"
    assert watching.shifted() < 0.02, watching.moved()
    page.reload()
    arrived(page, "killed")
    assert watching.shifted() < 0.02, watching.moved()


def test_a_phone_that_drives_has_the_buttons_and_does_not_jump_when_it_loads_or_somebody_else_stops_it(
    lab: LabUnderTest, open_screen: Open
) -> None:
    driving = open_screen(lab.driver_link, driver=True, viewport=PHONE, device_scale_factor=3)
    page = driving.page
    begin(page, lab, "catch-all")
    arrived(page, "idle")
    page.reload()
    arrived(page, "idle")
    assert driving.shifted() < 0.02, driving.moved()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
    assert not violations(page), "stopping"
    page.get_by_role("button", name="Kill now").click()
    arrived(page, "killed")
    page.reload()
    arrived(page, "killed")
    assert driving.shifted() < 0.02, driving.moved()
    again = page.get_by_role("button", name="Run it again")
    expect(again).to_be_enabled()
    assert not violations(page), "over"
    over = page.url
    again.click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    arrived(page, "idle")
    assert page.url != over

    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_enabled()
    page.evaluate("window.shifts.length = 0")  # until here it was their own finger
    with lab.person() as somebody:
        target = f"{page.url.rpartition('/')[2]}.script"
        somebody.post(f"/targets/{target}/stop", {"timeout_s": 90})
        expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
        assert not violations(page), "stopped by somebody else"
        assert driving.shifted() < 0.02, driving.moved()
        page.reload()
        expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
        arrived(page, "stopping")
        assert driving.shifted() < 0.02, driving.moved()
        figure_is_whole(page)
        page.reload()
        somebody.post(f"/targets/{target}/kill")
        arrived(page, "killed")


def test_a_stop_that_is_answered_late_leaves_the_slot_as_high_as_its_form(lab: LabUnderTest, open_screen: Open) -> None:
    driving = open_screen(lab.driver_link, driver=True, viewport=PHONE)
    page = driving.page
    begin(page, lab, "catch-all")
    arrived(page, "idle")

    def late(route: Route) -> None:
        page.wait_for_timeout(900)  # the touch no longer excuses what moves
        route.continue_()

    page.route("**/api/v1/targets/*/stop", late)
    page.evaluate("window.shifts.length = 0")
    before = page.locator(".fall").bounding_box()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
    arrived(page, "stopping")
    assert page.locator(".fall").bounding_box() == before
    assert driving.shifted() < 0.02, driving.moved()
    assert not violations(page)
    page.get_by_role("button", name="Kill now").click()
    arrived(page, "killed")
    assert page.locator(".fall").bounding_box() == before
