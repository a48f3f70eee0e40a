"""Ctrl-K: everything that can be done, by keyboard alone; a viewer finds only what a viewer may."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, ViewportSize, expect

from tests.browser.axe import violations
from tests.browser.conftest import SIZES, Open
from tests.browser.test_main_job import start, wait_for_line
from tests.support import LabUnderTest, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def palette(page: Page, query: str) -> None:
    """Opens it and types."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.keyboard.type(query)


def chosen(page: Page) -> Locator:
    return page.locator("#pal-list [aria-selected=true]")


def test_a_whole_run_without_a_mouse(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True)
    page = screen.page
    expect(page.get_by_role("link", name="Catch every signal").first).to_be_visible()
    palette(page, "catch every")
    page.keyboard.press("Enter")
    page.wait_for_url("**/experiments/catch-all")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    palette(page, "start")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    wait_for_line(page, "ready: process")
    page.keyboard.press("Control+k")
    page.keyboard.type("usr1")
    page.keyboard.press("Enter")  # at once: what was typed last counts, drawn or not
    wait_for_line(page, "USR1")
    palette(page, "light")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    palette(page, "present")
    page.keyboard.press("Enter")
    expect(page.locator("html[data-present]")).to_have_count(1)
    palette(page, "stop 7")
    expect(chosen(page)).to_contain_text("Stop with 7 s")
    page.keyboard.press("Enter")
    expect(page.locator(".pres-clock")).to_contain_text("of 7")
    palette(page, "kill now")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Kill now?")
    page.keyboard.press("Enter")
    expect(page.locator(".pres-clock")).to_contain_text("exit 137")


def test_what_is_typed_before_it_has_come_is_no_key_of_the_page(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True).page
    held: list[Route] = []
    page.route(re.compile(r"dialogs_part"), lambda route: held.append(route))
    page.goto(f"{lab.url}/experiments/catch-all")
    page.get_by_role("button", name="Start", exact=True).click()
    wait_for_line(page, "ready: process")
    page.keyboard.press("Control+k")
    page.keyboard.type("stop")  # on the page an "s" would stop it, a "t" send SIGTERM
    until(lambda: len(held) == 1, what="the part was asked for")
    held[0].continue_()
    box = page.get_by_role("dialog").get_by_role("combobox")
    expect(box).to_be_focused()
    expect(box).to_have_value("stop")
    expect(chosen(page)).to_contain_text("Stop")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    asked = page.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    assert [address for address in asked if re.search(r"/targets/.*/(stop|signals)", address)] == []


@pytest.mark.parametrize("size", SIZES)
def test_arrows_choose_and_it_is_accessible(lab: LabUnderTest, open_screen: Open, size: ViewportSize) -> None:
    page = open_screen(lab.driver_link, driver=True, viewport=size).page
    expect(page.get_by_role("link", name="Catch every signal").first).to_be_visible()
    for address in ("/", "/runs", "/race", "/signals", "/experiments/catch-all"):
        page.goto(f"{lab.url}{address}")
        expect(page.locator(".bar-who")).to_be_attached()
        palette(page, "theme")
        expect(chosen(page)).to_have_id("pal-theme-dark")
        assert not violations(page), address
        box = page.get_by_role("dialog").get_by_role("combobox")
        page.keyboard.press("ArrowDown")
        expect(chosen(page)).to_have_id("pal-theme-light")
        expect(box).to_have_attribute("aria-activedescendant", "pal-theme-light")
        page.keyboard.press("ArrowUp")
        expect(box).to_have_attribute("aria-activedescendant", "pal-theme-dark")
        page.keyboard.press("Control+k")
        expect(page.get_by_role("dialog")).to_have_count(0)
    palette(page, "qxqxqx")
    expect(page.get_by_role("dialog")).to_contain_text("Nothing by these letters.")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_viewer_finds_nothing_that_acts_and_the_terminal_keeps_its_key(lab: LabUnderTest, open_screen: Open) -> None:
    driver = open_screen(lab.driver_link, driver=True).page
    start(driver, "Catch every signal")
    wait_for_line(driver, "ready: process")
    viewer = open_screen(lab.viewer_link, driver=False).page
    viewer.goto(driver.url)
    wait_for_line(viewer, "ready: process")
    viewer.keyboard.press("Control+k")
    listed = viewer.locator("#pal-list")
    expect(listed).to_contain_text("Follow the presenter")
    expect(listed).to_contain_text("Run 1: Catch every signal")
    acts = ", ".join(f'[id^="pal-{each}"]' for each in ("signal", "stop", "share", "start", "step", "kill"))
    expect(listed.locator(acts)).to_have_count(0)
    driver.keyboard.press("Control+k")
    expect(driver.locator("#pal-list").locator(acts)).not_to_have_count(0)
    driver.keyboard.press("Control+k")
    driver.locator(".xterm-screen").click()
    driver.keyboard.press("Control+k")
    expect(driver.get_by_role("dialog")).to_have_count(0)
