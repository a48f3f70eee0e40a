"""The doctor's page, with real containers that are not the lab's: read only, live, and for everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations_in_both
from tests.browser.conftest import LAPTOP, PHONE, PROJECTOR, Open, complaints_expected
from tests.engine.foreign import HTTP, docker, foreign
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.timeout(120)]


def test_every_container_is_told_live_and_nothing_acts_on_it(lab_with_engine: LabUnderTest, open_screen: Open) -> None:
    with foreign(deaf=(("-e", "DB_PASSWORD=hunter2", "--stop-timeout", "1"), HTTP), init=(("--init",), HTTP)) as ids:
        names = {name: docker("inspect", "-f", "{{.Name}}", each).lstrip("/") for name, each in ids.items()}
        screen = open_screen(lab_with_engine.driver_link, driver=True)
        page = screen.page
        page.get_by_role("link", name="Doctor", exact=True).click()
        page.wait_for_url("**/doctor")
        deaf, init = (page.locator(".doc-one", has_text=names[name]) for name in ("deaf", "init"))
        expect(deaf).to_contain_text("SIGKILL after 1 s")
        expect(deaf.get_by_text("the kernel drops unhandled signals for PID 1").first).to_be_visible()
        expect(init).to_contain_text("stops")
        expect(init.locator(".doc-body")).to_be_hidden()
        init.locator("summary").click()
        expect(init.locator(".doc-graces")).to_contain_text("engine restart")
        for row in (deaf, init):
            expect(row.get_by_text("Not of this lab, which only looks at it.")).to_be_visible()
            words = row.get_by_role("button").all_inner_texts()
            assert {word.strip() for word in words} <= {"Copy", "Rehearse on a copy"}, (
                "there is nothing to press that acts on it"
            )
        assert "hunter2" not in page.content()
        for size in (PROJECTOR, LAPTOP, PHONE):
            page.set_viewport_size(size)
            assert not violations_in_both(page), size
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"wider than {size}"
        page.set_viewport_size(LAPTOP)
        deaf.get_by_role("button", name="Rehearse on a copy").click()
        page.wait_for_url("**/runs/*")
        said = page.locator(".result-say").first
        expect(said).to_contain_text("exit code 143. That holds.", timeout=30_000)
        assert not violations_in_both(page)
        page.go_back()
        expect(deaf).to_contain_text("On a copy:")
        expect(deaf.get_by_role("link", name="Open run")).to_be_visible()
        init.locator("summary").click()
        docker("rm", "--force", ids["deaf"])
        expect(deaf).to_have_count(0)  # it goes by itself
        expect(init.locator(".doc-graces")).to_be_visible()  # and what was opened stays open


ASKS = ("bash", "-c", "trap 'exit 3' TERM; echo Serving; while :; do sleep 0.2; done")


def test_an_open_forecast_is_tried_on_a_copy_with_one_click(lab_with_engine: LabUnderTest, open_screen: Open) -> None:
    """On the doctor's page beside its row, on the stage in the forecast's slot."""
    with foreign(asks=((), ASKS)) as ids:
        name = docker("inspect", "-f", "{{.Name}}", ids["asks"]).lstrip("/")
        page = open_screen(lab_with_engine.driver_link, driver=True, at="/doctor").page
        asks = page.locator(".doc-list > li", has_text=name)
        expect(asks.locator(".doc-body")).to_be_hidden()
        for size in (PROJECTOR, LAPTOP, PHONE):
            page.set_viewport_size(size)
            expect(asks.get_by_role("button", name=f"Rehearse {name} on a copy")).to_be_in_viewport(ratio=1)
            assert not violations_in_both(page), size
        page.set_viewport_size(LAPTOP)
        asks.get_by_role("button", name=f"Rehearse {name} on a copy").click()
        page.wait_for_url("**/runs/*")
        expect(page.locator(".result-say").first).to_contain_text("exit code 3. The stop holds", timeout=30_000)
        with lab_with_engine.person() as person:
            made = person.post("/runs", {"host": "container", "command": list(ASKS)})
            page.goto(f"{lab_with_engine.url}/runs/{made.json()['run']}")
            page.locator(".result").get_by_role("button", name="Rehearse on a copy").click()
            page.wait_for_url(lambda url: not url.endswith(made.json()["run"]))
            expect(page.locator(".result-say").first).to_contain_text("exit code 3. The stop holds", timeout=30_000)
            person.client.delete(f"/api/v1/runs/{made.json()['run']}")


def test_without_an_engine_it_says_how_to_get_one(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.viewer_link, driver=False)
    with complaints_expected(screen, "503"):  # there is nobody to ask
        screen.page.goto(f"{lab.url}/doctor")
        expect(screen.page.locator(".home-none")).to_contain_text("No Docker engine answers.")
        assert not violations_in_both(screen.page)
        screen.page.goto(f"{lab.url}/signals")  # and nobody asks any more
