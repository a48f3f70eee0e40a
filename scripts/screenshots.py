"""Pictures of the main states, for README and docs: a real lab, a real engine, a real browser.

    .venv/bin/python scripts/screenshots.py [FOLDER]

Without an engine the pictures of containers cannot be made, and it says so.  The pictures in docs/pictures are made
like this; each of the others is made at three sizes, dark and light, for looking at.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import FLAGS, LAPTOP, PHONE, PROJECTOR  # noqa: E402
from tests.support import running_lab  # noqa: E402

SIZES: dict[str, ViewportSize] = {"1920": PROJECTOR, "1280": LAPTOP, "390": PHONE}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as data, running_lab(Path(data)) as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_context(viewport=PROJECTOR, color_scheme="dark").new_page()
        page.goto(lab.driver_link)
        shoot(page, folder, "enter")
        page.get_by_role("button", name="Enter as the driver").click()
        page.wait_for_url("**/")
        shoot(page, folder, "home")

        run(page, "Catch every signal")
        expect(page.locator(".xterm-rows")).to_contain_text("ready")
        page.locator('button.key[data-signal="SIGUSR1"]').click()
        expect(page.locator(".xterm-rows")).to_contain_text("USR1")
        shoot(page, folder, "catch-all")

        page.goto(lab.url)
        run(page, "PID 1 ignores what it does not handle")
        expect(page.locator(".xterm-rows")).to_contain_text("Serving")
        shoot(page, folder, "ready")
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
        shoot(page, folder, "stopping", sizes=("1920", "1280"))
        page.get_by_role("button", name="Kill now").click()
        expect(page.locator(".field")).to_have_attribute("data-state", "killed")
        shoot(page, folder, "killed")

        page.goto(lab.url)
        run(page, "With --init")
        expect(page.locator(".board-row")).to_have_count(2)
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.locator(".field")).to_have_attribute("data-state", "left")
        shoot(page, folder, "left")
        page.goto(lab.url)
        shoot(page, folder, "home-after")
        browser.close()


def run(page: Page, title: str) -> None:
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.locator(".board-row")).not_to_have_count(0)


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
