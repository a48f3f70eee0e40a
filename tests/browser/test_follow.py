"""Viewers look at what the presenter looks at, until they choose for themselves; in no case can they act."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.axe import violations
from tests.browser.conftest import LAPTOP, PHONE, PROJECTOR, Open
from tests.browser.test_lanes import TOO_WIDE
from tests.browser.test_main_job import start, wait_for_line
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def presents(page: Page, on: bool = True) -> None:
    expect(page.locator("html[data-present]")).to_have_count(1 if on else 0)


def chosen(page: Page) -> str:
    return page.locator(".lanes-lane[data-chosen]").get_attribute("data-target") or ""


@pytest.mark.engine
def test_a_viewer_follows_a_lesson_taught_with_keys_and_then_roams(
    lab_with_engine: LabUnderTest, open_screen: Open
) -> None:
    lab = lab_with_engine
    driver = open_screen(lab.driver_link, driver=True, viewport=PROJECTOR).page
    viewer = open_screen(lab.viewer_link, driver=False, viewport=PROJECTOR, follows=True).page
    driver.goto(f"{lab.url}/experiments/pid-1?stage")
    viewer.wait_for_url("**/experiments/pid-1?stage")  # from the home page, by itself
    presents(viewer)
    expect(driver.locator(".pres-why")).to_have_text("Press r to start it.")
    driver.keyboard.press("r")
    driver.wait_for_url(re.compile(r"/runs/r\d+\?stage$"))
    viewer.wait_for_url(driver.url)
    wait_for_line(viewer, "Serving HTTP")
    driver.keyboard.press("t")
    for page in (driver, viewer):
        expect(page.locator(".pres-headline")).to_have_text("The kernel dropped SIGTERM.")
    driver.keyboard.press("Escape")
    presents(viewer, on=False)
    expect(viewer.locator(".bar")).to_contain_text("Following the presenter")
    assert not violations(viewer), "following"
    driver.keyboard.press("P")
    presents(viewer)
    viewer.keyboard.press("Escape")  # its own choice
    presents(viewer, on=False)
    expect(viewer.locator(".bar")).to_contain_text("Roaming")
    driver.keyboard.press("s")
    expect(viewer.locator(".field")).to_have_attribute("data-state", "stopping")  # facts are everybody's
    driver.goto(f"{lab.url}/experiments/catch-all")
    expect(driver.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    expect(viewer.locator(".field")).to_have_attribute("data-state", "killed")
    assert "/runs/" in viewer.url, "it stays where it is"
    assert not violations(viewer), "roaming"
    viewer.get_by_role("button", name="Follow the presenter").click()
    viewer.wait_for_url("**/experiments/catch-all")


@pytest.mark.engine
def test_target_and_process_are_the_presenters_choice(lab_with_engine: LabUnderTest, open_screen: Open) -> None:
    lab = lab_with_engine
    driver = open_screen(lab.driver_link, driver=True, viewport=PROJECTOR).page
    start(driver, "Three timeouts side by side")
    late = open_screen(lab.viewer_link, driver=False, viewport=PROJECTOR, follows=True)
    viewer = late.page
    viewer.wait_for_url(driver.url)  # a late one hears at once where the presenter is
    driver.keyboard.press("3")
    expect(viewer.locator(".lanes-lane[data-chosen]")).to_have_attribute("data-target", chosen(driver))
    driver.keyboard.press("1")
    expect(viewer.locator('.lanes-lane[data-target="default"]')).to_have_attribute("data-chosen", "")
    viewer.keyboard.press("2")
    expect(viewer.locator(".lanes-lane[data-chosen]")).to_have_attribute("data-target", "five")
    expect(viewer.locator(".bar")).to_contain_text("Roaming")
    driver.keyboard.press("3")
    expect(driver.locator('.lanes-lane[data-target="three"]')).to_have_attribute("data-chosen", "")
    assert chosen(viewer) == "five"
    assert late.shifted() < 0.02


def test_a_viewer_never_resizes_nor_sends_whatever_is_pressed(lab: LabUnderTest, open_screen: Open) -> None:
    driver = open_screen(lab.driver_link, driver=True, viewport=PROJECTOR).page
    start(driver, "Catch every signal")
    wait_for_line(driver, "WINCH")  # the driver's own window was fitted
    viewer = open_screen(lab.viewer_link, driver=False, viewport=PROJECTOR, follows=True).page
    viewer.wait_for_url(driver.url)
    wait_for_line(viewer, "ready: process")
    sent: list[str] = []
    viewer.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    viewer.keyboard.press("P")
    presents(viewer)  # its terminal has larger type and fewer columns: the program hears nothing of it
    viewer.set_viewport_size({"width": 1280, "height": 720})
    for key in "tihwksrnq1":
        viewer.keyboard.press(key)
    expect(viewer.get_by_role("dialog")).to_have_count(0)
    viewer.locator(".xterm-screen").click()
    viewer.keyboard.press("Control+C")
    driver.locator('button.key[data-signal="SIGUSR1"]').click()
    wait_for_line(viewer, "USR1")
    seen = re.findall(r"\b(WINCH|TERM|INT|HUP|USR1)\b", viewer.locator(".xterm-rows").inner_text())
    assert seen == ["WINCH", "USR1"], "the driver's, and nothing else"
    assert sent == []


@pytest.mark.parametrize("size", [LAPTOP, pytest.param(PHONE, marks=pytest.mark.long)], ids=["1280", "390"])
def test_on_every_page_a_viewer_sees_whether_it_follows_and_can(
    lab: LabUnderTest, open_screen: Open, size: ViewportSize
) -> None:
    driver = open_screen(lab.driver_link, driver=True).page
    start(driver, "Catch every signal")
    viewer = open_screen(lab.viewer_link, driver=False, viewport=size, follows=True).page
    viewer.wait_for_url(driver.url)
    for path in ("/signals", "/runs", "/race"):
        expect(viewer.get_by_role("button", name="Following the presenter")).to_be_visible()
        viewer.goto(f"{lab.url}{path}")  # typed: it is chosen, and nobody is pulled away from it
        expect(viewer.get_by_role("button", name="Follow the presenter")).to_be_visible()
        expect(viewer.locator(".bar")).to_contain_text("Roaming")
        assert viewer.url.endswith(path)
        wide = viewer.evaluate(TOO_WIDE)
        assert not wide, f"wider than the window: {wide}"
        assert not violations(viewer), path
        viewer.get_by_role("button", name="Follow the presenter").click()
        viewer.wait_for_url(driver.url)
    viewer.goto(f"{lab.url}/signals")
    viewer.reload()
    expect(viewer.locator(".bar")).to_contain_text("Roaming")
    driver.goto(f"{lab.url}/signals")
    expect(driver.locator(".bar-share")).to_be_visible()
    assert driver.locator(".bar-lead").count() == 0, "who drives follows nobody"


def test_on_a_phone_the_bar_has_room_for_it(lab: LabUnderTest, open_screen: Open) -> None:
    driver = open_screen(lab.driver_link, driver=True).page
    start(driver, "Catch every signal")
    viewer = open_screen(lab.viewer_link, driver=False, viewport=PHONE, follows=True).page
    viewer.wait_for_url(driver.url)
    expect(viewer.get_by_role("button", name="Roam")).to_be_visible()
    assert viewer.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not violations(viewer), "following"
    viewer.get_by_role("button", name="Roam").click()
    expect(viewer.get_by_role("button", name="Follow the presenter")).to_be_visible()
    assert viewer.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not violations(viewer), "roaming"
