"""A report that somebody was sent goes into another lab, by hand, and is replayed there; a broken file is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import Open, complaints_expected
from tests.browser.test_hostile import HTML, WATCH
from tests.browser.test_replay import at_its_end, killed, shown
from tests.browser.test_report import saved
from tests.support import LabUnderTest, running_lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
DROP = """(text) => {
  const data = new DataTransfer();
  data.items.add(new File([text], "dropped.jsonl"));
  for (const kind of ["dragover", "drop"])
    dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def test_a_report_is_imported_and_replayed_in_another_lab(lab: LabUnderTest, open_screen: Open, tmp_path: Path) -> None:
    with lab.person() as person:
        run = killed(person, 1)
        file = saved(person, run, tmp_path)
    own = open_screen(lab.viewer_link, driver=False, at=f"/runs/{run}?replay&at=1000000").page
    at_its_end(own)
    with running_lab(tmp_path / "other") as other:
        page = open_screen(other.driver_link, driver=True, at="/runs").page
        expect(page.locator(".hist-none")).to_be_visible()
        assert not violations(page)
        page.get_by_label("Import a run").set_input_files(file)
        page.wait_for_url("**/runs/i1**")
        at_its_end(page)
        expect(page.locator(".xterm-rows")).to_contain_text("deaf")
        assert shown(page) == shown(own)
        expect(page.locator(".bar-run")).to_contain_text(f"replay of imported run {run[1:]}")
        expect(page.get_by_role("button", name=re.compile("Stop|Run it again|Start"))).to_have_count(0)
        expect(page.locator("button.key")).to_have_count(0)
        assert not violations(page)
        page.goto(f"{other.url}/runs")
        expect(page.locator(".hist-list > li")).to_have_count(1)
        expect(page.locator(".hist-list")).to_contain_text("imported")
        assert not violations(page)
        page.goto("about:blank")


def test_a_file_is_dropped_and_a_broken_one_names_its_line(lab: LabUnderTest, open_screen: Open) -> None:
    with lab.person() as person:
        run = killed(person, 0)
        file = person.get(f"/runs/{run}/events.jsonl").text
    screen = open_screen(lab.driver_link, driver=True, at="/runs")
    page = screen.page
    expect(page.locator(".hist-list > li")).to_have_count(1)
    with complaints_expected(screen, "422"):
        page.evaluate(DROP, file + "{broken\n")
        expect(page.get_by_role("alert")).to_contain_text(f"line {len(file.splitlines()) + 1}: it is not JSON")
        expect(page.locator(".hist-list > li")).to_have_count(1)
    page.evaluate(DROP, file)
    page.wait_for_url("**/runs/i1**")
    at_its_end(page)


def test_what_is_hostile_in_a_file_does_nothing(lab: LabUnderTest, open_screen: Open) -> None:
    """Every text of a real run is replaced, where a file may say what it likes."""
    with lab.person() as person:
        run = killed(person, 0)
        file = person.get(f"/runs/{run}/events.jsonl").text
        hostile = HTML.replace('"', "'")
        for text in ("bash", "deaf", "person", "SIGTERM", "by SIGKILL"):
            file = re.sub(
                rf'"(title|question|text|comm|equivalent|meaning|sender|by)":"[^"]*{text}', rf'"\1":"{hostile}', file
            )
        assert person.client.post("/api/v1/imports", content=file.encode()).status_code == 201
    page = open_screen(lab.viewer_link, driver=False).page
    page.add_init_script(WATCH)
    page.goto(f"{lab.url}/runs/i1")
    at_its_end(page)
    expect(page.locator("body")).to_contain_text("onerror=window.hurt")
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_text("16×").click()
    at_its_end(page)
    page.goto(f"{lab.url}/runs")
    expect(page.locator(".hist-list > li")).to_have_count(2)
    assert page.evaluate("window.hurt") is None
    assert page.locator("img").count() == 0
