"""Five runs at once: each is on the first page and in the history, ends alone, and tells of nothing but itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import PHONE, Open
from tests.browser.test_main_job import wait_for_line
from tests.support import LabUnderTest, kind, prints

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
FIVE = ("alder", "birch", "cedar", "ebony", "hazel")
TRAPS = "trap 'echo NAME caught it' USR1; trap 'echo NAME leaves; exit 0' TERM"
SAYS = f"{TRAPS}; echo NAME is ready; while :; do sleep 600 & wait $!; done"


def spoken(page: Page) -> set[str]:
    """Which of the five are named by the record and the terminal."""
    words = page.locator(".record-list").inner_text() + page.locator(".xterm-rows").inner_text()
    return {name for name in FIVE if f"{name} " in words}


@pytest.mark.long
def test_five_runs_are_told_apart(lab: LabUnderTest, open_screen: Open) -> None:
    driving = open_screen(lab.driver_link, driver=True)
    watching = open_screen(lab.viewer_link, driver=False, viewport=PHONE)
    page = driving.page
    with lab.person() as person:
        runs = {}
        for name in FIVE:
            runs[name], _ = person.command("bash", "-c", SAYS.replace("NAME", name))
            with person.events(run=runs[name]) as events:
                events.until(prints(f"{name} is ready"))
        for screen in (driving, watching):
            expect(screen.page.locator(".home-runs .chip[data-state=live]")).to_have_count(5)
            assert not violations(screen.page), "five on the first page"
            screen.page.goto(f"{lab.url}/runs")
            expect(screen.page.locator(".hist-list > li")).to_have_count(5)
            expect(screen.page.locator(".hist-list .chip[data-state=live]")).to_have_count(5)
            assert not violations(screen.page), "five in the history"
        tabs = {}
        for name, run in runs.items():  # each in a tab of its own, as from the list
            tabs[name] = driving.context.new_page()
            tabs[name].goto(f"{lab.url}/runs")
            tabs[name].locator(f'.hist-list a[href="/runs/{run}"]').first.click()
            tabs[name].wait_for_url(f"**/runs/{run}")
            wait_for_line(tabs[name], f"{name} is ready")
            expect(tabs[name].get_by_role("button", name="Stop", exact=True)).to_be_enabled()
        for name in ("birch", "hazel"):
            tabs[name].bring_to_front()
            tabs[name].locator('button.key[data-signal="SIGUSR1"]').click()
            wait_for_line(tabs[name], f"{name} caught it")
        tabs["cedar"].bring_to_front()
        tabs["cedar"].get_by_role("button", name="Stop", exact=True).click()
        expect(tabs["cedar"].locator(".field")).to_have_attribute("data-state", "left")
        for name, tab in tabs.items():
            tab.bring_to_front()
            assert spoken(tab) == {name}, name
            if name != "cedar":
                expect(tab.locator(".field")).to_have_attribute("data-state", "idle")
        for screen in (driving, watching):
            screen.page.bring_to_front()
            expect(screen.page.locator(".hist-list .chip[data-state=live]")).to_have_count(4)
            expect(screen.page.locator(".hist-list .chip[data-state=left]")).to_have_count(1)
            assert screen.shifted() < 0.02, screen.moved()
        with person.events(run=runs["cedar"]) as events:
            events.until(kind("run_finished"))
    page.get_by_role("link", name=re.compile("Signal Lab")).click()
    expect(page.locator(".home-runs .chip[data-state=live]")).to_have_count(4)
