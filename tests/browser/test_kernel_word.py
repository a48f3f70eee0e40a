"""The kernel's word and the forecasts on the page: of experiments, of a command and of an image of one's own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Screen
from tests.browser.test_main_job import key, start, wait_for_line
from tests.support import running_lab

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.timeout(120)]


def start_own(page: Page, what: str, *, image: str = "", command: str) -> None:
    """Something of one's own, from the form below the catalogue."""
    page.locator(".own .seg label", has_text=what).click()
    if image:
        page.get_by_placeholder("image", exact=True).fill(image)
    page.get_by_label("Command", exact=True).fill(command)
    page.locator(".own").get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.locator(".board-row")).not_to_have_count(0)


def foretold(page: Page, short: str, word: str) -> None:
    """What a key says that its signal would do."""
    expect(page.locator(f'.key:has(b:text-is("{short}")) span').last).to_have_text(word)


def says(page: Page, *texts: str) -> None:
    """The one sentence in large type: which of its lengths depends on the room that is left beside it by then."""
    expect(page.locator(".fall-headline")).to_have_text(re.compile("|".join(map(re.escape, texts))))


def test_before_a_stop_it_is_said_what_will_happen_and_then_it_does(driving: Screen, watching: Screen) -> None:
    page = driving.page
    start(page, "PID 1 ignores what it does not handle")
    watching.page.goto(page.url)
    wait_for_line(page, "Serving HTTP")
    for each in (page, watching.page):
        foretold(each, "TERM", "dropped")
        foretold(each, "INT", "handler")
        expect(each.locator(".result")).to_contain_text("no handler for SIGTERM")
    expect(page.locator(".stop-fate")).to_contain_text("illed after 10 s")
    page.locator(".stop-wait label", has_text="3").first.click()
    expect(page.locator(".stop-fate")).to_contain_text("illed after 3 s")
    page.get_by_role("button", name="Stop", exact=True).click()
    for each in (page, watching.page):
        says(each, "dropped: PID 1 has no handler for SIGTERM", "dropped: no handler")
        expect(each.locator(".record-list")).to_contain_text("SIGTERM to python3 (1): dropped")
    expect(page.locator(".field")).to_have_attribute("data-state", "killed")
    assert driving.shifted() < 0.02


def test_from_inside_even_kill_is_dropped(driving: Screen) -> None:
    page = driving.page
    start(page, "PID 1 ignores what it does not handle")
    wait_for_line(page, "Serving HTTP")
    foretold(page, "KILL", "kills it")
    page.locator(".board-from label", has_text="inside").click()
    foretold(page, "KILL", "dropped")
    key(page, "KILL")
    expect(page.locator(".record-list")).to_contain_text("SIGKILL to python3 (1): dropped")
    expect(page.locator(".board-row")).to_have_count(1)


def test_a_command_of_ones_own(driving: Screen) -> None:
    page = driving.page
    script = "trap 'echo hit' USR1; trap '' HUP; echo ready; while :; do read -r _; done"
    start_own(page, "process", command=f'bash -c "{script}"')
    wait_for_line(page, "ready")
    foretold(page, "USR1", "handler")
    foretold(page, "HUP", "ignored")
    key(page, "USR1")
    says(page, "runs its handler for SIGUSR1", "the handler for SIGUSR1 runs", "its handler runs")
    wait_for_line(page, "hit")
    key(page, "HUP")
    expect(page.locator(".record-list")).to_contain_text("SIGHUP to bash")
    expect(page.locator(".record-list")).to_contain_text("ignored")


def test_an_image_of_ones_own(driving: Screen) -> None:
    page = driving.page
    start_own(page, "container", image="base", command="tini -- sleep 1000")
    expect(page.locator(".board-row")).to_have_count(2)
    expect(page.locator(".stop-fate")).to_contain_text("stop at once")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".field")).to_have_attribute("data-state", "left")
    expect(page.locator(".record-list")).to_contain_text("SIGTERM to sleep")


def test_what_cannot_be_started_is_said_on_the_page(driving: Screen) -> None:
    page = driving.page
    page.locator(".own .seg label", has_text="process").click()
    command = page.get_by_label("Command", exact=True)
    command.fill("bash -c 'open")
    expect(page.locator(".own")).to_contain_text("A quote is not closed.")
    expect(page.locator(".own").get_by_role("button", name="Start")).to_be_disabled()
    start_no_such = "no-such-program-anywhere"
    command.fill(start_no_such)
    page.locator(".own").get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.locator("#main, main").first).to_contain_text(start_no_such)


def test_a_lab_without_the_trace_says_so(engine: None, open_screen: Open, tmp_path: Any) -> None:
    with running_lab(tmp_path / "data", kernel_trace="off") as lab:
        page = open_screen(lab.driver_link, driver=True).page
        expect(page.locator(".bar-off")).to_have_text("no kernel trace")
        start(page, "Catch every signal")
        wait_for_line(page, "ready: process")
        foretold(page, "USR1", "handler")
        key(page, "USR1")
        wait_for_line(page, "USR1")
        expect(page.locator(".fall")).to_contain_text("witness")
