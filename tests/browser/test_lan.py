"""A colleague opens the link from a chat, is counted, and is told when it is revoked."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, complaints_expected
from tests.browser.test_main_job import start, wait_for_line
from tests.killable import killable

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_colleague_watches_by_the_public_address_until_the_link_is_revoked(tmp_path: Path, open_screen: Open) -> None:
    port = free_port()
    public = f"http://localhost:{port}"
    flags = ("--host", "0.0.0.0", "--port", str(port), "--public-url", public)
    with killable(tmp_path, *flags) as server:
        assert server.drive.startswith(f"{public}/enter/")
        driving = open_screen(server.drive, driver=True, by_hand=True)
        start(driving.page, "Catch every signal")
        expect(driving.page.locator(".bar-who")).to_have_text("only you")
        driving.page.get_by_role("button", name="Share a link to watch").click()
        link = driving.page.locator(".dlg-slot code").inner_text()
        assert link.startswith(f"{public}/watch/")
        watching = open_screen(link, driver=False, by_hand=True)
        watching.page.goto(driving.page.url)
        wait_for_line(watching.page, "ready: process")
        expect(driving.page.locator(".bar-who")).to_have_text("1 watching")
        expect(driving.page.get_by_role("dialog")).to_contain_text("One viewer watches now.")
        driving.page.get_by_role("button", name="Revoke all links").click()
        with complaints_expected(watching, "401"):
            driving.page.get_by_role("button", name="Revoke", exact=True).click()
            expect(driving.page.get_by_role("dialog")).to_contain_text("one viewer was signed out")
            expect(watching.page.locator("body")).to_contain_text("You are signed out.")
            expect(watching.page.locator("body")).to_contain_text(re.compile("Ask the driver for a new one"))
        expect(driving.page.locator(".bar-who")).to_have_text("only you")
        driving.page.get_by_role("button", name="Make a new link").click()
        expect(driving.page.locator(".dlg-slot code")).to_contain_text(f"{public}/watch/")
        assert driving.shifted() < 0.02
        for screen in (driving, watching):
            screen.page.goto("about:blank")
