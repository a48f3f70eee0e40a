"""Presenter mode: the essentials for the back row, taught with keys only."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.axe import violations, violations_in_both
from tests.browser.conftest import LAPTOP, PROJECTOR, Open
from tests.browser.test_main_job import start, wait_for_line
from tests.support import LabUnderTest, running_lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

ELSEWHERE = "http://lab.example.org:9015"
HD: ViewportSize = {"width": 1280, "height": 720}
FOUR_TO_THREE: ViewportSize = {"width": 1024, "height": 768}
OTHERS = [pytest.param(size, marks=pytest.mark.long) for size in (HD, FOUR_TO_THREE)]
SLOTS = [".pres-said", ".fall-plot", ".pres-clock .num", ".pres-tree", ".pres-cmd", ".term-box", ".pres-low"]


def places(page: Page) -> list[object]:
    """Where each slot is: to the pixel the same in every state."""
    boxes = [page.locator(slot).bounding_box() for slot in SLOTS]
    for slot, box in zip(SLOTS, boxes, strict=True):
        assert box, slot
        size = page.viewport_size
        assert size
        assert box["x"] >= 0, slot
        assert box["x"] + box["width"] <= size["width"] + 1, slot
        assert box["y"] + box["height"] <= size["height"] + 1, slot
    return [[round(box["x"]), round(box["y"]), round(box["height"])] for box in boxes if box]


def is_present(page: Page, on: bool = True) -> None:
    expect(page.locator("html[data-present]")).to_have_count(1 if on else 0)


@pytest.mark.engine
@pytest.mark.parametrize("size", [PROJECTOR, *OTHERS], ids=["1920", "1280", "4:3"])
def test_pid_1_is_taught_with_keys_only_and_nothing_moves(
    lab_with_engine: LabUnderTest, open_screen: Open, size: ViewportSize
) -> None:
    screen = open_screen(lab_with_engine.driver_link, driver=True, viewport=size, at="/experiments/pid-1?stage")
    page = screen.page
    is_present(page)
    expect(page.locator(".pres-why")).to_have_text("Press r to start it.")
    page.keyboard.press("r")
    page.wait_for_url(re.compile(r"/runs/r\d+\?stage$"))
    expect(page.locator(".pres-tree")).to_contain_text("python3")
    expect(page.locator(".pres-said")).to_contain_text("Forecast:")
    wait_for_line(page, "Serving HTTP")
    ready = places(page)
    assert not violations_in_both(page), "ready"
    page.keyboard.press("t")
    expect(page.locator(".pres-headline")).to_have_text("The kernel dropped SIGTERM.")
    assert places(page) == ready
    page.keyboard.press("n")
    expect(page.locator(".pres-step")).to_contain_text("3 seconds")
    page.keyboard.press("n")
    expect(page.locator(".pres-field")).to_have_attribute("data-state", "stopping")
    expect(page.locator(".pres-clock .clock-say")).to_have_text("SIGKILL in")
    assert places(page) == ready
    expect(page.locator(".pres-field")).to_have_attribute("data-state", "killed")
    expect(page.locator(".pres-headline")).to_contain_text(re.compile(r"^Killed after 3\.\d+ s\.$"))
    expect(page.locator(".pres-clock")).to_contain_text("exit 137")
    assert places(page) == ready
    assert not violations_in_both(page), "killed"
    assert screen.shifted() < 0.02, screen.page.evaluate("window.moved")
    page.keyboard.press("Escape")
    is_present(page, on=False)
    expect(page.locator(".result")).to_be_visible()
    assert "stage" not in page.url


def test_keys_mean_signals_there_and_the_catalogue_elsewhere(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True, viewport=PROJECTOR).page
    start(page, "Catch every signal")
    wait_for_line(page, "ready: process")
    page.locator("h1").click()
    page.keyboard.press("k")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("P")
    is_present(page)
    for key, line in (("t", "TERM"), ("h", "HUP"), ("w", "WINCH")):
        page.keyboard.press(key)
        wait_for_line(page, line)
    expect(page.locator(".pres-tree")).to_contain_text("caught")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("h3").first).to_have_text("In presenter mode")
    keys = [each.inner_text().split() for each in dialog.locator("dl").first.locator("dt").all()]
    assert [" ".join(each) for each in keys] == [
        *("t i h w", "k", "s", "1 … 9", "v", "↑ ↓", "g", "n", "r", "f", "q", "o", "/", "Ctrl K", "?", "P Esc"),
    ]
    assert not violations(page), "keys"
    page.keyboard.press("Escape")
    is_present(page)  # Esc closes what is open first
    page.locator("body").press("Control+K")
    expect(dialog).to_contain_text("Guess first")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("k")
    expect(dialog).to_contain_text("no handler can catch it")
    page.keyboard.press("Enter")
    expect(page.locator(".pres-clock")).to_contain_text("exit 137")
    page.keyboard.press("r")
    expect(page.locator(".pres-field")).to_have_attribute("data-state", "idle")  # that of the new run
    wait_for_line(page, "ready: process")
    page.keyboard.press("s")
    expect(page.locator(".pres-field")).to_have_attribute("data-state", "stopping")
    page.keyboard.press("i")
    wait_for_line(page, "INT")
    expect(page.locator(".pres-field")).to_have_attribute("data-state", "left")


WORDS = ".pres-headline, .pres-why, .pres-clock .clock-say, .pres-clock .num, .pres-tree h2, .pres-tree li, .bet-one"
COVERED = """(words) => {
  const bar = document.querySelector(".pres-bar").getBoundingClientRect();
  return [...document.querySelectorAll(words)].flatMap((each) => {
    const range = document.createRange();
    range.selectNodeContents(each);
    const {left, right, top, bottom} = range.getBoundingClientRect();
    const apart = right <= bar.left || left >= bar.right || bottom <= bar.top || top >= bar.bottom;
    return apart || right === left ? [] : [`${each.className}: from ${top}, bar to ${bar.bottom}`];
  });
}"""


def test_pointer_and_controls_go_and_come_back_and_cover_no_word(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True, viewport=PROJECTOR, at="/experiments/catch-all?stage").page
    is_present(page)
    expect(page.locator("html[data-still]")).to_have_count(1)  # without a movement
    bar = page.locator(".pres-bar")
    expect(bar).to_have_css("opacity", "0")
    page.mouse.move(400, 300)
    expect(bar).to_have_css("opacity", "1")
    assert not violations(page), "controls"
    page.keyboard.press("r")
    wait_for_line(page, "ready: process")
    page.keyboard.press("g")
    expect(page.locator(".pres-bet")).to_be_visible()
    for guessing in (True, False):
        for size in (PROJECTOR, LAPTOP, HD, FOUR_TO_THREE):
            page.set_viewport_size(size)
            page.mouse.move(300 + size["width"] % 7, 300)
            covered = page.evaluate(COVERED, WORDS)
            assert not covered, f"guessing {guessing}, {size}: {covered}"
        if guessing:
            page.keyboard.press("g")
            expect(page.locator(".pres-bet")).to_have_count(0)
    bar.get_by_role("button", name="Leave").click()
    is_present(page, on=False)


@pytest.mark.engine
def test_several_targets_are_large_lanes_and_digits_choose(lab_with_engine: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(
        lab_with_engine.driver_link, driver=True, viewport=PROJECTOR, at="/experiments/stop-timeout?stage"
    )
    page = screen.page
    expect(page.locator(".pres-why")).to_have_text("Press r to start it.")
    page.keyboard.press("r")
    page.wait_for_url(re.compile(r"/runs/r\d+\?stage$"))
    expect(page.locator(".lanes-lane")).to_have_count(3)
    expect(page.locator(".pres-tree")).to_contain_text("python3")
    page.keyboard.press("2")
    expect(page.locator(".lanes-lane[data-chosen]")).to_have_attribute("data-target", "five")
    # What it would do is known by then: the words on the signal that is dropped come from that.
    expect(page.locator('.lanes-lane[data-target="five"] .lanes-end')).to_contain_text("would wait")
    lanes = [lane.bounding_box() for lane in page.locator(".lanes-lane").all()]
    assert all(lane and lane["height"] > 150 for lane in lanes)
    page.keyboard.press("s")
    expect(page.locator('.lanes-lane[data-target="five"]')).to_have_attribute("data-state", "stopping")
    expect(page.locator(".pres-headline")).to_have_text("The kernel dropped SIGTERM.")
    assert not violations(page)
    assert [lane.bounding_box() for lane in page.locator(".lanes-lane").all()] == lanes
    assert screen.shifted() < 0.02, screen.page.evaluate("window.moved")


def test_a_phone_keeps_its_own_page(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(
        lab.driver_link, driver=True, viewport={"width": 390, "height": 844}, at="/experiments/catch-all?stage"
    ).page
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    is_present(page, on=False)


def read_qr(page: Page) -> str:
    """What a telephone makes of the whole screen: there is one code on it, and it is found."""
    [found] = zxingcpp.read_barcodes(Image.open(BytesIO(page.screenshot())))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return str(found.text)


@pytest.mark.parametrize(
    "size",
    [PROJECTOR, *(pytest.param(size, marks=pytest.mark.long) for size in (HD, LAPTOP))],
    ids=["1920", "720", "1280"],
)
def test_the_viewers_link_is_a_code_in_the_corner_and_in_the_dialog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_screen: Open, size: ViewportSize
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    with running_lab(tmp_path / "data", public_url=ELSEWHERE) as lab:
        screen = open_screen(lab.driver_link.replace(ELSEWHERE, lab.url), driver=True, viewport=size)
        page = screen.page
        page.goto(f"{lab.url}/experiments/catch-all?stage")
        expect(page.locator(".pres-why")).to_have_text("Press r to start it.")
        page.keyboard.press("q")
        expect(page.locator(".pres-qr .qr")).to_be_visible()
        link = read_qr(page)
        assert link.startswith(f"{ELSEWHERE}/watch/")
        box = page.locator(".pres-qr").bounding_box()
        assert box
        assert box["x"] + box["width"] <= size["width"]
        assert box["y"] + box["height"] <= size["height"]
        expect(page.locator(".pres-qr")).to_contain_text("to watch:")
        assert not violations(page), "corner"
        watcher = open_screen(link.replace(ELSEWHERE, lab.url), driver=False)
        assert watcher.page.evaluate("document.body.dataset.role") == "viewer"
        page.keyboard.press("q")
        expect(page.locator(".pres-qr")).to_have_count(0)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Share").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("One viewer watches now.")
        assert read_qr(page) == dialog.get_by_text(re.compile("/watch/")).inner_text().strip()
        assert not violations(page), "dialog"
        for each in (page, watcher.page):
            each.goto("about:blank")


def test_on_loopback_there_is_no_code_but_the_reason(lab: LabUnderTest, open_screen: Open) -> None:
    page = open_screen(lab.driver_link, driver=True, viewport=PROJECTOR, at="/experiments/catch-all?stage").page
    page.keyboard.press("q")
    expect(page.locator(".pres-qr")).to_contain_text("only this machine can open it")
    expect(page.locator(".pres-qr .qr")).to_have_count(0)
    page.keyboard.press("q")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("the lab listens on loopback")
    expect(dialog).to_contain_text("--public-url")
    expect(dialog.get_by_text(re.compile("/watch/"))).to_be_visible()
    expect(dialog.locator(".qr")).to_have_count(0)
