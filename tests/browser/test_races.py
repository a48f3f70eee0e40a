"""Races as people see them: guesses of a room, the order of ends, the chart of stop times and the sentence over all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import LAPTOP, PHONE, PROJECTOR, SIZES, Open, Screen, lab_of
from tests.browser.test_lanes import LATER_TOML, PLACES, RACE_TOML, TOO_WIDE, begin, lane
from tests.support import LabUnderTest, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def racing(tmp_path: Path, lab: LabUnderTest) -> Iterator[LabUnderTest]:
    """A lab with races of processes; the fixture `lab` has seen to it that there is no engine."""
    with lab_of(tmp_path, RACE_TOML, LATER_TOML) as running:
        yield running


def room(lab: LabUnderTest, open_screen: Open, experiment: str) -> list[Screen]:
    """A driver on a projector, a viewer with a laptop and one with a phone, on the same run."""
    driver = open_screen(lab.driver_link, driver=True, viewport=PROJECTOR)
    viewers = [open_screen(lab.viewer_link, driver=False, viewport=size) for size in (LAPTOP, PHONE)]
    begin(driver.page, lab, experiment)
    for viewer in viewers:
        viewer.page.goto(driver.page.url)
    return [driver, *viewers]


def guesses(page: Page, choices: dict[str, str]) -> None:
    for name, word in choices.items():
        button = page.get_by_role("button", name=f"{name} {word}")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")


def chart(page: Page) -> str:
    return page.locator(".times-chart").get_attribute("aria-label") or ""


# Names of lanes that are not shown to their end.
CUT_NAMES = """[...document.querySelectorAll(".lanes-name")]
  .filter((each) => each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight + 2)
  .map((each) => each.textContent)"""
LEAVES, KILLED = "leaves by itself", "is killed at the timeout"


def test_a_room_guesses_and_the_race_settles_it(racing: LabUnderTest, open_screen: Open) -> None:
    screens = room(racing, open_screen, "race")
    driver, laptop, phone = (screen.page for screen in screens)
    for page in (driver, laptop, phone):
        expect(lane(page, "long").locator(".lanes-end")).to_contain_text("would wait")
    expect(driver.get_by_role("button", name="Stop all 3")).to_be_enabled()
    assert laptop.get_by_role("button", name="Guess first").count() == 0
    places = [page.evaluate(PLACES)[:4] for page in (driver, laptop, phone)]
    driver.get_by_role("button", name="Guess first").click()
    for page in (driver, laptop, phone):
        expect(page.locator(".bet-two")).to_have_count(3)
        expect(page.locator("main")).not_to_contain_text("would be killed")
        assert not violations(page), "while the room guesses"
    guesses(laptop, {"short": KILLED, "polite": LEAVES, "long": KILLED})
    guesses(phone, {"short": LEAVES, "polite": LEAVES})
    guesses(phone, {"short": KILLED, "polite": KILLED})
    guesses(driver, {"long": KILLED})
    short = driver.get_by_role("group", name="How will short end?")
    expect(short.get_by_role("button").nth(1)).to_contain_text("2")
    assert laptop.locator(".bet-one b").count() == 0, "those who watch see no tally before the stop"
    expect(driver.locator(".bet-say")).to_contain_text("3 people have guessed")
    laptop.reload()  # who comes back finds their own guesses
    expect(laptop.get_by_role("button", name=f"polite {LEAVES}")).to_have_attribute("aria-pressed", "true")
    driver.locator(".stop-other").fill("2")
    driver.get_by_role("button", name="Stop all 3").click()
    for page in (driver, laptop):
        expect(lane(page, "long").locator(".lanes-sub")).to_have_text("guessed: 0 leaves, 2 killed")
    for page in (driver, laptop, phone):
        expect(page.locator(".bet-two")).to_have_count(0)
        expect(page.locator(".result-guess")).to_have_text(
            "Guesses: 2 of 3 had all their lanes right" + (", you too." if page != phone else ".")
        )
        expect(lane(page, "polite").locator(".lanes-place")).to_have_text("1st")
    expect(lane(driver, "polite").locator(".lanes-sub")).to_have_text("1 of 2 right")
    expect(lane(laptop, "polite").locator(".lanes-sub")).to_have_text("1 of 2 right, you too")
    expect(lane(phone, "polite").locator(".lanes-sentence")).to_contain_text("1 of 2 right, not you")
    for page in (driver, laptop, phone):
        label = chart(page)
        assert re.match(r"Stop times, the first first: polite 0\.\d\d s, 1st; ", label), label
        assert len(re.findall(r"[23]\.\d s, killed", label)) == 2, label
        expect(page.locator(".times table tbody tr")).to_have_count(3)
        expect(page.locator(".result-race .result-say")).to_contain_text("Only short and long cost the full 2 s")
        assert not violations(page), "at the end"
        wide = page.evaluate(TOO_WIDE)
        assert not wide, f"wider than the window: {wide}"
    for page, before in zip((driver, laptop, phone), places, strict=True):
        assert page.evaluate(PLACES)[:4] == before, "lanes and their slot keep their place"
    for screen in screens:
        assert screen.shifted() < 0.02


def test_the_sentence_leads_to_its_proof_in_another_lane_and_the_board_comes_back(
    racing: LabUnderTest, open_screen: Open
) -> None:
    screen = open_screen(racing.driver_link, driver=True)
    page = screen.page
    for number in (1, 2):
        begin(page, racing, "race")
        expect(page.get_by_role("button", name="Stop all 3")).to_be_enabled()
        page.locator(".stop-other").fill("1")
        page.get_by_role("button", name="Stop all 3").click()
        expect(page.locator(".times")).to_be_visible()
        note = page.locator(".times-head p")
        if number == 1:
            expect(note).not_to_contain_text("before")
        else:
            expect(note).to_contain_text("tick: run 1, before")
            assert "the run before: " in chart(page)
    places = page.evaluate(PLACES)
    page.get_by_role("button", name="Processes", exact=True).click()
    expect(page.get_by_role("heading", name="Processes in short")).to_be_visible()
    expect(page.get_by_role("button", name="Stop times")).to_be_focused()
    assert page.evaluate(PLACES) == places
    page.keyboard.press("Enter")
    expect(page.locator(".times-chart")).to_be_visible()
    proof = page.locator(".result-race .result-brief a").last
    event = proof.inner_text()
    proof.click()
    expect(page.locator('.lanes-pick[aria-current="true"]')).to_contain_text("long")
    expect(page.locator(f"#e{event}")).to_be_focused()
    assert screen.shifted() < 0.02


@pytest.mark.long
def test_one_target_is_guessed_as_well(racing: LabUnderTest, open_screen: Open) -> None:
    driver, laptop, phone = (screen.page for screen in room(racing, open_screen, "catch-all"))
    for page in (driver, laptop, phone):
        expect(page.locator(".board-row").first).to_be_attached()
    driver.locator(".stop-other").fill("2")
    driver.get_by_role("button", name="Guess first").click()
    for page in (laptop, phone):
        expect(page.locator(".bet-headline")).to_have_text("How long will the stop take?")
        expect(page.locator(".bet-slot button > [aria-hidden]")).to_have_text(["at once", "1–2 s", "killed at 2 s"])
        expect(page.locator(".stop-fate")).to_have_count(0)
    name = laptop.locator(".bet-slot legend").inner_text().removeprefix("How will ").removesuffix(" end?")
    guesses(laptop, {name: KILLED})
    guesses(phone, {name: "leaves at once, within 1 s"})
    expect(driver.locator(".bet-say")).to_contain_text("2 people have guessed")
    expect(driver.locator(".bet-one b")).to_contain_text(["1", "0", "1"])
    for page in (driver, laptop, phone):
        assert not violations(page)
    driver.keyboard.press("P")  # the tally is for the back row as well
    expect(driver.locator(".pres-headline")).to_have_text("How long will the stop take?")
    expect(driver.locator(".pres-why")).to_contain_text("2 people have guessed.")
    expect(driver.locator(".pres-bet .bet-one b")).to_contain_text(["1", "0", "1"])
    laptop.keyboard.press("P")
    guesses(laptop, {name: "leaves by itself after 1 s or more"})  # nobody leaves the large picture to guess
    guesses(laptop, {name: KILLED})
    for page in (driver, laptop):
        assert not violations(page), "presenter mode"
        page.keyboard.press("Escape")
    driver.locator(".stop-go").click()
    for page, you in ((driver, ""), (laptop, ", you too"), (phone, "")):
        expect(page.locator(".result-guess")).to_have_text(
            re.compile(rf"^Guesses: It took 2\.\d s, “killed at 2 s”: 1 of 2 were right{you}\.$")
        )


@pytest.mark.engine
def test_five_ways_to_start_one_server_to_the_chart(lab_with_engine: LabUnderTest, open_screen: Open) -> None:
    screens = [open_screen(lab_with_engine.driver_link, driver=True, viewport=PROJECTOR)]
    screens.append(open_screen(lab_with_engine.viewer_link, driver=False))
    driver, viewer = (screen.page for screen in screens)
    begin(driver, lab_with_engine, "race-wrappers")
    viewer.goto(driver.url)
    for page in (driver, viewer):
        expect(page.locator(".lesson-step[data-is=done]")).to_have_count(1, timeout=60_000)
        expect(page.locator(".lanes-lane")).to_have_count(5)
    driver.locator(".lesson-step[aria-current] button").first.click()
    for page in (driver, viewer):
        expect(page.locator(".result-race .result-say")).to_contain_text(
            "Only shell-form cost the full 3 s: PID 1 (sh) has no handler"
        )
        expect(lane(page, "shell-form").locator(".lanes-place")).to_have_text("5th")
        assert re.search(r"shell-form 3\.\d s, killed, 5th", chart(page)), chart(page)
        assert not violations(page)
    done = driver.locator(".lesson-step[data-is=done]")
    until(lambda: done.count() == 2, what=lambda: driver.locator(".lesson-steps").inner_text())
    for screen in screens:
        assert screen.shifted() < 0.02
    driver.keyboard.press("P")
    expect(driver.locator(".pres-headline")).to_be_visible()
    expect(driver.locator(".times")).not_to_be_visible()  # the lanes have the room, with what it says
    for name in ("shell-form", "init"):
        whole, place = (lane(driver, name), lane(driver, name).locator(".lanes-place"))
        (outer, inner) = (each.bounding_box() for each in (whole, place))
        assert outer
        assert inner
        assert inner["y"] + inner["height"] <= outer["y"] + outer["height"], f"the place of {name} is cut"


def test_any_picks_race_and_stand_in_the_address(racing: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(racing.driver_link, driver=True)
    page = screen.page
    page.get_by_role("link", name="Race: any side by side").click()
    start = page.locator(".pick-start")
    expect(start).to_be_disabled()
    page.get_by_role("checkbox", name="Three at once: polite").check()
    page.get_by_role("checkbox", name="Three at once: short").check()
    assert page.get_by_role("checkbox", name="Reload on HUP").count() == 0, "it works on a file of its experiment"
    page.get_by_text("process", exact=True).click()
    page.get_by_role("textbox", name="Command").fill("sleep 600")
    page.get_by_role("button", name="Add").click()
    expect(start).to_have_text("Start all 3")
    page.reload()  # what is of the catalogue stands in the address
    expect(start).to_have_text("Start all 2")
    page.get_by_text("process", exact=True).click()
    page.get_by_role("textbox", name="Command").fill("sleep 600")
    for count in range(3, 9):
        page.get_by_role("button", name="Add").click()
        expect(start).to_have_text(f"Start all {count}")
    expect(page.get_by_role("button", name="Add")).to_be_disabled()
    expect(page.get_by_role("checkbox", name="Three at once: long")).to_be_disabled()
    assert not violations(page)
    for size in (PROJECTOR, PHONE, LAPTOP):
        page.set_viewport_size(size)
        wide = page.evaluate(TOO_WIDE)
        assert not wide, f"wider than the window: {wide}"
    for _ in range(5):
        page.get_by_role("button", name="Remove sleep 600").first.click()
    start.click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    for name in ("race-polite", "race-short", "sleep"):
        expect(lane(page, name).locator(".lanes-end")).to_contain_text("would wait")
    expect(page.get_by_role("button", name="Stop all 3")).to_be_enabled()
    page.locator(".stop-other").fill("1")
    page.get_by_role("button", name="Stop all 3").click()
    expect(page.locator(".result-race .result-say")).to_contain_text("Only race-short cost the full 1 s")
    expect(lane(page, "race-short").locator(".lanes-place")).to_have_text("3rd")
    first = page.url
    page.get_by_role("button", name="Run it again").click()  # the same picks, with those of one's own
    page.wait_for_url(lambda url: url != first and re.search(r"/runs/r\d+$", url) is not None)
    for name in ("race-polite", "race-short", "sleep"):
        expect(lane(page, name).locator(".lanes-end")).to_contain_text("would wait")
    page.get_by_role("button", name="Stop all 3").click()
    expect(page.locator(".times-head p")).to_contain_text(f"tick: run {first.rpartition('/r')[2]}, before")
    assert screen.shifted() < 0.02


@pytest.mark.parametrize("size", SIZES)
def test_eight_lanes_do_not_jump(racing: LabUnderTest, open_screen: Open, size: object) -> None:
    with racing.person() as person:
        stubborn = {"experiment": "race", "target": "short"}
        run = person.post("/runs", {"race": [stubborn, *[{"experiment": "race", "target": "polite"}] * 7]}).json()[
            "run"
        ]
        screen = open_screen(racing.driver_link, driver=True, viewport=size, at=f"/runs/{run}")
        page = screen.page
        expect(page.get_by_role("button", name="Stop all 8")).to_be_enabled()
        for number in range(8):
            expect(page.locator(".lanes-lane").nth(number).locator(".lanes-end")).to_contain_text("would wait")
        places = page.evaluate(PLACES)[:9]
        person.post(f"/runs/{run}/stop", {"timeout_s": 1})
        expect(page.locator(".times-chart")).to_be_visible()
        expect(page.locator(".lanes-lane[data-state=left]")).to_have_count(7)
        expect(lane(page, "race-short").locator(".lanes-place")).to_have_text("8th")
        assert page.evaluate(PLACES)[:9] == places
        assert not violations(page)
        wide = page.evaluate(TOO_WIDE)
        assert not wide, f"wider than the window: {wide}"
        assert screen.shifted() < 0.02
        if size == PHONE:
            return
        page.keyboard.press("v")
        expect(page.locator(".whole .fall-plot")).to_be_visible()
        assert not page.evaluate(CUT_NAMES)
        five = person.post("/runs", {"race": [{"experiment": "race", "target": "polite"}] * 5}).json()["run"]
        page.goto(f"{racing.url}/runs/{five}")
        expect(page.get_by_role("button", name="Stop all 5")).to_be_enabled()
        page.keyboard.press("v")
        expect(page.locator(".whole .fall-plot")).to_be_visible()
        assert not page.evaluate(CUT_NAMES)
        assert not violations(page), "five cells"
