"""A slow machine: it draws seldom, answers late and in another order.  What a person does counts all the same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.axe import settled
from tests.browser.conftest import Open, complaints_expected
from tests.browser.test_main_job import start, wait_for_line
from tests.support import LabUnderTest, prints, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SELDOM = "const draw = requestAnimationFrame; requestAnimationFrame = (work) => setTimeout(() => draw(work), 300);"
# Esc, and another key as soon as what was open is not, before the browser draws again.
ESC_THEN = """(key) => {
  const press = (key) => {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  };
  const dialog = document.querySelector("dialog");
  new MutationObserver((_, observer) => {
    observer.disconnect();
    press(key);
  }).observe(dialog, {attributeFilter: ["open"]});
  press("Escape");
}"""


def test_keys_between_two_drawings_are_not_lost(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True)
    screen.context.add_init_script(SELDOM)
    page = screen.page
    start(page, "Catch every signal")
    wait_for_line(page, "ready: process")
    box = page.get_by_role("dialog").get_by_role("combobox")
    for opens, typed, line in (("Control+k", "usr1", "USR1"), ("/", "usr2", "USR2")):
        page.keyboard.press(opens)
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        wait_for_line(page, line)
        page.keyboard.press(opens)
        expect(box).to_be_focused()
        expect(box).to_have_value("")  # nothing is left of what was never drawn
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_opens_in_the_place_of_another_has_the_focus(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True, at="/experiments/catch-all").page
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    page.keyboard.press("?")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.evaluate(ESC_THEN, "?")
    expect(page.get_by_role("dialog")).to_have_attribute("aria-label", "Keys")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


RUNS = re.compile(r"/api/v1/runs\?")


@pytest.mark.parametrize("address", ["/", "/runs", "/signals"])
def test_an_old_answer_does_not_take_the_place_of_a_newer_one(
    lab: LabUnderTest, open_screen: Open, address: str
) -> None:
    """The first question is answered by the lab at once, and the page hears it after the next one's answer."""
    screen = open_screen(lab.driver_link, driver=True)
    page = screen.page
    held: list[Route] = []
    answers: list[bytes] = []

    def hold(route: Route) -> None:
        held.append(route)
        if len(held) == 1:
            answers.append(route.fetch().body())
        else:
            route.continue_()

    screen.context.route(RUNS, hold)
    with page.expect_event("requestfinished", lambda request: bool(RUNS.search(request.url))):
        page.goto(f"{lab.url}{address}")
    with lab.person() as person:
        run, _ = person.command("bash", "-c", "echo here; exec sleep 600")
        with person.events(run=run) as events:
            events.until(prints("here"))
    there = page.locator({"/": ".home-runs", "/runs": ".hist-list", "/signals": "#sigs-target"}[address])
    expect(there).to_contain_text(re.compile("main|sleep 600"))
    with page.expect_event("requestfinished", lambda request: request == held[0].request):
        held[0].fulfill(body=answers[0], content_type="application/json")
    settled(page)
    expect(there).to_contain_text(re.compile("main|sleep 600"), timeout=1)


LATE = 4  # times in a row that a part is dropped: a page that loads one ahead asks for it twice


def tries(page: Page) -> int:
    """How often in a row it did not come whole."""
    try:
        return int(page.evaluate("Number(sessionStorage['signal-lab-tries'] ?? 0)"))
    except Error:
        return -1  # asked between two pages


@pytest.mark.parametrize(
    "part", ["css/base.css", "js/page/theme-early.js", "js/main.js", "js/pages/home/home.js", "js/lit.js"]
)
def test_a_part_that_is_dropped_on_its_way_is_loaded_again(part: str, lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True, at="/docs")
    dropped: list[str] = []

    def drop(route: Route) -> None:
        dropped.append(route.request.url)
        if len(dropped) > LATE:
            route.continue_()
        else:
            route.abort("internetdisconnected")

    screen.context.route(f"**/{part}", drop)
    with complaints_expected(screen, "ERR_INTERNET_DISCONNECTED", "Failed to fetch"):
        screen.page.goto(f"{lab.url}/")
        until(lambda: bool(tries(screen.page)) and len(dropped) >= LATE)
        until(lambda: tries(screen.page) == 0, what="it came whole, and that it did not is forgotten")
    expect(screen.page.get_by_role("link", name="Catch every signal").first).to_be_visible()


def test_a_part_that_never_comes_is_said(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True, at="/docs")
    screen.context.route("**/js/pages/home/home.js", lambda route: route.abort("internetdisconnected"))
    with complaints_expected(screen, "ERR_INTERNET_DISCONNECTED", "Failed to fetch"):
        screen.page.goto(f"{lab.url}/")
        expect(screen.page.locator("#says")).to_contain_text("It is loaded again")
        expect(screen.page.locator("#says")).to_be_visible()
        expect(screen.page.locator("#says")).to_contain_text("could not be loaded whole")
        expect(screen.page.locator("#says")).to_be_visible()
