"""A lab and a browser where network interfaces come and go: a program of its own, for it needs a network of its own.

    unshare --net python -m tests.browser.shaken TABS OPENINGS SIGNALS

Containers that start on a bridge do the same to a machine.  A browser then fails each request that waits for a
connection or is just being given one; what a person does must come about all the same, once.  Says what it has seen as
one line of JSON, and leaves with an error where something is blank, torn, lost or doubled.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, expect, sync_playwright

from tests.browser.chromium import launch
from tests.support import LabUnderTest, Person, prints, running_lab, until

PAIRS_PER_S = 10
LESSON = "/experiments/catch-all"
NAMES = ("USR1", "USR2", "HUP", "PIPE", "QUIT")
WITHIN_MS = 30_000
# What the worker has told a tab, before the page's own guard against what comes twice.
HEARD = """
window.heard = [];
const Real = SharedWorker;
window.SharedWorker = class extends Real {
  constructor(...how) {
    super(...how);
    this.port.addEventListener("message", ({data}) => {
      if (data.kind === "events") for (const {id, run} of data.events) window.heard.push([data.key, id, run ?? null]);
    });
  }
};
"""
# No sheet is missing, and none is empty; nothing says that a part is.
WHOLE = """() => !document.getElementById("part") && [...document.querySelectorAll("link[rel=stylesheet]")]
  .every(({sheet}) => sheet?.cssRules.length > 10)"""


@contextmanager
def interfaces_that_come_and_go() -> Iterator[list[int]]:
    """Pairs of them, with an address; how many there were."""
    over = threading.Event()
    made = [0]

    def ip(*words: str) -> None:
        subprocess.run(("ip", *words), check=True, capture_output=True)

    def shake() -> None:
        while not over.wait(1 / PAIRS_PER_S):
            number = made[0] % 200
            ip("link", "add", f"va{number}", "type", "veth", "peer", "name", f"vb{number}")
            ip("address", "add", f"10.77.{number}.1/30", "dev", f"va{number}")
            ip("link", "set", f"va{number}", "up")
            ip("link", "delete", f"va{number}")
            made[0] += 1

    shaking = threading.Thread(target=shake)
    shaking.start()
    try:
        yield made
    finally:
        over.set()
        shaking.join()


class Proof:
    """A driver with several tabs of one browser.  ``seen`` counts what had to be done once more."""

    def __init__(self, lab: LabUnderTest, person: Person, context: BrowserContext, tabs: int) -> None:
        self.lab, self.person = lab, person
        self.tabs = [context.new_page() for _ in range(tabs)]
        self.seen = {"openings": 0, "navigations that failed": 0, "page loads": 0, "refused by the page": 0}
        for tab in self.tabs:
            tab.on("load", lambda _: self.count("page loads"))

    def count(self, what: str) -> None:
        self.seen[what] += 1

    def open(self, tab: Page, path: str) -> None:
        """As a person does: where the browser shows its own error instead of the page, it is opened again."""
        self.count("openings")
        while True:
            try:
                tab.goto(f"{self.lab.url}{path}", timeout=WITHIN_MS)
                return
            except Error as error:
                if "ERR_NETWORK_CHANGED" not in error.message and "interrupted by another" not in error.message:
                    raise
                self.count("navigations that failed")

    def is_whole(self, tab: Page, shows: str) -> None:
        expect(tab.locator(shows).first).to_be_visible(timeout=WITHIN_MS)
        tab.wait_for_function(WHOLE, timeout=WITHIN_MS)

    def start(self) -> str:
        tab = self.tabs[0]
        self.open(tab, LESSON)
        button = tab.get_by_role("button", name="Start", exact=True)
        refused = tab.locator(".note", has_text="It was not started.")  # a note may be of the connection, too
        while "/runs/" not in tab.url:
            expect(button).to_be_enabled(timeout=WITHIN_MS)
            button.click()
            until(lambda: "/runs/" in tab.url or refused.count(), within_s=60, what="the start")
            if "/runs/" not in tab.url:
                self.count("refused by the page")
        run = tab.url.rsplit("/")[-1]
        with self.person.events(run=run) as events:
            events.until(prints("ready"))
        for other in self.tabs[1:]:
            self.open(other, f"/runs/{run}")
        for each in self.tabs:
            expect(each.locator(".xterm-rows")).to_contain_text("ready", timeout=WITHIN_MS)
        return run

    def printed(self, run: str, name: str) -> int:
        output = self.past(run, kind="output")
        return "".join(event["text"] for event in output).split().count(name)

    def past(self, run: str, **wish: str) -> list[dict[str, Any]]:
        reply = self.person.client.get("/api/v1/events/past", params={"run": run, "limit": "1000", **wish}).json()
        events: list[dict[str, Any]] = reply["events"]
        assert len(events) < 1000, "there is more than one page of them"
        return events

    def signal(self, run: str, tab: Page, name: str) -> None:
        """One click; another one only where the page says that it was not sent."""
        wanted = self.printed(run, name) + 1
        key = tab.locator(f'button.key[data-signal="SIG{name}"]')
        while True:
            key.click()
            until(lambda: self.printed(run, name) >= wanted or "not sent" in key.inner_text(), within_s=30, what=name)
            if self.printed(run, name) >= wanted:
                return
            self.count("refused by the page")

    def stopping(self, run: str) -> bool:
        return bool(self.past(run, kind="stop_requested"))

    def stop(self, run: str) -> None:
        tab = self.tabs[0]
        button = tab.locator("button.stop-go")
        tab.locator(".stop-other").fill("1")
        refused = tab.locator(".note", has_text="The stop was not taken.")
        while not self.stopping(run):
            expect(button).to_be_enabled(timeout=WITHIN_MS)
            button.click()
            until(lambda: self.stopping(run) or refused.count(), within_s=60, what="the stop")
            if not self.stopping(run):
                self.count("refused by the page")
        with self.person.events(run=run) as events:
            events.until(lambda event: event["kind"] == "run_finished")  # its last one: what it consists of is known

    def is_complete(self, run: str, tab: Page) -> None:
        """Each event of the run was told to the tab, once and in order, by the line that follows the run.

        Another line of the same tab may tell some of them too: a lesson that waits for a start follows what is started,
        and a run that is over is followed by a lookout for the next one.  None of them tells anything twice.
        """
        ours = [event["id"] for event in self.past(run) if event.get("run") == run]
        got = "(run) => window.heard.filter(([, , of]) => of === run).map(([key, id]) => [key, id])"
        lines: dict[int, list[int]] = {}

        def heard() -> bool:
            lines.clear()
            for key, number in tab.evaluate(got, run):
                lines.setdefault(key, []).append(number)
            return any(line[-1:] == ours[-1:] for line in lines.values())

        until(heard, what="the last event in a tab")
        assert ours in lines.values(), lines
        for line in lines.values():
            assert line == sorted(set(line)), line


def prove(tabs: int, openings: int, signals: int) -> dict[str, int]:
    with (
        tempfile.TemporaryDirectory() as data,
        running_lab(Path(data), kernel_trace="off") as lab,
        lab.person() as person,
        sync_playwright() as playwright,
        launch(playwright) as browser,
        browser.new_context(viewport={"width": 1280, "height": 800}) as context,
    ):
        came = context.request.post(lab.driver_link, headers={"origin": lab.url}, max_redirects=0)
        assert came.status == 303, came.text()
        context.add_init_script(HEARD)
        proof = Proof(lab, person, context, tabs)
        with interfaces_that_come_and_go() as made:
            for number in range(openings):
                tab = proof.tabs[number % tabs]
                proof.open(tab, LESSON)
                proof.is_whole(tab, "button:has-text('Start')")
            run = proof.start()
            for number in range(signals):
                proof.signal(run, proof.tabs[0], NAMES[number % len(NAMES)])
            proof.stop(run)
            for tab in proof.tabs:
                proof.is_whole(tab, ".xterm-rows")
                proof.is_complete(run, tab)
        asked = [event["signal"] for event in proof.past(run, kind="signal_requested")]
        assert asked == [f"SIG{NAMES[number % len(NAMES)]}" for number in range(signals)], asked
        for at, name in enumerate(NAMES):
            assert proof.printed(run, name) == len(range(at, signals, len(NAMES))), name
        return {"interfaces": made[0], **proof.seen}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(prove(*map(int, sys.argv[1:]))))
