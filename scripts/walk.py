"""Walks experiments through in a real browser, as a person would: start, press each step's button, wait for the ticks.

    .venv/bin/python scripts/walk.py [--size 1280x800] [--theme dark|light] [--pictures FOLDER] [ID …]

One line for each experiment: steps done, ticks, seconds, complaints of the page, violations that axe-core finds at the
end.  Leaves with 1 when one was not walked to its end, or there was a complaint or a violation; 2 for a wrong command.
Without ids those that are not possible on this machine are told, and are no failure.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.experiments.loading import load_catalogue  # noqa: E402
from tests.browser.axe import AXE, violations  # noqa: E402
from tests.browser.chromium import launch  # noqa: E402
from tests.browser.walker import Walk, walk  # noqa: E402
from tests.support import LabUnderTest, running_lab  # noqa: E402


def main() -> int:
    asked = arguments()
    pictures: Path | None = asked.pictures and asked.pictures.absolute()
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    begun, walked, wrong = time.monotonic(), 0, 0
    with (
        contextlib.chdir(ROOT),  # axe-core is looked for from there
        tempfile.TemporaryDirectory() as data,
        running_lab(Path(data)) as lab,
        driving(lab, asked.size, asked.theme) as (page, complaints),
        lab.person() as person,
    ):
        catalogue, _ = load_catalogue()
        shown = {each["id"]: each for each in person.get("/experiments").json()["experiments"]}
        for name in asked.ids or shown:
            if not shown[name]["available"]:
                print(f"{name:22} not possible here: {shown[name]['why_not']}", flush=True)
                wrong += bool(asked.ids)
                continue
            complaints.clear()
            one = walk(page, lab.url, catalogue[name])
            found = violations(page) if AXE.exists() else None
            if pictures:
                picture = pictures / f"{name}-{asked.size['width']}-{asked.theme}.png"
                page.screenshot(path=picture, animations="disabled")
            if one.run:
                reply = person.client.delete(f"/api/v1/runs/{one.run}")
                complaints += [] if reply.is_success else [f"the run could not be removed: {reply.text}"]
            tell(one, complaints, found)
            walked += not one.why
            wrong += bool(one.why or complaints or found)
    print(f"{walked} walked to their end in {time.monotonic() - begun:.0f} s; something wrong in {wrong}")
    return 1 if wrong else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("ids", nargs="*", metavar="ID", help="experiments; all that are possible here when absent")
    parser.add_argument("--size", type=size, default="1280x800", help="of the window, in pixels: 1280x800")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="one picture of each at its end")
    asked = parser.parse_args()
    if unknown := set(asked.ids) - set(load_catalogue()[0]):
        parser.error(f"there is no experiment {', '.join(sorted(unknown))}")
    return asked


def size(text: str) -> ViewportSize:
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT, found {text!r}")
    return {"width": int(found[1]), "height": int(found[2])}


@contextlib.contextmanager
def driving(lab: LabUnderTest, size: ViewportSize, theme: str) -> Iterator[tuple[Page, list[str]]]:
    """The driver's window, and the list that fills with what its console complains of."""
    complaints: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        # What the page asks by itself of a target that has just ended is answered 409, which the browser writes down.
        late = "409" in said.text and re.search(r"/targets/[^/]+/(resize|forecast)\b", said.location.get("url", ""))
        if said.type in ("error", "warning") and not late:
            complaints.append(f"{said.type}: {said.text} {said.location.get('url', '')}".strip())

    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(viewport=size, color_scheme="dark" if theme == "dark" else "light")
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.goto(lab.driver_link)
        page.get_by_role("button", name="Enter as the driver").click()
        page.wait_for_url("**/")
        yield page, complaints
        browser.close()


def tell(one: Walk, complaints: list[str], found: list[str] | None) -> None:
    came = f"{one.done}/{one.steps} steps  {one.seen}/{one.expected} ticks"
    came += f", {one.unseen} unseen" if one.unseen else ""
    axe = "absent" if found is None else len(found)
    said = f"{one.took_s:5.1f} s  console {len(complaints)}  axe {axe}  {one.why or 'walked'}"
    print(f"{one.id:22} {came:34} {said}", flush=True)
    for line in [*complaints, *(f"axe: {each}" for each in found or [])]:
        print(f"    {line[:300]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
