"""States that a person meets: no engine, an engine that comes, phone, themes, and what axe says of each page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations, violations_in_both
from tests.browser.conftest import LAPTOP, PHONE, PROJECTOR, Open, Screen, complaints_expected
from tests.browser.test_main_job import start, wait_for_line
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_without_an_engine_the_page_says_how_to_get_one_and_lights_up_by_itself(
    engine: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_screen: Open
) -> None:
    socket = tmp_path / "late.sock"
    monkeypatch.setenv("DOCKER_HOST", f"unix://{socket}")
    lab = LabUnderTest(tmp_path / "data")
    lab.start()
    try:
        page = open_screen(lab.driver_link, driver=True).page
        expect(page.locator("body")).to_contain_text("no socket at")
        expect(page.locator("body")).to_contain_text("apt-get install docker.io")
        assert not violations(page)
        socket.symlink_to("/var/run/docker.sock")
        expect(page.locator(".bar")).to_contain_text(re.compile(r"Docker \d+|Podman \d+"))
        expect(page.locator("body")).not_to_contain_text("no socket at")
        page.get_by_role("link", name="With --init").first.click()
        expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    finally:
        page.goto("about:blank")
        lab.stop()


@pytest.mark.engine
def test_an_engine_that_is_lost_is_said(
    engine: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_screen: Open
) -> None:
    """A proxy in front of the real engine stands for one that goes: the real one serves other tests too."""
    import socket as sockets
    import threading

    path = tmp_path / "proxy.sock"
    pairs: list[sockets.socket] = []
    listener = sockets.socket(sockets.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def copy(source: sockets.socket, to: sockets.socket) -> None:
        try:
            while data := source.recv(65536):
                to.sendall(data)
            to.shutdown(sockets.SHUT_WR)
        except OSError:
            return

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            upstream = sockets.socket(sockets.AF_UNIX)
            upstream.connect("/var/run/docker.sock")
            pairs.extend((client, upstream))
            for one, other in ((client, upstream), (upstream, client)):
                threading.Thread(target=copy, args=(one, other), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    lab = LabUnderTest(tmp_path / "data")
    lab.start()
    try:
        page = open_screen(lab.driver_link, driver=True).page
        start(page, "Catch every signal")
        wait_for_line(page, "ready")
        expect(page.locator(".bar")).to_contain_text("Docker")
        path.unlink()
        listener.close()
        for one in pairs:
            one.close() if one.fileno() < 0 else one.shutdown(sockets.SHUT_RDWR)
        expect(page.locator(".bar")).to_contain_text(re.compile("no answer|lost|no engine"))
        page.locator('button.key[data-signal="SIGUSR1"]').click()  # local experiments go on
        wait_for_line(page, "USR1")
    finally:
        page.goto("about:blank")
        lab.stop()
        for one in pairs:
            one.close()


@pytest.mark.engine
@pytest.mark.parametrize(
    "size",
    [PROJECTOR, pytest.param(LAPTOP, marks=pytest.mark.long), PHONE],
    ids=["1920", "1280", "390"],
)
def test_every_state_is_accessible_and_nothing_jumps_or_overflows(
    lab_with_engine: LabUnderTest, open_screen: Open, size: object
) -> None:
    screen = open_screen(lab_with_engine.driver_link, driver=True, viewport=size)
    page = screen.page
    expect(page.get_by_role("link", name="With --init").first).to_be_visible()
    assert not violations_in_both(page), "home"
    page.get_by_role("link", name="With --init").first.click()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    assert not violations_in_both(page), "before a run"
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.locator(".board-row")).to_have_count(2)
    assert not violations_in_both(page), "ready"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
    assert screen.shifted() < 0.02
    # Stopped by CONT, which changes nothing: so the countdown runs until it is killed.
    page.locator("#stop-signal").select_option("SIGCONT")
    page.locator(".stop-other").fill("60")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
    assert not violations_in_both(page), "stopping"
    slots = page.evaluate(SLOTS)
    page.get_by_role("button", name="Kill now").or_(page.locator(".clock-do button")).first.dispatch_event("click")
    expect(page.locator(".field")).to_have_attribute("data-state", "killed")
    assert not violations_in_both(page), "killed"
    if size is not PHONE:  # there the form of a stop is higher than its countdown
        assert page.evaluate(SLOTS) == slots, "a panel has moved"
        assert screen.shifted() < 0.02


SLOTS = """["bar", "field", "clock", "board", "term", "record"].map((name) => {
  const {x, y, width, height} = document.querySelector("." + name).getBoundingClientRect();
  return [name, x, y, width, height];
})"""


def test_a_used_link_and_a_page_that_is_not_there_say_what_to_do(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True)
    with complaints_expected(screen, "40"):
        screen.page.goto(f"{lab.url}/runs/r99")
        expect(screen.page.locator("body")).to_contain_text("there is no run r99")
        assert not violations(screen.page)
        stranger = screen.page.context.browser
        assert stranger is not None
        other = stranger.new_context().new_page()
        other.goto(lab.driver_link)
        other.get_by_role("button", name="Enter as the driver").click()
        expect(other.locator("body")).to_contain_text("this link has been used")
        expect(other.locator("body")).to_contain_text("signal-lab link")
        other.context.close()


def test_the_theme_is_remembered(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True).page
    seen = []
    for _ in range(4):
        page.get_by_role("button", name=re.compile("Theme")).click()
        seen.append(page.evaluate("document.documentElement.dataset.theme ?? ''"))
    assert sorted(seen) == ["", "contrast", "dark", "light"]
    while page.evaluate("document.documentElement.dataset.theme") != "light":
        page.get_by_role("button", name=re.compile("Theme")).click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_hostile_text_is_text(lab: LabUnderTest, open_screen: Open) -> None:
    """Argv, output and titles hold markup and escapes; the page shows them and does nothing."""
    with lab.person() as person:
        osc = "\\033]8;;javascript:window.hit=1\\007link\\033]8;;\\007\\033]52;c;aGk=\\007"
        nasty = f"<img src=x onerror=window.hit=1>{osc}"
        run, _ = person.command("bash", "-c", f"printf '{nasty}'; exec -a '<b id=hit>x</b>' sleep 600")
        screen: Screen = open_screen(lab.driver_link, driver=True)
        page = screen.page
        page.goto(f"{lab.url}/runs/{run}")
        expect(page.locator(".xterm-rows")).to_contain_text("<img src=x onerror=window.hit=1>link")
        expect(page.locator(".board-row")).to_contain_text("600")
        page.locator(".xterm-screen").click()
        assert page.evaluate("window.hit") is None
        assert page.locator("#hit").count() == 0
