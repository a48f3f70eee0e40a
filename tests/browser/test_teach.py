"""Somebody who has never seen it teaches the PID 1 lesson to somebody who watches: only what is on the page is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import PHONE, PROJECTOR, Open
from tests.browser.test_main_job import wait_for_line
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.timeout(120)]

GIVEN_AWAY = re.compile("would be (killed|dropped)|a stop would end|drops unhandled", re.IGNORECASE)


def nothing_is_foretold(page: Page) -> None:
    expect(page.locator("main")).not_to_contain_text(GIVEN_AWAY)
    expect(page.locator(".lesson-hush").first).to_be_attached()
    for hint in page.locator(".lesson-see li:not(.lesson-hush), .lesson-learnt").all():
        expect(hint).not_to_be_visible()


def test_a_newcomer_teaches_pid_1_from_the_printed_link_to_the_report(
    lab_with_engine: LabUnderTest, open_screen: Open, tmp_path: Path
) -> None:
    driving = open_screen(lab_with_engine.driver_link, driver=True, viewport=PROJECTOR, by_hand=True)
    driver = driving.page
    expect(driver.locator(".home-head")).to_contain_text("press Start; its lesson says what to do")
    driver.get_by_role("button", name="Share").click()
    dialog = driver.get_by_role("dialog")
    expect(dialog).to_contain_text("can do nothing but guess, when you ask for it")
    link = dialog.get_by_text(re.compile("/watch/")).inner_text().strip()
    driver.keyboard.press("Escape")
    watching = open_screen(link, driver=False, viewport=PHONE, follows=True, by_hand=True)
    viewer = watching.page
    expect(viewer.locator(".home-head")).to_contain_text("You watch. When the presenter opens an experiment")
    expect(driver.get_by_role("link", name="Race: any side by side")).to_be_visible()
    assert viewer.get_by_role("link", name="Race: any side by side").count() == 0, "who watches cannot start one"
    assert not violations(viewer), "home"

    driver.get_by_role("link", name="PID 1 ignores what it does not handle").click()
    viewer.wait_for_url("**/experiments/pid-1")
    expect(viewer.locator("main")).to_contain_text("The driver starts it. This page follows by itself.")
    expect(viewer.get_by_role("button", name="Following the presenter")).to_be_visible()
    expect(driver.locator(".lesson-see")).to_contain_text("Shown once it runs.")
    expect(driver.get_by_text("a stop is foretold to end in SIGKILL")).not_to_be_visible()  # the room may guess yet
    driver.get_by_role("button", name="Guess first").click()  # and with it starts, before anything is foretold
    driver.wait_for_url(re.compile(r"/runs/r\d+$"))
    viewer.wait_for_url(driver.url)
    wait_for_line(driver, "Serving HTTP")
    expect(viewer.locator(".bet-headline")).to_have_text("How long will the stop take?")
    expect(viewer.locator(".bet-slot button > [aria-hidden]")).to_have_text(["at once", "1–3 s", "killed at 3 s"])
    for page in (driver, viewer):
        nothing_is_foretold(page)
        expect(page.locator(".fall-tick").last).to_have_text(
            "3"
        )  # everybody's axis is that of the stop which is guessed
        assert not violations(page), "guessing"
    viewer.get_by_role("button", name="leaves at once").click()
    expect(viewer.locator(".bet-slot")).to_contain_text("Taken. You can change it until the stop.")
    expect(driver.locator(".bet-say")).to_contain_text("1 person has guessed.")
    expect(driver.locator(".bet-one b")).to_contain_text(["1", "0", "0"])

    driver.get_by_role("button", name="Run ps x").click()
    expect(driver.locator(".lesson-step[data-is=done]")).to_have_count(2)
    nothing_is_foretold(viewer)
    driver.get_by_role("button", name="Stop it, wait 3 s").click()
    for page in (driver, viewer):
        expect(page.locator(".field")).to_have_attribute("data-state", "stopping")
    for page in (driver, viewer):
        expect(page.locator(".field")).to_have_attribute("data-state", "killed")
        expect(page.locator(".clock")).to_contain_text("Killed after")
    viewer.get_by_role("button", name="Result").click()
    for page in (driver, viewer):
        expect(page.locator(".result-guess")).to_have_text(
            re.compile(r"It took 3\.\d s, “killed at 3 s”: 0 of 1 were right\.$")
        )
        expect(page.locator(".result")).to_contain_text("the kernel drops unhandled signals for PID 1")
        expect(page.locator(".result")).to_contain_text("What would help:")
    viewer.get_by_role("button", name="Lesson").click()
    for page in (driver, viewer):
        expect(page.locator(".lesson-step[data-is=done]")).to_have_count(3)
        expect(page.locator(".lesson-learnt")).to_contain_text("pid_namespaces(7)")
        assert not violations(page), "the end"
    report = driver.get_by_role("link", name="Report")
    assert "to keep and to send" in (report.get_attribute("title") or "")
    with driver.expect_download() as download:
        report.click()
    download.value.save_as(tmp_path / "report.html")
    assert "drops unhandled signals for PID 1" in (tmp_path / "report.html").read_text()
    expect(driver.get_by_role("button", name="Run it again")).to_be_enabled()
    for screen in (driving, watching):
        assert screen.shifted() < 0.02, screen.moved()
    expect(driver.get_by_role("link", name="Next: PID 1 without Docker")).to_be_visible()
    assert viewer.get_by_role("link", name="Next:").count() == 0, "who watches goes along"
    driver.locator("h1").click()
    driver.keyboard.press("Shift+N")
    for page in (driver, viewer):
        page.wait_for_url("**/experiments/pid-1-sandbox")
