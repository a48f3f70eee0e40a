"""What a page weighs on the wire, as the browser counts it, and that the terminal comes when it is needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, complaints_expected
from tests.support import LabUnderTest

pytestmark = pytest.mark.browser
MOST = 130_000  # bytes, compressed, without the terminal


@dataclass
class Weight:
    """Bytes of the bodies, compressed as they came, of the page, its styles and its modules; not those of the API."""

    page: Page
    urls: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wire = self.page.context.new_cdp_session(self.page)
        wire.on("Network.responseReceived", self._came)
        wire.on("Network.dataReceived", self._got)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _came(self, event: dict[str, Any]) -> None:
        self.urls[event["requestId"]] = event["response"]["url"]

    def _got(self, event: dict[str, Any]) -> None:
        url = self.urls.get(event["requestId"], "")
        if url and "/api/" not in url:
            self.sizes[url] = self.sizes.get(url, 0) + int(event["encodedDataLength"])

    def total(self, *, terminal: bool = False) -> int:
        return sum(size for url, size in self.sizes.items() if ("/terminal-" in url) == terminal)

    def loaded(self, name: str) -> bool:
        return any(name in url for url in self.sizes)


def test_pages_are_light_and_the_terminal_comes_with_a_run(
    lab: LabUnderTest, open_screen: Open, record_property: Callable[[str, object], None]
) -> None:
    screen = open_screen(lab.driver_link, driver=True)
    page = screen.page
    for name, path, seen in (
        ("home", "/", ".home-group"),
        ("runs", "/runs", ".hist-find input"),  # drawn by the script
        ("signals", "/signals", "#sigs-list [data-signal]"),
        ("doctor", "/doctor", ".home-none"),  # nobody answered
        ("experiment", "/experiments/catch-all", "button:has-text('Start')"),
    ):
        weight = Weight(page)
        with complaints_expected(screen, "503"):  # there is no engine for the doctor to ask
            page.goto(f"{lab.url}{path}")
            expect(page.locator(seen).first).to_be_visible()
        record_property(f"{name}, kB on the wire", round(weight.total() / 1000))
        assert len(weight.sizes) <= 6, sorted(weight.sizes)  # with the worker and the icon
        assert 20_000 < weight.total() < MOST, sorted(weight.sizes.items(), key=lambda each: -each[1])[:5]
        assert not weight.loaded("/terminal-"), f"{name} has no terminal"
    weight = Weight(page)
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.locator(".xterm-rows")).to_contain_text("ready")
    assert weight.loaded("/terminal-")
    record_property("the terminal, kB on the wire", round(weight.total(terminal=True) / 1000))
