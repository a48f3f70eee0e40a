"""A real Chromium, and two people: one drives, one watches."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.support import LabUnderTest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
PROJECTOR: ViewportSize = {"width": 1920, "height": 1080}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Counts every unexpected movement on the page, from its first paint on.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({type: "layout-shift", buffered: true});
"""


@dataclass
class Screen:
    """One person's browser window.  ``wrong`` gathers what the console and the network complained of."""

    page: Page
    context: BrowserContext
    wrong: list[str] = field(default_factory=list)

    def shifted(self) -> float:
        """The layout-shift score so far; below 0.02 nobody notices."""
        return float(self.page.evaluate("window.shifts.reduce((sum, value) => sum + value, 0)"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.fail("no Chromium here; `make setup` installs one")
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


Open = Callable[..., Screen]


@pytest.fixture
def open_screen(browser: Browser) -> Iterator[Open]:
    """``open_screen(link, driver=True)``: a new person's window; its errors fail the test at the end."""
    screens: list[Screen] = []

    def open_(link: str, *, driver: bool, viewport: ViewportSize = LAPTOP, scheme: str = "dark") -> Screen:
        context = browser.new_context(
            viewport=viewport, color_scheme="dark" if scheme == "dark" else "light", reduced_motion="no-preference"
        )
        context.add_init_script(SHIFTS)
        context.set_default_timeout(15_000)
        page = context.new_page()
        screen = Screen(page, context)
        screens.append(screen)
        page.on("pageerror", lambda error: screen.wrong.append(f"error: {error}"))
        page.on("console", lambda said: screen.wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.goto(link)
        if driver:
            page.get_by_role("button", name="Enter as the driver").click()
        page.wait_for_url("**/")
        return screen

    yield open_
    wrong = [line for screen in screens for line in screen.wrong]
    for screen in screens:
        screen.context.close()
    assert not wrong, wrong


@contextmanager
def complaints_expected(screen: Screen, *words: str) -> Iterator[None]:
    """Within the block the console may say these (a lost connection, a refused request)."""
    before = len(screen.wrong)
    yield
    screen.wrong[before:] = [line for line in screen.wrong[before:] if not any(word in line for word in words)]


@pytest.fixture
def driving(lab_with_engine: LabUnderTest, open_screen: Open) -> Screen:
    return open_screen(lab_with_engine.driver_link, driver=True)


@pytest.fixture
def watching(lab_with_engine: LabUnderTest, open_screen: Open) -> Screen:
    return open_screen(lab_with_engine.viewer_link, driver=False)


@pytest.fixture(autouse=True)
def vendored() -> None:
    """The page's modules are there."""
    if not Path("static/vendor/lit-html/lit-html.js").exists():
        pytest.fail("static/vendor is empty; `scripts/vendor` fills it")
