"""A real Chromium, and two people: one drives, one watches."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from app.web.assets import ASSETS
from tests.browser import axe
from tests.browser.chromium import launch
from tests.support import LabUnderTest, running_lab

LAPTOP: ViewportSize = {"width": 1280, "height": 800}
PROJECTOR: ViewportSize = {"width": 1920, "height": 1080}
PHONE: ViewportSize = {"width": 390, "height": 844}
# The projector in `make test`, the others in `make long`; on a phone the stage is looked at in each (test_states.py).


def first(*ways: str) -> list[Any]:
    """One of a kind in `make test`, the others in `make long`."""
    return [ways[0], *(pytest.param(way, marks=pytest.mark.long) for way in ways[1:])]


SIZES = [
    pytest.param(PROJECTOR, id="1920"),
    pytest.param(LAPTOP, id="1280", marks=pytest.mark.long),
    pytest.param(PHONE, id="390", marks=pytest.mark.long),
]
# Counts every unexpected movement on the page, from its first paint on, and remembers what moved from where to where.
SHIFTS = """
window.shifts = [];
window.moved = [];
const named = (node) => {
  const of = node?.nodeType === 1 ? node : node?.parentElement;
  return of ? `${of.tagName}.${of.className.baseVal ?? of.className}: ${of.textContent.trim().slice(0, 30)}` : "gone";
};
const placed = ({x, y, width, height}) => [x, y, width, height].map(Math.round).join(" ");
new PerformanceObserver((list) => {
  for (const {hadRecentInput, value, sources} of list.getEntries()) if (!hadRecentInput) {
    window.shifts.push(value);
    for (const {node, previousRect, currentRect} of sources)
      window.moved.push(`${value.toFixed(4)} ${named(node)} ${placed(previousRect)} -> ${placed(currentRect)}`);
  }
}).observe({type: "layout-shift", buffered: true});
"""

NEXT_FRAMES = (
    """() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn))))"""
)

# A page without an origin (about:blank) has no storage.
ROAMS = """
try { sessionStorage["signal-lab-led"] ??= "roam"; } catch {}
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

    def asked_for(self) -> None:
        """The page is as a person has asked for: only what moves from now on counts.

        A browser forgives what moves within half a second of a click; a busy machine takes longer.
        """
        self.page.evaluate(NEXT_FRAMES)
        self.page.evaluate("window.shifts.length = window.moved.length = 0")

    def moved(self) -> str:
        """What made up that score: to be said where it is too high."""
        return "\n".join(self.page.evaluate("window.moved"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def _axe_count(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """How many pages and states of them axe has looked at: summed up at the end of the run."""
    before = len(axe.looked)
    yield
    if count := len(axe.looked) - before:
        record_property("axe", count)


Open = Callable[..., Screen]


@pytest.fixture
def open_screen(browser: Browser) -> Iterator[Open]:
    """``open_screen(link, driver=True, at="/runs")``: a new person's window; its errors fail the test at the end.

    ``by_hand``: the link is opened and its button pressed; else it is taken without the page that it shows.

    ``wishes``: what else their browser is told, such as ``forced_colors="active"``.

    A viewer roams unless ``follows``: a page that goes by itself where the driver goes would cross the test's own ways.
    """
    screens: list[Screen] = []

    def open_(
        link: str,
        *,
        driver: bool,
        viewport: ViewportSize = LAPTOP,
        scheme: str = "dark",
        follows: bool = False,
        at: str = "/",
        by_hand: bool = False,
        **wishes: Any,
    ) -> Screen:
        context = browser.new_context(
            viewport=viewport,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="no-preference",
            **wishes,
        )
        context.add_init_script(SHIFTS)
        if not follows:
            context.add_init_script(ROAMS)
        context.set_default_timeout(15_000)
        page = context.new_page()
        screen = Screen(page, context)
        screens.append(screen)
        page.on("pageerror", lambda error: screen.wrong.append(f"error: {error}"))
        page.on("console", lambda said: screen.wrong.append(said.text) if said.type in ("error", "warning") else None)
        if by_hand:
            page.goto(link)
            if driver:
                page.get_by_role("button", name="Enter as the driver").click()
            page.wait_for_url("**/")
            return screen
        lab = "/".join(link.split("/")[:3])
        method = "POST" if driver else "GET"
        came = context.request.fetch(link, method=method, headers={"origin": lab}, max_redirects=0)
        assert came.status == 303, came.text()
        page.goto(f"{lab}{at}")
        return screen

    yield open_
    # Containers of other tests come and go: a browser then drops what it loads, and the page loads it again.
    wrong = [line for screen in screens for line in screen.wrong if "ERR_NETWORK_CHANGED" not in line]
    for screen in screens:
        screen.context.close()
    assert not wrong, wrong


@contextmanager
def lab_of(tmp_path: Path, *experiments: str) -> Iterator[LabUnderTest]:
    """A lab that has these beside the catalogue, each the text of a file, which has the name of its id."""
    folder = tmp_path / "experiments"
    folder.mkdir()
    for text in experiments:
        (folder / f"{tomllib.loads(text)['id']}.toml").write_text(text)
    with running_lab(tmp_path / "own", experiments=folder) as running:
        yield running


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
def bundled() -> None:
    """What is looked at is what is shipped."""
    if not ASSETS.files():
        pytest.fail("static/dist is not of these sources; `scripts/vendor` makes it")
