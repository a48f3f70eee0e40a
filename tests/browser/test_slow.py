"""A slow machine: it draws seldom, answers late and in another order.  What a person does counts all the same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error, Page, Route, expect

from app.web.assets import ASSETS
from tests.browser.axe import settled
from tests.browser.conftest import Open, Screen, complaints_expected, first
from tests.browser.test_main_job import start, wait_for_line
from tests.support import LabUnderTest, kind, prints, until

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


def test_a_click_whose_answer_is_lost_counts_once(lab: LabUnderTest, open_screen: Open) -> None:
    """The lab took it; its answer is dropped on the way, twice."""
    screen = open_screen(lab.driver_link, driver=True)
    page = screen.page
    run = start(page, "Catch every signal")
    wait_for_line(page, "ready: process")
    lost: list[tuple[str, str | None, int]] = []

    def drop(route: Route) -> None:
        key = route.request.headers.get("idempotency-key")
        if len(lost) == 2 or (lost and lost[0][1] != key):  # the next click may come before the first is tried again
            route.continue_()
            return
        taken = route.fetch()
        lost.append((taken.text(), key, taken.status))
        route.abort("connectionreset")

    screen.context.route(re.compile("/api/v1/targets/.*/signals$"), drop)
    with complaints_expected(screen, "ERR_CONNECTION_RESET"):
        for typed, line in (("usr1", "USR1"), ("usr2", "USR2")):
            page.keyboard.press("/")
            page.keyboard.type(typed)
            page.keyboard.press("Enter")
            wait_for_line(page, line)
    assert len(lost) == 2
    assert lost[0] == lost[1], "the same key, and the same answer"
    assert lost[0][2] == 202
    with lab.person() as person, person.events(run=run, kinds=("signal_requested",)) as events:
        events.until(kind("signal_requested", signal="SIGUSR2"))
        assert [event["signal"] for event in events.seen] == ["SIGUSR1", "SIGUSR2"]


RUNS = re.compile(r"/api/v1/runs\?")


@pytest.mark.parametrize("address", first("/", "/runs", "/signals"))
def test_an_old_answer_does_not_take_the_place_of_a_newer_one(
    lab: LabUnderTest, open_screen: Open, address: str
) -> None:
    """The first question is answered by the lab at once, and the page hears it after the next one's answer."""
    screen = open_screen(lab.driver_link, driver=True, at="/docs")  # which asks nothing
    page = screen.page
    held: list[Route] = []
    answers: list[bytes] = []

    def hold(route: Route) -> None:
        held.append(route)
        if len(held) == 1:
            answers.append(route.fetch().body())
        else:
            route.continue_()

    # Where anything is intercepted, the line of a shared worker now and then never begins (Playwright 1.65).
    screen.context.add_init_script("delete globalThis.SharedWorker")
    page.route(RUNS, hold)
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


def test_a_worker_that_never_comes_is_not_waited_for(lab: LabUnderTest, open_screen: Open) -> None:
    """Its script is on its way, and stays so: the page takes a line of its own."""
    screen = open_screen(lab.driver_link, driver=True, at="/docs")
    page = screen.page
    screen.context.route(re.compile("stream_worker"), lambda _route: None)
    page.goto(f"{lab.url}/experiments/catch-all")
    page.get_by_role("button", name="Start", exact=True).click()
    wait_for_line(page, "ready: process")
    page.keyboard.press("/")
    page.keyboard.type("usr1")
    page.keyboard.press("Enter")
    wait_for_line(page, "USR1")


LATE = 4  # times in a row that a part is dropped


def tries(page: Page) -> int:
    """How often in a row it did not come whole."""
    try:
        return int(page.evaluate("Number(sessionStorage['signal-lab-tries'] ?? 0)"))
    except Error:
        return -1  # asked between two pages


class Dropped:
    """Drops what is asked for by this address, ``times`` in a row."""

    def __init__(self, screen: Screen, part: str, times: int = 10**6) -> None:
        self.seen: list[str] = []
        self._times = times
        screen.context.route(re.compile(rf"/{part}(\?|$)"), self._drop)

    def _drop(self, route: Route) -> None:
        self.seen.append(route.request.url)
        if len(self.seen) > self._times:
            route.continue_()
        else:
            route.abort("internetdisconnected")


def asked(page: Page, dropped: Dropped) -> int:
    """How often; the browser's words are heard while it is asked for something."""
    page.wait_for_timeout(20)
    return len(dropped.seen)


BUNDLED = ["static/dist/home-[0-9A-Z]{8}.css", "static/dist/home-[0-9A-Z]{8}.js"]
SOURCES = ["css/panels/bar.css", "js/early.js", "js/entries/home.js", "js/lit.js"]


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """As while somebody works on them."""
    monkeypatch.setattr(ASSETS, "files", dict)


def came_whole(screen: Screen, lab: LabUnderTest, part: str) -> None:
    dropped = Dropped(screen, part, LATE)
    with complaints_expected(screen, "ERR_INTERNET_DISCONNECTED", "Failed to fetch"):
        screen.page.goto(f"{lab.url}/")
        until(lambda: asked(screen.page, dropped) > LATE, what="it is asked for again")
        until(lambda: tries(screen.page) == 0, what="it came whole, and that it did not is forgotten")
    expect(screen.page.get_by_role("link", name="Catch every signal").first).to_be_visible()
    expect(screen.page.locator("#part")).to_have_count(0)


@pytest.mark.parametrize("part", first(*BUNDLED, "static/dist/early-[0-9A-Z]{8}.js"))
def test_a_part_that_is_dropped_on_its_way_is_asked_for_again(part: str, lab: LabUnderTest, open_screen: Open) -> None:
    came_whole(open_screen(lab.driver_link, driver=True, at="/docs"), lab, part)


@pytest.mark.long  # of those who work on the lab
@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("part", first(*SOURCES))
def test_so_is_a_source(part: str, lab: LabUnderTest, open_screen: Open) -> None:
    came_whole(open_screen(lab.driver_link, driver=True, at="/docs"), lab, part)


@pytest.mark.parametrize("part", first(*reversed(BUNDLED)))
def test_a_part_that_never_comes_is_said(part: str, lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True, at="/docs")
    Dropped(screen, part)
    note = screen.page.locator("#part")
    with complaints_expected(screen, "ERR_INTERNET_DISCONNECTED", "Failed to fetch"):
        screen.page.goto(f"{lab.url}/")
        expect(note).to_contain_text("It is loaded again")
        expect(note).to_be_visible()
        expect(note).to_contain_text("could not be loaded whole")
        expect(note).to_be_visible()
        screen.context.unroute_all()
        note.get_by_role("link", name="Load it again").click()
    expect(screen.page.get_by_role("link", name="Catch every signal").first).to_be_visible()
    expect(note).to_have_count(0)


def test_where_no_script_came_the_page_says_so_by_itself(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True, at="/docs")
    Dropped(screen, r"static/dist/\w+-[0-9A-Z]{8}.(js|css)")
    note = screen.page.locator("#part")
    with complaints_expected(screen, "ERR_INTERNET_DISCONNECTED"):
        screen.page.goto(f"{lab.url}/")
        expect(note).to_be_visible()
        expect(note).to_contain_text("missing, or still on its way")
        screen.context.unroute_all()
        note.get_by_role("link", name="Load it again").click()
    expect(screen.page.get_by_role("link", name="Catch every signal").first).to_be_visible()
    expect(note).to_have_count(0)


@pytest.mark.parametrize("part", first("terminal-[0-9A-Z]{8}.js", "terminal-[0-9A-Z]{8}.css"))
def test_the_terminal_that_is_dropped_on_its_way_is_asked_for_again(
    part: str, lab: LabUnderTest, open_screen: Open
) -> None:
    """It comes while a run is under way: the page is not loaded anew for it."""
    screen = open_screen(lab.driver_link, driver=True, at="/experiments/catch-all")
    dropped = Dropped(screen, f"static/dist/{part}", LATE)
    screen.page.evaluate("window.same = true")
    with complaints_expected(screen, "ERR_INTERNET_DISCONNECTED", "Failed to fetch"):
        screen.page.get_by_role("button", name="Start", exact=True).click()
        wait_for_line(screen.page, "ready: process")
    assert len(dropped.seen) == LATE + 1
    assert screen.page.evaluate("window.same") is True
    assert screen.page.evaluate("[...document.styleSheets].some(({href}) => href?.includes('/terminal-'))")
