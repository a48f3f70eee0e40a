"""Too much of everything on the page: it says how much there is and what it leaves out, and goes on to answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import PHONE, Open, Screen
from tests.browser.test_lanes import TOO_WIDE
from tests.loads import CROWD, python
from tests.support import LabUnderTest, kind, running_lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
# As fast as they are taken: ten megabytes in lines with a number, and then its last word.
FLOOD = """
import sys, time
print("press Enter", flush=True)
input()
for n in range(100_000):
    sys.stdout.write(f"{n:06} " + "x" * 92 + "\\n")
print("the end of it", flush=True)
time.sleep(600)
"""
# Longer than this no task may keep the page from its owner's clicks, on a machine that is shared by others.
HELD_UP_MS = 2000
LONGEST = """
window.longest = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
}).observe({type: "longtask", buffered: true});
"""


@pytest.fixture
def busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabUnderTest]:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    with running_lab(tmp_path / "data") as running:
        yield running


def room(lab: LabUnderTest, open_screen: Open) -> tuple[Screen, Screen]:
    """Who drives has a laptop, who watches a phone; of both it is known how long they were held up."""
    phone = open_screen(lab.viewer_link, driver=False, viewport=PHONE, has_touch=True)
    screens = open_screen(lab.driver_link, driver=True), phone
    for screen in screens:
        screen.context.add_init_script(LONGEST)
    return screens


def steady(screen: Screen) -> None:
    """Nothing has moved, nothing is wider or much longer than the window."""
    assert screen.shifted() < 0.02, screen.moved()
    wide = screen.page.evaluate(TOO_WIDE)
    assert not wide, f"wider than the window: {wide}"
    assert screen.page.evaluate("document.documentElement.scrollHeight < 3 * innerHeight"), "a list is not bounded"


def at_hand(screen: Screen) -> None:
    """Until now nobody had to wait for this page.  To be asked before axe-core is: that holds a page up for seconds."""
    assert screen.page.evaluate("window.longest") < HELD_UP_MS


def inside(page: Page, box: str, row: str) -> bool:
    """Is the row to be seen within its own box?"""
    return bool(
        page.evaluate(
            """([box, row]) => {
              const [outer, inner] = [box, row].map((name) => document.querySelector(name).getBoundingClientRect());
              return inner.top >= outer.top && inner.bottom <= outer.bottom;
            }""",
            [box, row],
        )
    )


LEFT_OUT = re.compile(r"… [\d,]+ bytes left out …")


def scrolled(page: Page, act: Callable[[], object], wanted: str | re.Pattern[str]) -> None:
    """Whoever does that again and again comes to the wanted line, and sees it in the terminal."""
    rows = page.locator(".xterm-rows")
    for _ in range(200):
        before = rows.inner_text()
        act()
        expect(rows).not_to_have_text(before, use_inner_text=True)
        if rows.get_by_text(wanted).count():
            break
    expect(rows.get_by_text(wanted).first).to_be_in_viewport()


def drag(page: Page, by: int) -> None:
    """A finger on the terminal goes so far down."""
    page.locator(".term").evaluate("it => it.scrollIntoView({block: 'center'})")
    box = page.locator(".xterm-screen").bounding_box()
    assert box
    x, y = box["x"] + 100, box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)
    for what, points in (
        ("touchStart", [{"x": x, "y": y}]),
        *(("touchMove", [{"x": x, "y": y + by * part / 4}]) for part in range(1, 5)),
        ("touchEnd", []),
    ):
        finger.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": points})
    finger.detach()


@pytest.mark.long
def test_five_hundred_processes(busy: LabUnderTest, open_screen: Open) -> None:
    driving, _ = screens = room(busy, open_screen)
    with busy.person() as person:
        run, target = person.command(*python(CROWD))
        for screen in screens:
            screen.page.goto(f"{busy.url}/runs/{run}")
            expect(screen.page.get_by_role("heading", name="501 processes in main")).to_be_visible(timeout=30_000)
            expect(screen.page.locator(".board-row")).to_have_count(100)
            expect(screen.page.locator(".board-rest")).to_contain_text(
                "401 processes further down the tree are not shown"
            )
        expect(driving.page.locator(".board-head")).to_contain_text("100 shown")
        page = driving.page
        expect(page.locator(".board-row i").last).to_have_text("├ ")  # more follow, further down than is shown
        top = page.evaluate("scrollY")
        more = page.get_by_role("button", name="Show more")
        more.focus()  # as Tab does: the list scrolls in its own panel
        assert inside(page, ".board-scroll", ".board-rest button")
        assert page.evaluate("scrollY") == top
        page.keyboard.press("Enter")
        expect(page.locator(".board-row")).to_have_count(200)
        page.locator(".board-row").nth(150).click()
        expect(page.locator(".board-row").nth(150).get_by_role("radio")).to_be_checked()
        chosen = page.locator(".board-row").nth(150).locator("b").inner_text()
        expect(page.locator(".board-to")).to_contain_text(f"Send to {chosen} sleep")
        page.locator('button.key[data-signal="SIGTERM"]').click()
        expect(page.locator(".record-list")).to_contain_text(f"sends SIGTERM to sleep ({chosen})")
        for screen in screens:
            steady(screen)
            at_hand(screen)
            assert not violations(screen.page), "many rows"
        page.get_by_role("button", name="Stop", exact=True).click()
        for screen in screens:
            expect(screen.page.locator(".field")).to_have_attribute("data-state", "left")
            expect(screen.page.locator(".board-none")).to_contain_text("All of its processes are gone.")
            steady(screen)
        with person.events(run=run) as events:
            events.until(kind("target_exited", target=target))


@pytest.mark.long
def test_ten_megabytes_of_output(busy: LabUnderTest, open_screen: Open) -> None:
    driving, watching = screens = room(busy, open_screen)
    page = driving.page
    with busy.person() as person:
        run, _ = person.command(*python(FLOOD))
        for screen in screens:
            screen.page.goto(f"{busy.url}/runs/{run}")
        watching.page.get_by_role("navigation", name="Panels").get_by_role("button", name="Terminal").click()
        for screen in screens:
            expect(screen.page.locator(".xterm-rows")).to_contain_text("press Enter")
        page.locator(".xterm-screen").click()
        page.keyboard.press("Enter")
        page.locator(".stop-other").fill("1")  # meanwhile
        for screen in screens:
            expect(screen.page.locator(".xterm-rows")).to_contain_text("the end of it", timeout=60_000)
            expect(screen.page.locator(".term-head")).to_contain_text(
                "cut: only the first 8 MiB of output and the last"
            )
            at_hand(screen)
            assert not violations(screen.page), "after ten megabytes"
            assert "cut: only the first" in screen.page.get_by_role("region", name="Terminal").aria_snapshot()
        page.locator(".xterm-screen").click()
        scrolled(page, lambda: page.mouse.wheel(0, -100), LEFT_OUT)
        scrolled(page, lambda: page.keyboard.press("Shift+PageDown"), "the end of it")
        scrolled(page, lambda: page.keyboard.press("Shift+PageUp"), LEFT_OUT)
        watching.page.emulate_media(reduced_motion="reduce")  # else a finger throws
        scrolled(watching.page, lambda: drag(watching.page, 140), LEFT_OUT)
        scrolled(watching.page, lambda: drag(watching.page, -140), "the end of it")
        expect(page.locator(".record-list")).to_contain_text(
            "more than 8 MiB of output: the rest is left out, but for its last lines"
        )
        for screen in screens:
            steady(screen)
        page.reload()  # who comes later sees the same
        expect(page.locator(".xterm-rows")).to_contain_text("the end of it", timeout=60_000)
        page.locator(".stop-other").fill("1")
        page.get_by_role("button", name="Stop", exact=True).click()
        for screen in screens:
            expect(screen.page.locator(".field")).to_have_attribute("data-state", "left")
            steady(screen)
        for width in (
            1280,
            1600,
        ):  # of low windows, which the terminal is below: fewer rows, and it is still at its end
            page.set_viewport_size({"width": width, "height": 500})
            expect(page.locator(".xterm-screen")).not_to_be_in_viewport()
        page.locator(".term").scroll_into_view_if_needed()
        expect(page.locator(".xterm-rows")).to_contain_text("the end of it")
