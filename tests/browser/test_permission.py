"""A lab of an ordinary user: the page names the witnesses that it may not ask, and what would allow each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import PHONE, Open
from tests.browser.test_lanes import TOO_WIDE
from tests.browser.test_main_job import start, wait_for_line
from tests.engine.test_ordinary_user import serving
from tests.engine.test_ordinary_user import there as there
from tests.killable import Killable

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.timeout(120)]


@pytest.fixture
def closed(engine: None, there: Path) -> Iterator[Killable]:
    """There is an engine, and a kernel that tells: but not this user."""
    yield from serving(there)


def test_what_this_user_may_not_use_is_named_with_what_would_allow_it(closed: Killable, open_screen: Open) -> None:
    driving = open_screen(closed.drive, driver=True)
    watching = open_screen(closed.watch, driver=False, viewport=PHONE)
    for screen in (driving, watching):
        page = screen.page
        engine = page.get_by_role("region", name="No engine")
        expect(engine).to_contain_text("Docker is here, but this user may not use it.")
        expect(engine).to_contain_text("permission denied")
        expect(engine).to_contain_text("usermod -aG docker")
        trace = page.get_by_role("region", name="No kernel trace")
        expect(trace).to_contain_text("The kernel’s own word is missing here.")
        expect(trace).to_contain_text(re.compile("To allow it.*root", re.S))
        assert not violations(page), "home"
        wide = page.evaluate(TOO_WIDE)
        assert not wide, f"wider than the window: {wide}"
    page = driving.page
    page.get_by_role("link", name="With --init").first.click()
    expect(page.get_by_role("button", name="Needs Docker")).to_be_disabled()
    expect(page.locator("main")).to_contain_text("docker group")
    assert not violations(page), "an experiment that needs what is closed"
    page.get_by_role("link", name="Signal Lab").click()
    start(page, "Catch every signal")
    wait_for_line(page, "ready")
    expect(page.locator(".bar")).to_contain_text("no kernel trace")
    expect(page.locator(".board-row").first).to_be_visible()
    page.locator('button.key[data-signal="SIGUSR1"]').click()
    wait_for_line(page, "USR1")  # the rest is as true as ever
    assert not violations(page), "a run without two witnesses"
    assert driving.shifted() < 0.02, driving.moved()
    for screen in (driving, watching):
        screen.page.goto("about:blank")
