"""Pictures of the main states, for README and docs: a real lab, a real engine, a real browser.

    .venv/bin/python scripts/screenshots.py [FOLDER]

Without an engine those of containers are left out, and it says so.  Each state is made at three sizes, dark and light,
for looking at; the README shows two of them, and only those are in the repository (see .gitignore).
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import launch  # noqa: E402
from tests.browser.conftest import LAPTOP, PHONE, PROJECTOR  # noqa: E402
from tests.support import LabUnderTest, running_lab  # noqa: E402

SIZES: dict[str, ViewportSize] = {"1920": PROJECTOR, "1280": LAPTOP, "390": PHONE}
WIDE = ("1920", "1280")  # what a phone does not have, or what has no time for more


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=30_000)
    with tempfile.TemporaryDirectory() as data, running_lab(Path(data)) as lab, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_context(viewport=PROJECTOR, color_scheme="dark").new_page()
        page.goto(lab.driver_link)
        shoot(page, folder, "enter")
        page.get_by_role("button", name="Enter as the driver").click()
        page.wait_for_url("**/")
        expect(page.locator(".exp").first).to_be_visible()
        shoot(page, folder, "home")
        signals(page, lab, folder)
        with lab.person() as person:
            engine = person.get("/engine").json()
        if engine["state"] == "ready":
            containers(page, lab, browser, folder)
        else:
            print(f"no pictures of containers: {engine['reason']}")
        page.goto(lab.url)
        expect(page.locator(".exp").first).to_be_visible()
        shoot(page, folder, "home-after")
        page.goto(f"{lab.url}/runs")
        expect(page.locator(".hist-list a").first).to_be_visible()
        shoot(page, folder, "runs")
        browser.close()


def signals(page: Page, lab: LabUnderTest, folder: Path) -> None:
    run(page, "Catch every signal")
    expect(page.locator(".xterm-rows")).to_contain_text("ready")
    page.locator('button.key[data-signal="SIGUSR1"]').click()
    expect(page.locator(".xterm-rows")).to_contain_text("USR1")
    shoot(page, folder, "catch-all")
    page.goto(f"{lab.url}/signals/TERM")
    expect(page.locator('tr[data-signal="SIGTERM"] .sigs-would')).to_contain_text("handler")
    shoot(page, folder, "signals")


def containers(page: Page, lab: LabUnderTest, browser: Browser, folder: Path) -> None:
    page.goto(lab.url)
    run(page, "PID 1 ignores what it does not handle")
    expect(page.locator(".xterm-rows")).to_contain_text("Serving")
    shoot(page, folder, "ready")
    page.keyboard.press("P")
    expect(page.locator(".pres-tree")).to_contain_text("python3")
    shoot(page, folder, "present", sizes=WIDE)
    page.keyboard.press("Escape")
    page.locator(".seg label", has_text=re.compile("^10$")).click()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
    shoot(page, folder, "stopping", sizes=WIDE)
    expect(page.locator(".field")).to_have_attribute("data-state", "killed")
    expect(page.locator(".result-all")).to_be_visible()
    shoot(page, folder, "verdict")
    page.keyboard.press("P")
    expect(page.locator(".pres-headline")).to_contain_text("Killed")
    shoot(page, folder, "present-verdict", sizes=WIDE)
    page.keyboard.press("Escape")
    guessing(page, lab, browser, folder)

    page.goto(lab.url)
    run(page, "With --init")
    expect(page.locator(".board-row")).to_have_count(2)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".field")).to_have_attribute("data-state", "left")
    expect(page.locator(".result-all")).to_be_visible()
    shoot(page, folder, "left")

    page.goto(f"{lab.url}/experiments/race-wrappers")
    begin(page)
    expect(page.locator(".lesson-step[data-is=done]")).to_have_count(1)
    shoot(page, folder, "race-ready")
    page.locator(".lesson-step[aria-current] button").first.click()
    expect(page.locator(".result-race .result-say")).to_be_visible()
    shoot(page, folder, "race")
    page.keyboard.press("P")
    expect(page.locator(".pres-lanes")).to_be_visible()
    shoot(page, folder, "present-race", sizes=WIDE)


def guessing(page: Page, lab: LabUnderTest, browser: Browser, folder: Path) -> None:
    """The driver asks, a viewer taps: on a projector, a laptop, a phone and in presenter mode."""
    before = page.url
    page.get_by_role("button", name="Run it again").click()
    page.wait_for_url(lambda url: url != before)
    expect(page.locator(".board-row")).not_to_have_count(0)
    viewer = browser.new_context(viewport=PROJECTOR).new_page()
    viewer.goto(lab.viewer_link)
    viewer.wait_for_url(page.url)
    page.get_by_role("button", name="Guess first").click()
    viewer.locator(".bet-slot .bet-one").first.click()
    expect(page.locator(".bet-say")).to_contain_text("1 person has guessed")
    shoot(page, folder, "guess", sizes=WIDE)
    shoot(viewer, folder, "guess-viewer")
    viewer.context.close()
    page.keyboard.press("P")
    expect(page.locator(".pres-bet")).to_be_visible()
    shoot(page, folder, "present-guess", sizes=WIDE)
    page.keyboard.press("Escape")


def run(page: Page, title: str) -> None:
    page.get_by_role("link", name=title).first.click()
    begin(page)


def begin(page: Page) -> None:
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.locator(".board-row")).not_to_have_count(0, timeout=600_000)  # an image may have to be built first


def shoot(page: Page, folder: Path, name: str, sizes: tuple[str, ...] = tuple(SIZES)) -> None:
    for size in sizes:
        page.set_viewport_size(SIZES[size])
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.wait_for_timeout(450)  # the field's colour settles
            page.screenshot(path=folder / f"{name}-{size}-{scheme}.png")
    page.set_viewport_size(PROJECTOR)
    page.emulate_media(color_scheme="dark")
    print(f"{name}: {', '.join(sizes)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures")
