"""High contrast: whoever asks for more of it, or sets two colours for everything, sees and reaches what others do."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import in_both, settled, violations_in_both
from tests.browser.conftest import Open
from tests.browser.test_lanes import WAITS, begin, lane
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WISHES = {"more": {"contrast": "more"}, "forced": {"contrast": "more", "forced_colors": "active"}}
STOPS = 40  # of the Tab key, on each page

# What has the focus and does not show it: no line of two pixels around it, its label or what it draws over itself.
UNSEEN = """() => {
  const own = document.activeElement;
  if (!own || own === document.body || own.closest(".xterm")) return null;
  const line = (of, pseudo) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(of, pseudo);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const places = [[own], [own, "::after"], ...(own.closest("label") ? [[own.closest("label")]] : []),
    ...[...own.querySelectorAll("circle")].map((each) => [each])];
  const drawn = own.matches(".fall-hit");
  return drawn || places.some(([of, pseudo]) => line(of, pseudo)) ? null : own.outerHTML.slice(0, 120);
}"""
# What tells a state by colour only: a chip, a key or a cell of the board without a word or a shape.
WORDLESS = """() => [...document.querySelectorAll(".chip, .key, .board-row > td, .bar-src, .lesson-tick, .lanes-lane")]
  .filter((each) => each.checkVisibility() && !each.textContent.trim()).map((each) => each.outerHTML.slice(0, 120))"""
# Of the drawing, what has less than 3:1 on its ground.
FAINT = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
      .map((each) => (each <= 10.3 ? each / 3294 : ((each / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const ground = light(getComputedStyle(document.querySelector(".field")).backgroundColor);
  return [...document.querySelectorAll(".fall-life, .fall-line, .fall-say, .clock .num svg")].filter((each) => {
    const { fill, stroke } = getComputedStyle(each);
    const ink = light(each.matches("line, .num svg") ? stroke : fill);
    return Math.max(ink, ground) / Math.min(ink, ground) < 3;
  }).map((each) => each.outerHTML.slice(0, 120));
}"""


def seen(page: Page, where: str) -> None:
    settled(page)
    assert not page.evaluate(WORDLESS), where
    assert not violations_in_both(page), where


def faint(page: Page) -> None:
    for scheme in in_both(page):
        assert not page.evaluate(FAINT), f"drawn too faintly in {scheme}"


OTHERS = ("/runs", "/signals", "/race")


def followed(page: Page, where: str) -> None:
    """The focus is to be seen wherever Tab goes."""
    page.locator("body").click(position={"x": 2, "y": 2})
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        hidden = page.evaluate(UNSEEN)
        assert not hidden, f"{where}: no focus on {hidden}"


@pytest.mark.parametrize(
    ("wish", "paths"),
    [
        ("forced", ()),
        pytest.param("forced", OTHERS, marks=pytest.mark.long),
        pytest.param("more", OTHERS, marks=pytest.mark.long),
    ],
    ids=["forced", "forced, every page", "more, every page"],
)
def test_home_and_stage_with_high_contrast(
    lab: LabUnderTest, open_screen: Open, wish: str, paths: tuple[str, ...]
) -> None:
    screen = open_screen(lab.driver_link, driver=True, **WISHES[wish])
    page = screen.page
    expect(page.get_by_role("link", name="Catch every signal").first).to_be_visible()
    seen(page, "home")
    followed(page, "home")
    begin(page, lab, "catch-all")
    expect(page.locator(".stop-fate")).to_contain_text("handler")
    seen(page, "ready")
    followed(page, "stage")
    page.locator(".stop-other").fill("30")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
    seen(page, "stopping")
    faint(page)
    page.get_by_role("button", name="Kill now").click()
    expect(page.locator(".clock-say")).to_have_text(re.compile("Killed"))
    seen(page, "killed")
    faint(page)
    for path in paths:
        page.goto(f"{lab.url}{path}")
        main = page.get_by_role("main")
        expect(main.get_by_role("button").or_(main.get_by_role("link")).first).to_be_visible()
        seen(page, path)
        followed(page, path)


# Lanes side by side without a line between them.
JOINED = """() => {
  const grounds = [...document.querySelectorAll(".lanes-lane")].map((each) => getComputedStyle(each));
  const gap = getComputedStyle(document.body.parentElement).backgroundColor;
  return grounds.filter(({ backgroundColor, boxShadow }) => backgroundColor === gap && boxShadow === "none").length;
}"""
# Of what is drawn, what is hardly there.
DIM = """() => [...document.querySelectorAll(".lanes-plot *, .fall-plot *, .times-chart *")]
  .filter((each) => Number(getComputedStyle(each).opacity) < 0.6).map((each) => each.outerHTML.slice(0, 120))"""
# Marks that have the ground they are drawn on: the timeout's line on the bar of a stop that took longer.
LOST = """() => [...document.querySelectorAll(".times-deadline")].filter((deadline) => {
  const under = deadline.previousElementSibling;
  return !under?.matches(".times-under") || getComputedStyle(under).stroke === getComputedStyle(deadline).stroke;
}).length"""
# The terminal's own ground is the page's: it is no part of the style sheets.
TERMINAL = """() => getComputedStyle(document.querySelector(".xterm-scrollable-element")).backgroundColor ===
  getComputedStyle(document.querySelector("html")).backgroundColor"""

# What a lane says beyond its own edges: cut, or over its neighbour.
OUTSIDE = """() => [...document.querySelectorAll(".lanes-lane")].flatMap((lane) => {
  const { top, bottom } = lane.getBoundingClientRect();
  const said = lane.querySelectorAll(".lanes-name, .lanes-end b, .lanes-end p span:not(.vh), .num, .fall-say");
  return [...said].filter((each) => {
    const box = each.getBoundingClientRect();
    return box.height && (box.top < top - 1 || box.bottom > bottom + 1);
  }).map((each) => `${lane.dataset.target}: ${each.outerHTML.slice(0, 100)}`);
})"""


@pytest.mark.long
def test_a_race_its_whole_fall_its_chart_and_presenter_mode_with_forced_colours(
    lab: LabUnderTest, open_screen: Open
) -> None:
    """Asked for while the page is open, as by the keys of the system."""
    lanes = [
        {"host": "process", "name": name, "command": ["bash", "-c", f"trap '{trap}' TERM; {WAITS}"]}
        for name, trap in (("deaf", ""), ("polite", "exit 5"), *((f"deaf-{number}", "") for number in range(3, 9)))
    ]
    with lab.person() as person:
        run = person.post("/runs", {"race": lanes}).json()["run"]
        page = open_screen(lab.driver_link, driver=True, at=f"/runs/{run}").page
        expect(lane(page, "deaf-8").locator(".lanes-end")).to_contain_text("would wait")
        page.emulate_media(forced_colors="active", contrast="more")

        def looked(where: str) -> None:
            seen(page, where)
            for scheme in in_both(page):
                assert not page.evaluate(JOINED), f"{where}, {scheme}"
                assert not page.evaluate(DIM), f"{where}, {scheme}"

        looked("ready")
        assert person.post(f"/runs/{run}/stop", {"timeout_s": 60}).is_success
        expect(lane(page, "polite")).to_have_attribute("data-state", "left")
        expect(lane(page, "deaf-8").locator(".lanes-end")).to_contain_text("SIGKILL in")
        looked("stopping")
        page.keyboard.press("v")
        expect(page.locator(".whole .fall-headline")).to_be_attached()
        looked("its whole fall")
        page.keyboard.press("v")
        page.keyboard.press("P")
        expect(page.locator(".pres-headline")).to_be_visible()
        looked("presenter mode")
        assert not page.evaluate(OUTSIDE), "of its lane"
        assert all(page.evaluate(TERMINAL) for _ in in_both(page))
        for target in person.get(f"/runs/{run}").json()["targets"]:
            person.post(f"/targets/{target['id']}/kill", {})
        expect(lane(page, "deaf-8")).to_have_attribute("data-state", "killed")
        looked("presenter mode, at its end")
        assert not page.evaluate(OUTSIDE), "of its lane"
        page.keyboard.press("Escape")
        expect(page.locator(".times-chart")).to_be_visible()
        looked("the chart")
        expect(page.locator(".times-deadline").first).to_be_attached()
        assert not any(page.evaluate(LOST) for _ in in_both(page))
