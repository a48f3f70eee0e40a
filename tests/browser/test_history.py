"""The history as a person uses it: look for a run, send its address, open it, delete it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations_in_both
from tests.browser.conftest import SIZES, Open, complaints_expected
from tests.support import LabUnderTest, kind

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def ended(lab: LabUnderTest, *commands: tuple[str, ...]) -> list[str]:
    """Runs of these commands, all over."""
    runs = []
    with lab.person() as person:
        for command in commands:
            run, _ = person.command(*command)
            with person.events(run=run) as events:
                events.until(kind("run_finished"))
            runs.append(run)
    return runs


def test_a_run_is_looked_for_opened_and_deleted(lab: LabUnderTest, open_screen: Open) -> None:
    _, three, _ = ended(lab, ("true",), ("sh", "-c", "exit 3"), ("echo", "x"))
    screen = open_screen(lab.driver_link, driver=True)
    page = screen.page
    page.get_by_role("link", name="Runs", exact=True).click()
    page.wait_for_url("**/runs")
    expect(page.locator(".hist-list > li")).to_have_count(3)
    page.get_by_role("searchbox").fill('"exit 3"')
    expect(page.locator(".hist-list > li")).to_have_count(1)
    page.wait_for_url("**/runs?q=%22exit+3%22")
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value('"exit 3"')
    expect(page.locator(".hist-list > li")).to_have_count(1)
    expect(page.locator(".hist-list")).to_contain_text("ended by itself, with 3.")
    page.get_by_role("link", name=re.compile("exit 3")).click()
    page.wait_for_url(f"**/runs/{three}")
    expect(page.locator(".clock")).to_contain_text("exit 3")
    page.go_back()
    page.get_by_role("searchbox").fill("nothing like this")
    expect(page.locator(".hist-none")).to_contain_text("No run is like that.")
    page.get_by_role("button", name="Show all runs").click()
    expect(page.locator(".hist-list > li")).to_have_count(3)
    page.get_by_role("combobox", name="Outcome").select_option("killed")
    expect(page.locator(".hist-none")).to_be_visible()
    page.get_by_role("combobox", name="Outcome").select_option("")
    page.get_by_role("button", name=f"Delete run {three[1:]}").click()
    expect(page.get_by_role("button", name="Keep")).to_be_focused()
    page.get_by_role("button", name="Yes, delete").click()
    expect(page.locator(".hist-list > li")).to_have_count(2)
    with complaints_expected(screen, "404"):
        page.goto(f"{lab.url}/runs/{three}")
        expect(page.locator("body")).to_contain_text(f"there is no run {three}")


def test_a_viewer_only_looks_and_before_the_first_run_it_says_what_to_do(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.viewer_link, driver=False, at="/runs").page
    expect(page.get_by_role("link", name="Choose an experiment")).to_be_visible()
    ended(lab, ("true",))
    expect(page.locator(".hist-list > li")).to_have_count(1)  # it comes by itself
    expect(page.get_by_role("button", name=re.compile("Delete|End"))).to_have_count(0)


def test_many_runs_come_in_pages(lab: LabUnderTest, open_screen: Open) -> None:
    ended(lab, *[("true",)] * 52)
    page = open_screen(lab.viewer_link, driver=False, at="/runs").page
    expect(page.locator(".hist-list > li")).to_have_count(50)
    expect(page.locator(".hist-head")).to_contain_text("50 of 52")
    page.get_by_role("button", name="Show more").click()
    expect(page.locator(".hist-list > li")).to_have_count(52)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_it_is_accessible_and_nothing_is_too_wide(lab: LabUnderTest, open_screen: Open, size: object) -> None:
    ended(lab, ("true",), ("sh", "-c", f"exit 3 # {'x' * 300}"))
    page = open_screen(lab.driver_link, driver=True, viewport=size, at="/runs").page
    expect(page.locator(".hist-list > li")).to_have_count(2)
    assert not violations_in_both(page)
    page.get_by_role("button", name="Delete run 1").click()
    assert not violations_in_both(page), "asking"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
    page.get_by_role("searchbox").fill("nothing like this")
    expect(page.locator(".hist-none")).to_be_visible()
    assert not violations_in_both(page), "nothing found"
