"""The main job as a person does it, on two screens at once, with a real engine and a real kernel."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Screen, complaints_expected
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.timeout(120)]


def start(page: Page, title: str) -> str:
    """From the catalogue to a running experiment; its run."""
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.locator(".board-row")).not_to_have_count(0)
    return page.url.rsplit("/")[-1]


def terminal(page: Page) -> str:
    """What is on the terminal's screen."""
    return "\n".join(page.locator(".xterm-rows > div").all_inner_texts())


def wait_for_line(page: Page, text: str) -> None:
    expect(page.locator(".xterm-rows")).to_contain_text(text)


def countdown(page: Page) -> float:
    """Seconds on the clock, as it is read out."""
    said = re.search(r"SIGKILL in (\d+(?:\.\d)?)", page.get_by_role("timer").inner_text())
    return float(said[1]) if said else float("nan")


# What the clock reads out in each frame, with the machine's time: both screens are on one machine.
NOTE = """() => {
  window.noted = [];
  const note = () => {
    const said = /SIGKILL in (\\d+(?:\\.\\d)?)/.exec(document.querySelector("[role=timer]")?.innerText ?? "");
    if (said) window.noted.push([Date.now(), Number(said[1])]);
    requestAnimationFrame(note);
  };
  note();
}"""


def key(page: Page, short: str) -> None:
    page.locator(f'button.key[data-signal="SIG{short}"]').click()


def test_a_click_on_usr1_is_a_line_of_the_trap_on_both_screens(driving: Screen, watching: Screen) -> None:
    run = start(driving.page, "Catch every signal")
    watching.page.goto(driving.page.url)
    for page in (driving.page, watching.page):
        wait_for_line(page, "ready: process")
    key(driving.page, "USR1")
    for page in (driving.page, watching.page):
        wait_for_line(page, "USR1")
        expect(page.locator(".record-list")).to_contain_text("the driver sends SIGUSR1")
    assert "USR1" in terminal(watching.page)
    assert run == watching.page.url.rsplit("/")[-1]
    assert driving.shifted() < 0.02
    assert watching.shifted() < 0.02


def test_keys_in_the_terminal_and_a_resize_are_real(driving: Screen) -> None:
    page = driving.page
    start(page, "Catch every signal")
    wait_for_line(page, "ready: process")
    page.set_viewport_size({"width": 1000, "height": 800})
    wait_for_line(page, "WINCH")
    # The last of the window's sizes may be on its way when the script ends: its answer is then 409, gone.
    with complaints_expected(driving, "409"):
        page.locator(".xterm-screen").click()
        page.keyboard.press("Control+C")
        wait_for_line(page, "INT")
        expect(page.locator(".clock-say")).to_contain_text("Ended")
    expect(page.locator(".result")).to_contain_text("0")


def test_pid_1_with_three_seconds_the_countdown_falls_and_ends_in_137(driving: Screen, watching: Screen) -> None:
    page = driving.page
    start(page, "PID 1 ignores what it does not handle")
    watching.page.goto(page.url)
    expect(watching.page.locator(".board-row")).to_contain_text("python3")
    page.locator(".stop-wait label", has_text="3").click()
    for screen in (driving, watching):
        screen.page.evaluate(NOTE)
    page.get_by_role("button", name="Stop", exact=True).click()
    for screen in (driving, watching):
        expect(screen.page.locator(".clock-say")).to_have_text("SIGKILL in")
        expect(screen.page.locator(".field")).to_have_attribute("data-state", "stopping")
    for screen in (driving, watching):
        expect(screen.page.locator(".field")).to_have_attribute("data-state", "killed")
        expect(screen.page.locator(".clock")).to_contain_text("137")
        expect(screen.page.locator(".lesson-step[data-is=done]")).to_have_count(2)
        expect(screen.page.locator(".record-list")).to_contain_text("SIGKILL")
        assert screen.shifted() < 0.02
    ours, theirs = (screen.page.evaluate("window.noted") for screen in (driving, watching))
    for each in (ours, theirs):
        read = [left for _, left in each]
        assert len(set(read)) > 10, read
        assert read == sorted(read, reverse=True), "it only falls"
        assert max(read) <= 3.0
    # Two screens show one clock: what both read out within one frame of each other is the same, but for a frame's time.
    pairs = [(mine, other) for at, mine in ours for then, other in theirs if abs(at - then) < 20]
    assert pairs
    assert all(abs(mine - other) <= 0.6 for mine, other in pairs), pairs


def test_with_init_it_leaves_at_once_with_143(driving: Screen) -> None:
    page = driving.page
    start(page, "With --init")
    expect(page.locator(".board-row")).to_have_count(2)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".field")).to_have_attribute("data-state", "left")
    expect(page.locator(".clock")).to_contain_text("143")


def test_kill_now_ends_the_countdown(driving: Screen) -> None:
    page = driving.page
    start(page, "PID 1 ignores what it does not handle")
    page.get_by_role("button", name="Stop", exact=True).click()
    began = time.monotonic()
    page.get_by_role("button", name="Kill now").click()
    expect(page.locator(".field")).to_have_attribute("data-state", "killed")
    assert time.monotonic() - began < 8, "its own timeout is 10 s"


def test_a_viewer_sees_no_controls_and_a_forged_request_gets_403(driving: Screen, watching: Screen) -> None:
    start(driving.page, "Catch every signal")
    page = watching.page
    page.goto(driving.page.url)
    wait_for_line(page, "ready: process")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    expect(page.locator("button.key")).to_have_count(0)
    target = f"{driving.page.url.rsplit('/')[-1]}.script"
    forged = """async ([path, body]) => {
      const reply = await fetch("/api/v1" + path, {method: "POST", body: JSON.stringify(body),
        headers: {"content-type": "application/json"}});
      return [reply.status, (await reply.json()).code];
    }"""
    with complaints_expected(watching, "403"):
        for path, body in (
            (f"/targets/{target}/signals", {"signal": "KILL"}),
            (f"/targets/{target}/stop", {"timeout_s": 0}),
            (f"/targets/{target}/input", {"data": "\u0003"}),
            (f"/targets/{target}/resize", {"cols": 10, "rows": 10}),
            ("/runs", {"experiment": "catch-all"}),
            ("/links", {"role": "driver"}),
        ):
            assert page.evaluate(forged, [path, body]) == [403, "forbidden"], path
    page.locator(".xterm-screen").click()
    page.keyboard.press("Control+C")
    key(driving.page, "USR2")
    wait_for_line(page, "USR2")  # it still lives
    assert "INT" not in terminal(page)


def test_find_sends_any_signal_and_the_keyboard_stops(driving: Screen) -> None:
    page = driving.page
    start(page, "Catch every signal")
    wait_for_line(page, "ready: process")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.get_by_role("dialog").get_by_role("combobox").or_(page.get_by_role("searchbox")).fill("RTMIN+3")
    page.keyboard.press("Enter")
    wait_for_line(page, "RTMIN+3")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("s")
    expect(page.locator(".clock-say")).to_have_text("SIGKILL in")
    expect(page.locator(".record-list")).to_contain_text("the driver asks for a stop")


def test_the_share_button_gives_a_link_that_works(driving: Screen, open_screen: Open) -> None:
    page = driving.page
    page.get_by_role("button", name="Share").click()
    link = page.get_by_role("dialog").get_by_text(re.compile(r"/watch/")).inner_text()
    other = open_screen(link.strip(), driver=False)
    assert other.page.evaluate("document.body.dataset.role") == "viewer"


def test_a_lost_server_is_said_and_found_again_without_a_gap(
    lab_with_engine: LabUnderTest, driving: Screen, tmp_path: object
) -> None:
    """The server goes and another comes on the same port with the same data: the page goes on by itself."""
    page = driving.page
    start(page, "Catch every signal")
    wait_for_line(page, "ready: process")
    with complaints_expected(driving, "ERR_", "Failed to load"):
        lab_with_engine.stop()
        expect(page.locator(".note")).to_be_visible()
        again = LabUnderTest(lab_with_engine.settings.data, at=lab_with_engine.port)
        again.start()
        try:
            expect(page.locator(".clock")).to_contain_text(re.compile("Ended|ended|Killed|killed"))
            expect(page.locator(".record-list")).to_contain_text("SIGKILL")
        finally:
            page.goto("about:blank")
            again.stop()
