"""A build on the page: its step, its log, the way out of it, and the way back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import PROJECTOR, Open
from tests.browser.test_main_job import wait_for_line
from tests.engine.slow_images import IMAGES, lab_with, with_slow_images
from tests.engine.test_recovery import docker
from tests.killable import Killable, killable

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.timeout(120)]


@pytest.fixture
def server(engine: None, tmp_path: Path) -> Iterator[Killable]:
    contexts = with_slow_images(tmp_path, ticks=80)
    here = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    flags = ("--experiments", str(tmp_path / "experiments"))
    with killable(tmp_path / "data", *flags, lab=lab_with(contexts), DOCKER_HOST=here) as made:
        yield made
    for tag in docker("images", "--format", "{{.Repository}}:{{.Tag}}").split():
        if tag.startswith(tuple(f"signal-lab/{image}:" for image in IMAGES)):
            docker("rmi", tag)


def test_a_build_is_watched_cancelled_and_tried_again(server: Killable, open_screen: Open) -> None:
    driving = open_screen(server.drive, driver=True)
    page = driving.page
    page.get_by_role("link", name="A slow image").first.click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    watching = open_screen(server.watch, driver=False, viewport=PROJECTOR, scheme="light")
    watching.page.goto(page.url)
    for screen in (driving, watching):
        build = screen.page.locator(".bld")
        expect(build).to_contain_text("Step 4 of 6")
        expect(build).to_contain_text(re.compile(r"tick \d"))
        assert not violations(screen.page)
    expect(watching.page.get_by_role("button", name="Cancel")).to_have_count(0)
    page.get_by_role("button", name="Cancel").click()
    for screen in (driving, watching):
        expect(screen.page.locator("body")).to_contain_text("The build of the image “slow” was cancelled.")
        expect(screen.page.locator(".bld")).to_contain_text("Cancelled in step 4 of 6")
        assert not violations(screen.page)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".bld")).to_contain_text("Step 4 of 6")
    wait_for_line(page, "started")
    assert driving.shifted() < 0.02
    assert watching.shifted() < 0.02


def test_a_build_that_fails_says_why_on_the_page(server: Killable, open_screen: Open) -> None:
    page = open_screen(server.drive, driver=True).page
    page.get_by_role("link", name="A lacking image").first.click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".bld-head b")).to_have_text("Failed in step 3 of 4: package no-such-package")
    expect(page.locator(".bld-log")).to_contain_text("Unable to locate package")
    expect(page.locator("body")).to_contain_text("The image “lacking” could not be built.")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
