"""The speaker's window: a second window of who drives, which the room does not see."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.axe import violations_in_both
from tests.browser.conftest import SIZES, Open
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def opened(page: Page) -> Page:
    """By its key in presenter mode."""
    with page.expect_popup() as popup:
        page.keyboard.press("o")
    return popup.value


def test_it_goes_along_and_knows_what_the_room_does_not(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True, at="/experiments/pid-1-sandbox?stage").page
    expect(page.locator(".pres-why")).to_have_text("Press r to start it.")
    speaker = opened(page)
    expect(speaker.get_by_role("heading", level=1)).not_to_have_text("The room looks at no experiment yet.")
    expect(speaker.locator(".speak-learnt li").first).to_be_visible()
    expect(speaker.locator(".speak-targets")).to_contain_text("Not started yet.")

    page.bring_to_front()
    page.keyboard.press("g")  # the room guesses, so its page says nothing of what will happen
    page.wait_for_url(re.compile(r"/runs/r\d+\?stage$"))
    expect(speaker.locator(".speak-head")).to_contain_text("The room is guessing.")
    expect(speaker.locator(".speak-would").first).to_contain_text("SIGKILL")
    expect(speaker.locator(".speak-next li").first).to_be_visible()
    expect(speaker.locator(".speak-lesson .lesson-hush")).to_have_count(0)
    assert "would end in SIGKILL" not in page.locator("body").inner_text()

    page.keyboard.press("g")
    page.keyboard.press("s")
    one = speaker.locator(".speak-targets li").first
    expect(one).to_have_attribute("data-state", "stopping")
    expect(one).to_contain_text("SIGKILL in")
    expect(one).to_have_attribute("data-state", "killed", timeout=30_000)

    page.goto(f"{lab.url}/experiments/catch-all?stage")
    expect(speaker.get_by_role("heading", level=1)).to_contain_text(re.compile("trap|signal", re.IGNORECASE))
    expect(speaker.locator(".speak-targets")).to_contain_text("Not started yet.")


def test_its_time_is_that_of_the_talk(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True, at="/speaker").page
    talk = page.locator(".speak-times dd").first
    expect(talk).to_have_text(re.compile(r"0:0[2-9]"))
    page.reload()
    expect(talk).to_have_text(re.compile(r"0:0[3-9]|0:1\d"))
    page.keyboard.press("0")
    expect(talk).to_have_text(re.compile(r"0:0[01]"))


def test_a_viewer_has_none(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.viewer_link, driver=False)
    reply = screen.page.request.get(f"{lab.url}/speaker", headers={"accept": "text/html"})
    assert reply.status == 403


@pytest.mark.parametrize("size", SIZES)
def test_it_is_accessible_and_nothing_jumps(lab: LabUnderTest, open_screen: Open, size: ViewportSize) -> None:
    screen = open_screen(lab.driver_link, driver=True, viewport=size, at="/speaker")
    page = screen.page
    driver = screen.context.new_page()
    driver.goto(f"{lab.url}/experiments/pid-1-sandbox")
    expect(page.locator(".speak-learnt li").first).to_be_visible()
    assert not violations_in_both(page), "before"
    screen.asked_for()
    driver.get_by_role("button", name="Start", exact=True).click()
    expect(driver.locator(".board-row").first).to_be_attached()
    expect(page.locator(".speak-would").first).to_contain_text("SIGKILL")
    assert not violations_in_both(page), "running"
    driver.keyboard.press("s")
    expect(page.locator(".speak-targets li").first).to_have_attribute("data-state", "stopping")
    assert not violations_in_both(page), "stopping"
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
