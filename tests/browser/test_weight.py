"""What a first load asks for and weighs, counted on the wire, and that the terminal comes when it is needed."""

from __future__ import annotations

import re
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, StorageState, expect

from tests.browser.conftest import LAPTOP
from tests.browser.wire import Wire, wire_to
from tests.support import running_lab, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
# Bytes as they came, with all headers: of the files that a page is made of, without the terminal; and of what it reads.
MOST, MOST_LANES, READS = 85_000, 96_000, 32_000
LESSON = 90_000  # all of a lesson
REQUESTS = 8  # of a lesson, with the favicon, for which not every browser of the tests asks
ICON, ICON_SIZE = "favicon.svg", 1000
# Each page: itself, the early script, its style sheet and its script, the worker of all tabs with the stream, one read.
ALWAYS = {"early.js", "stream_worker.js", "/api/v1/events", "/api/v1/lab"}
PAGES: dict[str, tuple[str, str, str, set[str]]] = {
    "home": ("/", "home", ".home-group", {"/api/v1/runs"}),
    "runs": ("/runs", "runs", ".hist-find input", {"/api/v1/runs"}),
    "race": ("/race", "race", ".picks-list, .own", set()),
    "signals": ("/signals", "signals", "#sigs-list [data-signal]", {"/api/v1/signals/uses", "/api/v1/runs"}),
    "lesson": ("/experiments/catch-all", "stage", "button:has-text('Start')", set()),
    "lesson with lanes": ("/experiments/race-wrappers", "lanes", ".lanes-lane", set()),
}
# As long as the page is there: the load of the machine, what goes on, and that the room may look where its driver does.
AGAIN = {"/api/v1/engine", "/api/v1/runs", "/api/v1/events/past", "/api/v1/focus"}
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def short(path: str) -> str:
    """Without what changes: the hash of a bundle, the question of a read."""
    bundle = re.fullmatch(r"/static/dist/(\w+)-[0-9A-Z]{8}(\.\w+)", path)
    return f"{bundle[1]}{bundle[2]}" if bundle else path.partition("?")[0]


def loaded(wire: Wire, expected: set[str]) -> None:
    """All that was to be asked for has come, and nothing else."""
    until(lambda: {*map(short, wire.requests)} >= expected, what=f"{expected} of {wire.requests}")
    until(lambda: {*map(short, wire.sizes)} >= expected, what=f"{expected} of {wire.requests}")
    asked = Counter(short(path) for path in wire.requests)
    assert set(asked) - {ICON} - AGAIN == expected - AGAIN
    assert [path for path, times in asked.items() if times > 1 and path not in AGAIN] == [], wire.requests


@pytest.fixture
def new_browser(browser: Browser) -> Iterator[Callable[[StorageState | None], BrowserContext]]:
    """One that has kept nothing but who it is."""
    opened: list[BrowserContext] = []

    def open_(state: StorageState | None) -> BrowserContext:
        opened.append(browser.new_context(storage_state=state, viewport=LAPTOP))
        opened[-1].set_default_timeout(15_000)
        return opened[-1]

    yield open_
    for context in opened:
        context.close()


def test_a_first_load_is_light_and_the_terminal_comes_with_a_run(
    tmp_path: Path,
    new_browser: Callable[[StorageState | None], BrowserContext],
    record_property: Callable[[str, object], None],
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        running_lab(tmp_path, public_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as lab,
        wire_to(listener, lab.port) as wire,
    ):
        address = f"http://127.0.0.1:{wire.port}"
        first = new_browser(None)
        came = first.request.post(lab.driver_link, headers={"origin": address}, max_redirects=0)
        assert came.status == 303, came.text()
        for name, (path, entry, seen, more) in PAGES.items():
            page = new_browser(first.storage_state()).new_page()
            wire.forget()
            page.goto(f"{address}{path}")
            expect(page.locator(seen).first).to_be_visible()
            loaded(wire, {path, f"{entry}.js", f"{entry}.css", *ALWAYS, *more})
            icon = ICON in map(short, wire.requests)
            goes_on = AGAIN - more
            count = sum(short(path) not in goes_on for path in wire.requests) + (not icon)
            total = sum(size for path, size in wire.sizes.items() if short(path) not in goes_on)
            total += 0 if icon else ICON_SIZE
            reads = sum(
                size for path, size in wire.sizes.items() if path.startswith("/api/") and short(path) not in goes_on
            )
            weights = f"{(total - reads) / 1000:.1f} kB and {reads / 1000:.1f} kB of the API"
            record_property(name, f"{count} requests, {weights}, painted after {page.evaluate(PAINTED):.0f} ms")
            heaviest = sorted(wire.sizes.items(), key=lambda each: -each[1])
            assert 20_000 < total - reads < (MOST_LANES if entry == "lanes" else MOST), heaviest
            assert reads < READS, heaviest
            if "lesson" in name:
                assert count <= REQUESTS, wire.requests
            if name == "lesson":
                assert total <= LESSON, heaviest
            if name == "lesson":
                wire.forget()
                page.get_by_role("button", name="Start", exact=True).click()
                page.wait_for_url(re.compile(r"/runs/r\d+$"))
                expect(page.locator(".xterm-rows")).to_contain_text("ready")
                parts = {short(path): size for path, size in wire.sizes.items() if "/dist/" in path}
                parts = {name: size for name, size in parts.items() if name.startswith("terminal")}
                assert parts.keys() == {"terminal.js", "terminal.css"}
                record_property("the terminal, kB", round(sum(parts.values()) / 1000))
            page.context.close()  # its stream is not the next one's
        page = new_browser(first.storage_state()).new_page()
        page.goto(f"{address}/experiments/catch-all")
        expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
        wire.forget()  # the worker may still be on its way
        page.keyboard.press("p")
        expect(page.locator("html[data-present]")).to_have_count(1)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        later = {short(path): size for path, size in wire.sizes.items() if "/dist/" in path and "worker" not in path}
        assert later.keys() == {"present.css", "dialogs_part.js", "dialogs.css"}, wire.requests
        record_property("dialogs and presenter mode, kB", round(sum(later.values()) / 1000))
