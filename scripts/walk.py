"""Walks experiments through in a real browser, as a person would: start, press each step's button, wait for the ticks.

    .venv/bin/python scripts/walk.py [--size 1280x800] [--theme dark] [--pictures FOLDER] [ID …]

One line for each experiment; leaves with 1 when one was not walked to its end, or the page complained of something.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import FLAGS  # noqa: E402
from tests.support import LabUnderTest, running_lab  # noqa: E402

STEP_WITHIN_S = 25.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("ids", nargs="*", help="experiments; all of them when absent")
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    path = shutil.which("chromium") or shutil.which("google-chrome")
    failed = 0
    with tempfile.TemporaryDirectory() as data, running_lab(Path(data)) as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=asked.theme)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type != "info" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(lab.driver_link)
        page.get_by_role("button", name="Enter as the driver").click()
        page.wait_for_url("**/")
        with lab.person() as person:
            shown = {each["id"]: each for each in person.get("/experiments").json()["experiments"]}
        for name in asked.ids or shown:
            complaints.clear()
            begun = time.monotonic()
            why = walk(page, lab, shown[name]["title"], len(shown[name]["steps"]))
            if asked.pictures:
                asked.pictures.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=asked.pictures / f"{name}-{width}-{asked.theme}.png")
            took_s = time.monotonic() - begun
            failed += bool(why or complaints)
            print(f"{name:24} {why or 'walked to its end'} in {took_s:.1f} s {'; '.join(complaints)}", flush=True)
        browser.close()
    return 1 if failed else 0


def walk(page: Page, lab: LabUnderTest, title: str, steps: int) -> str | None:
    """Gives what stood in the way."""
    page.goto(lab.url)
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    for index in range(steps):
        step = page.locator(".less-step").nth(index)
        deadline = time.monotonic() + STEP_WITHIN_S
        pressed = False
        while step.get_attribute("data-is") != "done":
            if time.monotonic() > deadline:
                return f"step {index + 1} of {steps} was not ticked: {step.inner_text()!r}"
            button = step.locator(".less-do button")
            if not pressed and button.count() and button.is_enabled():
                try:
                    button.click(timeout=2000)
                    pressed = True
                except TooLate:
                    continue
            page.wait_for_timeout(50)
    learnt = page.locator("details.less-learnt")
    return None if learnt.get_attribute("open") is not None else "what was to be learnt does not stand there"


if __name__ == "__main__":
    sys.exit(main())
