"""A report is opened from the disk, with no network at all: it shows and replays the run, and does nothing else."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations_in_both
from tests.browser.conftest import LAPTOP, SIZES, Open
from tests.browser.test_hostile import HTML, PROGRAM, WATCH
from tests.browser.test_replay import at_its_end, killed, shown
from tests.support import LabUnderTest, Person, kind, prints

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

# Marks the page once the stop has waited: on a slow machine that is over before anybody looks.
NOTE = """() => {
  const root = document.documentElement;
  const said = () => document.querySelector(".clock-say")?.innerText ?? "";
  const look = () => root.toggleAttribute("data-waited", said().includes("SIGKILL in"));
  const observer = new MutationObserver(() => look() && observer.disconnect());
  observer.observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
FORGED = """() => {
  const forged = document.createElement("script");
  forged.textContent = "window.hurt = 1";
  document.body.append(forged);
}"""


class Reader:
    """Somebody who was sent a report, and is not on any network.  ``asked``: every request that was tried."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.asked: list[str] = []
        self.wrong: list[str] = []

    def open(self, file: Path, **wishes: object) -> Page:
        wishes = {"viewport": LAPTOP, "color_scheme": "dark", **wishes}
        context = self._browser.new_context(offline=True, **wishes)  # type: ignore[arg-type]
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.goto(file.as_uri())
        assert self.asked == [file.as_uri()]
        return page


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    one = Reader(browser)
    yield one
    assert not one.wrong, one.wrong
    assert all(url.startswith("file:") for url in one.asked), one.asked


def saved(person: Person, run: str, folder: Path) -> Path:
    reply = person.get(f"/runs/{run}/report")
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-disposition"] == f'attachment; filename="signal-lab-{run}.html"'
    path = folder / f"{run}.html"
    path.write_bytes(reply.content)
    return path


def test_it_shows_what_the_page_showed_and_replays_it(
    lab: LabUnderTest, open_screen: Open, reader: Reader, tmp_path: Path
) -> None:
    with lab.person() as person:
        run = killed(person, 1)
        file = saved(person, run, tmp_path)
    live = open_screen(lab.viewer_link, driver=False, at=f"/runs/{run}").page
    expect(live.locator(".result h2")).to_have_text("Verdict")
    expect(live.locator(".xterm-rows")).to_contain_text("deaf")
    page = reader.open(file)
    expect(page.locator(".result h2")).to_have_text("Verdict")
    expect(page.locator(".xterm-rows")).to_contain_text("deaf")
    assert shown(page) == shown(live)
    expect(page.locator(".bar-run")).to_contain_text(re.compile(rf"report of run {run[1:]} .*, made \d{{4}}-"))
    proof = page.locator(".result-said a").first
    number = proof.inner_text()
    proof.click()
    expect(page.locator(f"#e{number}")).to_be_focused()
    page.evaluate(NOTE)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("html[data-waited]")).to_have_count(1)
    expect(page.locator(".field")).to_have_attribute("data-state", "killed")
    at_its_end(page)
    assert page.get_by_role("link").evaluate_all("all => all.map((a) => a.getAttribute('href'))[0]").startswith("#")
    assert page.locator("a:not([href^='#'])").count() == 0, "nothing leads out of it"


def test_what_a_program_printed_does_nothing_in_it(lab: LabUnderTest, reader: Reader, tmp_path: Path) -> None:
    breaks = "</script></noscript><script>window.hurt='data'</script><!--<script>"
    with lab.person() as person:
        run, target = person.command(sys.executable, "-I", "-c", PROGRAM, HTML, breaks, "\u202egnp.exe")
        with person.events(run=run) as events:
            events.until(prints("all said"))
            events.until(kind("process_appeared"))
            person.post(f"/targets/{target}/stop", {"timeout_s": 5})
            events.until(kind("run_finished"))
        file = saved(person, run, tmp_path)
    page = reader.open(file)
    expect(page.locator(".xterm-rows")).to_contain_text("all said")
    expect(page.locator(".board-row").first).to_be_visible()
    for cell in page.locator(".xterm-rows span", has_text="click me").all():
        cell.click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="End", exact=True).click()
    assert page.evaluate("window.hurt") is None
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 3, "the data, what is known, and the one script"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(FORGED)
    page.evaluate("fetch('http://127.0.0.1:9/').catch(() => {})")
    assert page.evaluate("window.hurt") is None, "its policy allows one script"
    said, reader.wrong[:] = list(reader.wrong), []
    assert all("Content Security Policy" in each for each in said), said
    reader.asked.clear()
    quiet = reader.open(file, java_script_enabled=False)
    expect(quiet.locator(".report")).to_contain_text("window.hurt='data'")
    assert quiet.locator("img").count() == 0


def test_without_script_it_still_says_what_happened(lab: LabUnderTest, reader: Reader, tmp_path: Path) -> None:
    with lab.person() as person:
        run = killed(person, 0)
        file = saved(person, run, tmp_path)
        verdict = person.get(f"/runs/{run}").json()["result"]["verdict"]
    page = reader.open(file, java_script_enabled=False)
    expect(page.locator(".report")).to_contain_text("trap '' TERM; echo deaf")
    expect(page.locator(".report h3").filter(has_text=verdict)).to_be_visible()
    expect(page.locator(".report-events li").filter(has_text="stop_requested")).to_have_count(1)


@pytest.mark.parametrize("size", SIZES)
def test_it_is_accessible(lab: LabUnderTest, reader: Reader, tmp_path: Path, size: object) -> None:
    with lab.person() as person:
        file = saved(person, killed(person, 0), tmp_path)
    page = reader.open(file, viewport=size)
    expect(page.locator(".result h2")).to_have_text("Verdict")
    assert not violations_in_both(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
