"""At 200 % a laptop's window has 640 × 400 pixels: every page flows into them, and all buttons can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.axe import violations_in_both
from tests.browser.conftest import Open, lab_of
from tests.browser.test_lanes import LATER_TOML, RACE_TOML, TOO_WIDE, begin, lane
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ZOOMED: ViewportSize = {"width": 640, "height": 400}

# What can be pressed but not hit: it is outside the window when it is scrolled to, or something lies over it.  Marks of
# the fall may lie on each other: the record has them apart.
OUT_OF_REACH = """() => {
  const out = [];
  for (const each of document.querySelectorAll("a[href], button:not([disabled]), input, select, summary, textarea")) {
    const own = each.matches("input") ? each.closest("label") ?? each : each;
    if (!own.checkVisibility({ visibilityProperty: true }) || own.matches(".vh, .xterm *, svg *")) continue;
    own.scrollIntoView({ block: "center", inline: "center" });
    const [box] = own.getClientRects();
    if (!box || box.width < 2 || box.height < 2) continue;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const at = document.elementFromPoint(x, y);
    if (!at || !(own.contains(at) || at.contains(own) && at.matches("a, button, label")))
      out.push(`${own.outerHTML.slice(0, 120)} at ${x} ${y} is under ${at?.outerHTML.slice(0, 60)}`);
  }
  scrollTo(0, 0);
  return out;
}"""
# Words that are cut without a sign of it: no ellipsis, and no box of theirs that scrolls.
CUT = """() => [...document.querySelectorAll("h1, h2, h3, p, dt, dd, li, button, label, th, td, b, span, code")]
  .filter((each) => {
    const { overflowX, textOverflow, clipPath } = getComputedStyle(each);
    return each.checkVisibility() && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1 &&
      ["hidden", "clip"].includes(overflowX) && textOverflow !== "ellipsis" && clipPath === "none";
  }).map((each) => each.outerHTML.slice(0, 120))"""


@pytest.fixture
def racing(tmp_path: Path, lab: LabUnderTest) -> Iterator[LabUnderTest]:
    with lab_of(tmp_path, RACE_TOML, LATER_TOML) as running:
        yield running


def flows(page: Page, where: str) -> None:
    """Nothing is cut, beside the window, or out of reach; axe-core has nothing to say."""
    wide = page.evaluate(TOO_WIDE)
    assert not wide, f"{where}: wider than the window: {wide}"
    cut = page.evaluate(CUT)
    assert not cut, f"{where}: cut: {cut}"
    out = page.evaluate(OUT_OF_REACH)
    assert not out, f"{where}: out of reach: {out}"
    assert not violations_in_both(page), where


def test_the_stage_flows_at_200_percent(racing: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(racing.driver_link, driver=True, viewport=ZOOMED, device_scale_factor=2)
    page = screen.page
    with racing.person() as person:
        run, _ = person.command("bash", "-c", "trap '' TERM; echo ready; sleep 600 & wait")
    page.goto(f"{racing.url}/runs/{run}")
    expect(page.locator(".board-row").first).to_be_attached()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_enabled()
    for tab in ("Lesson", "Signals"):
        page.get_by_role("navigation", name="Panels").get_by_role("button", name=tab).click()
        flows(page, f"stage, {tab}")
    page.locator(".stop-other").fill("60")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
    flows(page, "stopping")


@pytest.mark.long
def test_every_page_flows_at_200_percent(racing: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(racing.driver_link, driver=True, viewport=ZOOMED, device_scale_factor=2)
    page = screen.page
    expect(page.get_by_role("link", name="Three at once").first).to_be_visible()
    flows(page, "home")
    begin(page, racing, "later")
    expect(lane(page, "first").locator(".lanes-end")).to_contain_text("would wait")
    flows(page, "lanes")
    with racing.person() as person:
        run, _ = person.command("bash", "-c", "trap '' TERM; echo ready; sleep 600 & wait")
    page.goto(f"{racing.url}/runs/{run}")
    expect(page.locator(".board-row").first).to_be_attached()
    for tab in ("Terminal", "Record", "Result"):
        page.get_by_role("navigation", name="Panels").get_by_role("button", name=tab).click()
        flows(page, f"stage, {tab}")
    page.get_by_role("navigation", name="Panels").get_by_role("button", name="Signals").click()
    page.locator(".stop-other").fill("60")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Kill now").click()
    expect(page.locator(".field")).to_have_attribute("data-state", "killed")
    flows(page, "killed")
    for path in ("/runs", "/signals", "/race"):
        page.goto(f"{racing.url}{path}")
        expect(
            page.get_by_role("main").get_by_role("button").or_(page.get_by_role("main").get_by_role("link")).first
        ).to_be_visible()
        flows(page, path)
    page.goto(f"{racing.url}/signals/SIGTERM")
    expect(page.get_by_role("heading", name=re.compile("SIGTERM")).first).to_be_visible()
    flows(page, "one signal")
