"""A program whose name, command line and output are an attack: the page shows them, and nothing happens."""

from __future__ import annotations

import sys

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.support import LabUnderTest, kind, prints

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
HTML = "<img src=x onerror=window.hurt='html'><script>window.hurt='script'</script>"
PROGRAM = r"""
import ctypes, sys, time
out = sys.stdout
ctypes.CDLL(None).prctl(15, b"\x1b[31m)\n<b>\xe2\x80\xae\"'", 0, 0, 0)
out.write("\x1b]0;TITLE\x07\x1b]2;TITLE\x1b\\")                            # the window's title
out.write("\x1b]52;c;aHVydA==\x07")                                         # the clipboard
out.write("\x1b]8;;javascript:window.hurt='link'\x1b\\click me\x1b]8;;\x1b\\ \n")   # a link
out.write("\x1b[?1049h\x1b[?1049l\x1b[20;20H\x1b[?1000h\x1b[6n\x1b[c\a\a")  # other screens, mouse, answers, bells
out.write("\n\ndata: {\"id\":1,\"kind\":\"reset\"}\n\nid: x\r\ndata: {\"kind\":\"reset\"}\r\r\u2028\n")
out.write("\u202egnp.exe \ufeff x\x00y \x9b31m\n")
out.buffer.write(b"\xff\xfe\xc3( broken \xf0\x9f\n")
out.write("x" * 200_000 + "\n<img src=x onerror=window.hurt='output'>\nall said\n")
out.flush()
time.sleep(600)
"""
WATCH = """
window.hurt = null;
for (const name of ["open", "alert", "confirm", "prompt", "print"]) window[name] = () => { window.hurt = name; };
navigator.clipboard.writeText = () => { window.hurt = "clipboard"; };
"""


def test_a_hostile_program_is_text_and_does_nothing(lab: LabUnderTest, open_screen: Open) -> None:
    with lab.person() as person:
        argv = (sys.executable, "-I", "-c", PROGRAM, HTML, "a\nb", "\x1b[31mred", "\u202egnp.exe", "'\"&lt;")
        run, _ = person.command(*argv)
        with person.events(run=run) as events:
            events.until(prints("all said"))
            events.until(kind("process_appeared"))
    screen = open_screen(lab.driver_link, driver=True)
    page = screen.page
    page.add_init_script(WATCH)
    page.goto(f"{lab.url}/runs/{run}")
    title = page.title()
    expect(page.locator(".xterm-rows")).to_contain_text("all said")
    expect(page.locator(".board-row").first).to_be_visible()
    expect(page.locator("body")).to_contain_text("onerror=window.hurt")
    row = page.locator(".board-row").first.inner_text() + page.locator(".board-row").first.evaluate("e => e.outerHTML")
    assert "\u202e" not in row
    assert "\x1b" not in row
    page.mouse.move(400, 600)
    for cell in page.locator(".xterm-rows span", has_text="click me").all():
        cell.click()
    assert page.evaluate("window.hurt") is None
    assert page.locator("img").count() == 0
    assert page.locator("body script").count() == 0
    assert page.title() == title
    assert "TITLE" not in title
    assert page.url == f"{lab.url}/runs/{run}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no long line widens the page"


def test_names_are_shown_as_they_are_written(lab: LabUnderTest, open_screen: Open) -> None:
    with lab.person() as person:
        run, _ = person.command("sh", "-c", "sleep 682; true", "a\nb\u202ec")
        with person.events(run=run) as events:
            seen = events.until(kind("process_appeared"))
            assert seen["argv"][-1] == "a\nb\u202ec", "what is stored is what was there"
    page = open_screen(lab.driver_link, driver=True, at=f"/runs/{run}").page
    expect(page.locator(".board-row").first).to_contain_text(r"a\nb\u202ec")
