"""The reference of signals as a person uses it: search, choose what runs, read, send, and see what came of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.axe import violations_in_both
from tests.browser.conftest import PHONE, SIZES, Open, Screen, complaints_expected
from tests.support import LabUnderTest, kind

DEAF = "deaf, run 1: PID 1 without Docker"
FITS = """document.documentElement.scrollWidth <= innerWidth &&
  document.querySelector(".sigs-table").scrollWidth <= document.getElementById("sigs-list").clientWidth"""

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def row(page: Page, name: str, column: str) -> Locator:
    return page.locator(f'tr[data-signal="{name}"] {column}')


@pytest.fixture
def driving(lab: LabUnderTest, open_screen: Open) -> Screen:
    return open_screen(lab.driver_link, driver=True)


def names(page: Page) -> list[str]:
    return page.locator(".sigs-table tbody th").all_inner_texts()


def test_all_signals_are_there_and_are_found_by_name_number_meaning_and_program(driving: Screen) -> None:
    page = driving.page
    page.get_by_role("link", name="Signals", exact=True).click()
    page.wait_for_url("**/signals")
    expect(page.locator(".sigs-table tbody tr")).to_have_count(64)
    expect(page.locator("h2")).to_have_text("SIGTERM")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    for typed, first in (("15", "SIGTERM"), ("sigrtmin+20", "SIGRTMAX-10"), ("hup", "SIGHUP"), ("poll", "SIGIO")):
        search.fill(typed)
        expect(page.locator(".sigs-table tbody th").first).to_have_text(first)
        expect(page.locator("h2")).to_have_text(first)
    search.fill("nginx")
    expect(page.locator(".sigs-table tbody tr")).to_have_count(7)
    assert "SIGWINCH" in names(page)
    search.fill("no such thing")
    expect(page.locator(".sigs-none")).to_contain_text("No signal for “no such thing”")
    page.get_by_role("button", name="Show all of them").click()
    expect(page.locator(".sigs-table tbody tr")).to_have_count(64)
    # From the search to the best one, and on by the keys; the address follows, so that it can be given away.
    search.fill("quit")
    search.press("Enter")
    page.wait_for_url("**/signals/SIGQUIT")
    expect(page.locator(".sigs-one")).to_contain_text("nginx")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_url("**/signals/SIGILL")
    page.keyboard.press("ArrowUp")
    page.wait_for_url("**/signals/SIGQUIT")
    page.reload()
    expect(page.locator("h2")).to_have_text("SIGQUIT")
    page.goto(page.url.replace("/SIGQUIT", "#15"))
    expect(page.locator("h2")).to_have_text("SIGTERM")


def test_what_is_told_has_its_source_and_commands_can_be_copied(driving: Screen, lab: LabUnderTest) -> None:
    page = driving.page
    driving.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{lab.url}/signals/SIGTERM")
    one = page.locator(".sigs-one")
    expect(one.locator(".sigs-senders")).to_contain_text("docker stop")
    expect(one.locator(".sigs-programs")).to_contain_text("systemd starts itself anew")
    sources = one.locator(".sigs-senders a, .sigs-programs a")
    assert sources.count() > 20
    for source in sources.all():
        assert (source.get_attribute("href") or "").startswith("https://")
        assert "noreferrer" in (source.get_attribute("rel") or "")
    one.get_by_role("button", name="Copy").nth(1).click()
    expect(one.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "docker kill -s TERM CONTAINER"
    one.get_by_role("link", name="PID 1 ignores what it does not handle").click()
    page.wait_for_url("**/experiments/pid-1")


def test_the_column_is_what_the_chosen_target_would_do_and_send_says_what_came_of_it(
    driving: Screen, lab: LabUnderTest
) -> None:
    """PID 1 of a sandbox: the kernel drops what it does not handle, from inside even SIGKILL."""
    page = driving.page
    page.goto(f"{lab.url}/signals")
    expect(page.locator(".sigs-state")).to_contain_text("Nothing is running")
    expect(page.locator(".sigs-would")).to_have_count(0)
    with lab.person() as other:
        run, target = other.start("pid-1-sandbox")
        picker = page.locator("#sigs-target")
        expect(picker.locator("option", has_text="deaf, run 1")).to_be_attached()
        picker.select_option(label=DEAF)
        expect(page.locator(".sigs-state")).to_contain_text("1 sleep, PID 1 of its namespace")
        expect(row(page, "SIGTERM", ".sigs-would")).to_contain_text("dropped")
        expect(row(page, "SIGKILL", ".sigs-would")).to_contain_text("kills it")
        page.locator(".sigs-from label", has_text="inside").last.click()
        expect(row(page, "SIGKILL", ".sigs-would")).to_contain_text("dropped")
        page.locator(".sigs-from label", has_text="outside").click()
        expect(row(page, "SIGKILL", ".sigs-would")).to_contain_text("kills it")
        # By the keyboard: Enter leads to Send, and only a second one sends.
        row(page, "SIGTERM", "a").click()
        page.keyboard.press("Enter")
        expect(row(page, "SIGTERM", ".sigs-send")).to_be_focused()
        expect(row(page, "SIGTERM", ".sigs-came")).to_have_text("")
        page.keyboard.press("Enter")
        expect(row(page, "SIGTERM", ".sigs-came")).to_contain_text("dropped")
        expect(page.locator(".sigs-result")).to_contain_text("sleep is PID 1 and has no handler for SIGTERM")
        # What came of it leads to the record; what was chosen is in the address.
        evidence = page.locator(".sigs-result a").get_attribute("href") or ""
        assert re.fullmatch(rf"/runs/{run}#e\d+", evidence)
        assert f"target={target.replace('server', 'deaf')}" in page.url
        row(page, "SIGKILL", ".sigs-send").click()
        expect(row(page, "SIGKILL", ".sigs-came")).to_contain_text("ends it")
        expect(page.locator(".sigs-state")).to_contain_text("deaf was ended by SIGKILL")
        expect(row(page, "SIGTERM", ".sigs-send")).to_be_disabled()
        expect(row(page, "SIGTERM", ".sigs-came")).to_contain_text("dropped")


def test_a_process_of_the_machine_and_a_refused_send_is_said_in_its_place(driving: Screen, lab: LabUnderTest) -> None:
    page = driving.page
    with lab.person() as other:
        run, target = other.command("bash", "-c", "trap 'echo got' USR1; echo ready; while :; do sleep 0.1; done")
        page.goto(f"{lab.url}/signals/USR1")  # the newest that runs is chosen
        expect(row(page, "SIGUSR1", ".sigs-would")).to_contain_text("runs its handler")
        expect(row(page, "SIGTERM", ".sigs-would")).to_contain_text("ends it")
        row(page, "SIGUSR1", ".sigs-send").click()
        expect(row(page, "SIGUSR1", ".sigs-came")).to_contain_text("handler")

        def late(route: Route) -> None:
            """While the request is on its way another person ends the target."""
            with other.events(run=run) as seen:
                other.post(f"/targets/{target}/signals", {"signal": "KILL"})
                seen.until(kind("target_exited"))
            route.continue_()

        with complaints_expected(driving, "409"):
            page.route("**/api/v1/targets/*/signals", late)
            row(page, "SIGHUP", ".sigs-send").click()
            expect(row(page, "SIGHUP", ".sigs-came")).to_contain_text("not sent")
        expect(page.locator(".sigs-state")).to_contain_text("was ended by SIGKILL")


def test_a_viewer_sees_the_same_and_cannot_send(driving: Screen, lab: LabUnderTest, open_screen: Open) -> None:
    with lab.person() as other:
        other.start("pid-1-sandbox")
        watcher = open_screen(lab.viewer_link, driver=False)
        driving.page.goto(f"{lab.url}/signals/TERM")
        watcher.page.goto(f"{lab.url}/signals/TERM")
        for page in (driving.page, watcher.page):
            page.locator("#sigs-target").select_option(label=DEAF)
            expect(row(page, "SIGTERM", ".sigs-would")).to_contain_text("dropped")
        expect(watcher.page.locator(".sigs-state")).to_contain_text("Read-only: the driver sends")
        expect(watcher.page.locator(".sigs-send")).to_have_count(0)
        row(driving.page, "SIGTERM", ".sigs-send").click()
        expect(row(watcher.page, "SIGTERM", ".sigs-came")).to_contain_text("dropped")


@pytest.mark.parametrize("size", SIZES)
def test_it_is_accessible_and_nothing_jumps_or_overflows(lab: LabUnderTest, open_screen: Open, size: object) -> None:
    screen = open_screen(lab.driver_link, driver=True, viewport=size, at="/signals")
    page = screen.page
    expect(page.locator(".sigs-state")).to_contain_text("Nothing is running")
    expect(page.locator(".sigs-table tbody tr")).to_have_count(64)
    assert not violations_in_both(page), "nothing runs"
    with lab.person() as other:
        other.start("pid-1-sandbox")
        page.reload()
        page.locator("#sigs-target").select_option(label=DEAF)
        expect(row(page, "SIGTERM", ".sigs-would")).to_contain_text("dropped")
        row(page, "SIGTERM", ".sigs-send").click()
        expect(row(page, "SIGTERM", ".sigs-came")).to_contain_text("dropped")
        assert not violations_in_both(page), "sent"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
        assert screen.shifted() < 0.02
        if size is PHONE:  # one takes the page, Back leads to the list
            row(page, "SIGTERM", "a").click()
            expect(page.locator(".sigs-main")).to_be_hidden()
            expect(page.locator(".sigs-result")).to_contain_text("sleep is PID 1")
            assert not violations_in_both(page), "one"
            page.go_back()
            expect(page.locator(".sigs-main")).to_be_visible()
            row(page, "SIGHUP", "a").click()
            page.get_by_role("button", name="All signals").click()
            expect(page.locator(".sigs-main")).to_be_visible()
        page.get_by_role("searchbox").fill("no such thing")
        expect(page.locator(".sigs-none")).to_be_visible()
        assert not violations_in_both(page), "nothing found"


def test_the_table_fits_at_every_width(driving: Screen, lab: LabUnderTest) -> None:
    page = driving.page
    with lab.person() as other:
        other.start("pid-1-sandbox")
        page.goto(f"{lab.url}/signals")
        expect(page.locator(".sigs-would").first).to_be_visible()
        for width in (320, 390, 640, 820, 897, 1024, 1264, 1280, 1599, 1600, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(FITS), f"too wide at {width}"
