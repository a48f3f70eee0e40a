"""Words of the fall lie on no other words, and none of them leaves the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import LAPTOP, PHONE, PROJECTOR, Open
from tests.browser.test_lanes import begin
from tests.browser.test_main_job import wait_for_line
from tests.support import LabUnderTest, running_lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

# A box of text is as high as its type's line: descenders of one may reach into the other's empty top.
CROSSED = """() => {
  const words = [...document.querySelectorAll(".fall-plot text")].filter((each) => each.textContent.trim());
  const boxes = words.map((each) => [each.textContent, each.getBoundingClientRect()]);
  const out = boxes.filter(([, { left, right }]) => left < 0 || right > innerWidth).map(([text]) => `cut: ${text}`);
  boxes.forEach(([text, a], at) => {
    for (const [other, b] of boxes.slice(at + 1)) {
      const [wide, high] = [Math.min(a.right, b.right) - Math.max(a.left, b.left),
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
      if (wide > 0 && high > 3) out.push(`${text} on ${other}`);
    }
  });
  return out;
}"""


def on_its_terminal(page: Page) -> None:
    """A phone has the terminal on a tab of its own; only what is seen has a size that the program is told of."""
    if page.viewport_size == PHONE:
        page.get_by_role("navigation", name="Panels").get_by_role("button", name="Terminal").click()
    wait_for_line(page, "ready: process")


def apart(page: Page, where: str) -> None:
    assert not page.evaluate(CROSSED), where


@pytest.mark.parametrize("size", [PHONE, LAPTOP, PROJECTOR], ids=lambda size: str(size["width"]))
def test_signals_in_the_middle_of_a_stop_are_told_beside_each_other(
    lab: LabUnderTest, open_screen: Open, size: ViewportSize
) -> None:
    page = open_screen(lab.driver_link, driver=True, viewport=size).page
    begin(page, lab, "catch-all")
    on_its_terminal(page)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
    wait_for_line(page, "TERM")
    apart(page, "stopping")
    page.set_viewport_size({**size, "width": size["width"] - 30})  # the terminal says WINCH
    wait_for_line(page, "WINCH")
    apart(page, "narrower")
    page.set_viewport_size(size)
    with lab.person() as person:
        target = f"{page.url.rpartition('/')[2]}.script"
        for name in ("USR1", "HUP", "USR2", "ALRM"):
            assert person.post(f"/targets/{target}/signals", {"signal": f"SIG{name}"}).is_success
            wait_for_line(page, name)
            apart(page, name)
        assert person.post(f"/targets/{target}/kill").is_success
    expect(page.locator(".field")).to_have_attribute("data-state", "killed")
    apart(page, "killed")


def test_why_the_kernel_is_not_seen_fits_a_phone(tmp_path: Path, open_screen: Open) -> None:
    with running_lab(tmp_path / "data", kernel_trace="off") as lab:
        page = open_screen(lab.driver_link, driver=True, viewport=PHONE).page
        begin(page, lab, "catch-all")
        on_its_terminal(page)
        expect(page.locator(".fall-why", has_text="no witness")).to_have_count(1)
        apart(page, "ready")
        page.get_by_role("button", name="Stop", exact=True).click()
        wait_for_line(page, "TERM")
        apart(page, "stopping")
