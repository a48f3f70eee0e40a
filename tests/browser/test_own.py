"""The form for a command or an image of one's own: options, what is wrong in its place, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations, violations_in_both
from tests.browser.conftest import SIZES, Open, Screen, complaints_expected
from tests.engine.registry import Registry, serving_images
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.timeout(120)]
LINE = (
    "docker run -d --name main --init -t --stop-signal SIGINT --stop-timeout 3 --memory 64m --user 1000 "
    "-e GREETING --entrypoint sh "
)


def test_the_options_that_matter_are_what_is_run(driving: Screen) -> None:
    page = driving.page
    own = page.locator(".own")
    page.get_by_placeholder("image", exact=True).fill("base")
    page.get_by_label("Command", exact=True).fill(
        """-c 'trap "exit 7" INT; echo $GREETING $(id -u); sleep 1000 & wait'"""
    )
    own.get_by_text("Options").click()
    own.get_by_label("An init as PID 1").check()
    own.get_by_label("A terminal").check()
    for label, text in (
        ("Stop signal", "int"),
        ("Stop timeout, s", "3"),
        ("Entrypoint", "sh"),
        ("Memory", "64m"),
        ("User", "1000"),
        ("Environment", "GREETING=hello"),
    ):
        own.get_by_label(label).fill(text)
    expect(own.locator(".own-line code")).to_contain_text(LINE)
    expect(own).to_contain_text("8 set")
    assert not violations(page)
    own.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.locator(".xterm-rows")).to_contain_text("hello 1000")
    expect(page.locator(".cmd code").first).to_contain_text(LINE)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".record-list")).to_contain_text("exited with 7")


def test_what_is_wrong_is_said_in_its_place_and_nothing_is_lost(driving: Screen) -> None:
    page = driving.page
    own, memory = page.locator(".own"), page.locator(".own").get_by_label("Memory")
    page.get_by_placeholder("image", exact=True).fill("base")
    page.get_by_label("Command", exact=True).fill("sleep 1000")
    own.get_by_text("Options").click()
    own.get_by_label("Environment").fill("A=1\nB=2")
    with complaints_expected(driving, "422"):
        memory.fill("lots")
        expect(own.locator(".own-wrong")).to_contain_text("memory: 'lots' is no amount that the engine takes")
        own.get_by_role("button", name="Start").click()
        expect(own.locator(".own-wrong")).to_contain_text("It was not started.")
        expect(own.locator(".own-wrong")).to_contain_text("at least 6m")
    expect(memory).to_have_attribute("aria-invalid", "true")
    assert not violations(page)
    with complaints_expected(driving, "422"):
        page.reload()
        expect(own.get_by_label("Environment")).to_have_value("A=1\nB=2")
        expect(memory).to_have_value("lots")
        expect(own.locator(".own-wrong")).to_contain_text("memory: 'lots'")
    memory.fill("64m")
    expect(own.locator(".own-wrong")).to_be_empty()
    expect(own.locator(".own-line code")).to_have_text(
        re.compile(r"docker run -d --name main --memory 64m -e A -e B signal-lab/base:\w+ sleep 1000")
    )
    own.locator(".seg label", has_text="sandbox").click()
    expect(own.locator(".own-line code")).to_contain_text("unshare --user")
    expect(memory).to_have_count(0)
    own.get_by_label("Working directory").fill("/tmp")
    own.locator(".seg label", has_text="container").click()
    expect(memory).to_have_value("64m")


@pytest.mark.parametrize("viewport", SIZES)
def test_it_fits_and_is_accessible(lab_with_engine: LabUnderTest, open_screen: Open, viewport: object) -> None:
    screen = open_screen(lab_with_engine.driver_link, driver=True, viewport=viewport)
    own = screen.page.locator(".own")
    own.get_by_text("Options").click()
    screen.page.get_by_placeholder("image", exact=True).fill("nginx:1.27")
    own.get_by_label("Entrypoint").fill("/a/very/long/path/to/a/program --with many --more words")
    expect(own.locator(".own-line code")).to_contain_text("docker run")
    assert not violations_in_both(screen.page)
    assert screen.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.fixture
def registry(engine: None, tmp_path: Path) -> Iterator[Registry]:
    folder = tmp_path / "registry"
    folder.mkdir()
    with serving_images(folder) as made:
        yield made


def test_a_pull_is_watched_cancelled_and_explained(driving: Screen, watching: Screen, registry: Registry) -> None:
    page = driving.page
    page.get_by_placeholder("image", exact=True).fill(registry.image)
    page.locator(".own").get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    watching.page.goto(page.url)
    for screen in (driving, watching):
        expect(screen.page.locator(".bld")).to_contain_text(re.compile(r"Layer \d of 2"))
        expect(screen.page.locator(".bld")).to_contain_text("of 6.0 MB")
        expect(screen.page.locator("body")).to_contain_text(f"Pulling the image “{registry.image}”.")
        assert not violations(screen.page)
    page.get_by_role("button", name="Cancel").click()
    for screen in (driving, watching):
        expect(screen.page.locator("body")).to_contain_text(f"The pull of the image “{registry.image}” was cancelled.")
        assert screen.shifted() < 0.02
    registry.go.set()
    page.goto("/".join(page.url.split("/")[:3]))
    page.get_by_placeholder("image", exact=True).fill(f"{registry.image}-not")
    page.locator(".own").get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.locator("body")).to_contain_text(f"The image “{registry.image}-not” could not be pulled.")
    expect(page.locator("body")).to_contain_text("no registry has it")
    expect(page.locator("body")).to_contain_text("docker build, docker load")
    assert not violations(page)
