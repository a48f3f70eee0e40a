"""Many tabs of one browser have one line to the lab; a server that was killed and is back is no reload for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Screen, complaints_expected
from tests.browser.test_main_job import key, start, wait_for_line
from tests.killable import killable
from tests.support import LabUnderTest, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
TABS = 10


def recorded(screen: Screen) -> list[str]:
    """The rows of the record, oldest last or first, without the times."""
    ids = screen.page.locator(".record-list [id]").evaluate_all("rows => rows.map((row) => row.id)")
    return [str(each) for each in ids]


def test_ten_tabs_follow_over_one_connection(lab: LabUnderTest, open_screen: Open) -> None:
    """HTTP/1.1 gives a browser six: with a line of its own for each the seventh tab would stay empty."""
    driving = open_screen(lab.driver_link, driver=True)
    start(driving.page, "Catch every signal")
    watching = open_screen(lab.viewer_link, driver=False)
    pages = [watching.page, *(watching.context.new_page() for _ in range(TABS - 1))]
    for page in pages:
        page.goto(driving.page.url)
        wait_for_line(page, "ready: process")
    with lab.person() as person:
        assert person.get("/health").json()["viewers"] == 1
        key(driving.page, "USR1")
        for page in pages:
            wait_for_line(page, "USR1")
        for page in pages[1:]:
            page.close()
        key(driving.page, "USR2")
        wait_for_line(pages[0], "USR2")
        watching.page.goto("about:blank")
        until(lambda: person.get("/health").json()["viewers"] == 0, what="the line ends with the last tab")


def test_a_browser_comes_back_by_itself_after_the_server_was_killed(tmp_path: Path, open_screen: Open) -> None:
    with killable(tmp_path) as server:
        driving = open_screen(server.drive, driver=True)
        watching = open_screen(server.watch, driver=False)
        start(driving.page, "Catch every signal")
        watching.page.goto(driving.page.url)
        screens = (driving, watching)
        for screen in screens:
            wait_for_line(screen.page, "ready: process")
            screen.page.evaluate("window.loaded_once = true")
        with complaints_expected(driving, "Failed to load", "ERR_"), complaints_expected(watching, "Failed", "ERR_"):
            server.kill()
            for screen in screens:
                expect(screen.page.locator("body")).to_contain_text(re.compile("connection|reconnect", re.I))
            server.start()
            for screen in screens:
                expect(screen.page.locator(".result")).to_contain_text(
                    "was running when the lab was killed, and so it was ended"
                )
        with server.person() as person:
            run = driving.page.url.rsplit("/")[-1]
            stored = person.get(f"/runs/{run}/events.jsonl").text.count('"kind":"target_exited"')
        assert stored == 1
        for screen in screens:
            assert screen.page.evaluate("window.loaded_once") is True
            rows = recorded(screen)
            assert len(rows) == len(set(rows)) > 3
        assert recorded(driving) == recorded(watching)
        start_again = driving.page.get_by_role("button", name=re.compile("Start again|Again|Start", re.I)).first
        start_again.click()
        wait_for_line(driving.page, "ready: process")
        driving.page.goto("about:blank")
        watching.page.goto("about:blank")
