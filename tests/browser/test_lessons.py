"""Lessons as a person goes through them: a file is edited, a signal sent by hand, ticks come, and what was to be learnt
stands at the end.  The experiments are the tests' own, so that each state can be reached at will."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import PHONE, PROJECTOR, Open, complaints_expected
from tests.browser.test_main_job import key, start, wait_for_line
from tests.support import LabUnderTest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

# Prints its file when it is told to: HUP reads it again, USR2 answers with it.
RELOAD = r"""
read_file() { text=$(cat "$1"); }
trap 'read_file "$conf"; echo "read again: $text"' HUP
trap 'echo "answer: $text"' USR2
conf=$1; read_file "$conf"; echo "ready: $text"
while :; do sleep 1000 & wait $!; kill $! 2>/dev/null; done
"""
RELOAD_TOML = r"""
id = "reload"
title = "Reload a file"
group = "Signals"
order = 1
section = "Reload configuration file using HUP signal"
question = "How does a program read its file again?"
special = "Its only argument is the path of a file: `watch.conf`."
differs = "The tutorial waits two seconds; here it answers at once."
learnt = ["`HUP` ends a process by default, signal(7).", "A handler can give it another meaning."]
[[file]]
name = "watch.conf"
text = "Hello\n"
[[target]]
name = "watcher"
host = "process"
command = ["bash", "SCRIPT", "{files}/watch.conf"]
[[step]]
say = "Write another line into `watch.conf`."
do = { write = { file = "watch.conf", text = "Good morning\n" } }
expect = [{ kind = "file_written", fields = { name = "watch.conf" }, say = "the file is written" }]
[[step]]
say = "Send it HUP."
do = { signal = { signal = "HUP" } }
expect = [{ kind = "output", fields = { text = "read again: " }, say = "it reads the file again" }]
[[step]]
say = "Ask what it knows."
do = { signal = { signal = "USR2" } }
within_s = 0.7
expect = [{ kind = "output", fields = { text = "answer: yes" }, say = "it answers yes" }]
[[step]]
say = "Stop it."
do = { stop = { timeout_s = 3 } }
expect = [{ kind = "stop_finished", fields = { killed = false }, say = "it leaves" }]
"""

# Sends the first half of /slow in about a second and holds the rest back: who stops it cuts the answer.
HALF = r"""
import http.server, sys, threading
class Half(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        whole = 400_000 if self.path == "/slow" else 10
        self.send_response(200)
        self.send_header("content-length", str(whole))
        self.end_headers()
        if whole == 10:
            self.wfile.write(b"It works.\n")
            return
        for _ in range(10):
            self.wfile.write(bytes(whole // 20))
            threading.Event().wait(0.1)
        print("half", flush=True)
        threading.Event().wait()
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Half)
print("listening", flush=True)
server.serve_forever()
"""
WEB_TOML = r"""
id = "web"
title = "A page from it"
group = "Web servers"
order = 2
question = "What becomes of a download when its server ends?"
[[target]]
name = "server"
host = "process"
command = ["python3", "SCRIPT", "{port:80/tcp}"]
process = { ports = { "80/tcp" = 0 } }
[[step]]
say = "Wait until it listens."
expect = [{ kind = "output", fields = { text = "listening" }, say = "it listens" }]
[[step]]
say = "Get its page, and run a command."
do = [{ get = { port = "80/tcp", path = "/" } }, { exec = { command = ["echo", "hello", "there"] } }]
expect = [
  { kind = "http_finished", fields = { status = 200, complete = true }, say = "it answers 200" },
  { kind = "exec_finished", fields = { exit_code = 0 }, say = "the command ends well" },
]
[[step]]
say = "Get something slow, and end it meanwhile."
do = { get = { port = "80/tcp", path = "/slow" } }
expect = [{ kind = "http_finished", fields = { complete = false }, say = "the download is cut" }]
"""


@pytest.fixture
def lessons(tmp_path: Path) -> Iterator[LabUnderTest]:
    folder = tmp_path / "experiments"
    folder.mkdir()
    (folder / "reload.sh").write_text(RELOAD)
    (folder / "reload.toml").write_text(RELOAD_TOML.replace("SCRIPT", str(folder / "reload.sh")))
    (folder / "half.py").write_text(HALF)
    (folder / "web.toml").write_text(WEB_TOML.replace("SCRIPT", str(folder / "half.py")))
    lab = LabUnderTest(tmp_path / "data", experiments=folder)
    lab.start()
    yield lab
    lab.stop()


def step(page: Page, number: int) -> Locator:
    return page.locator(".lesson-step").nth(number - 1)


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="watch.conf")


def test_a_lesson_done_by_hand_is_ticked_and_a_viewer_sees_the_same_read_only(
    lessons: LabUnderTest, open_screen: Open
) -> None:
    driving = open_screen(lessons.driver_link, driver=True, viewport=PROJECTOR)
    watching = open_screen(lessons.viewer_link, driver=False)
    page, other = driving.page, watching.page
    run = start(page, "Reload a file")
    other.goto(page.url)
    wait_for_line(page, "ready: Hello")
    for each in (page, other):
        expect(editor(each)).to_have_value("Hello\n")
        expect(step(each, 1)).to_have_attribute("aria-current", "step")
    expect(editor(other)).to_have_attribute("readonly", "")
    expect(other.locator(".lesson").get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("button", name="Save")).to_be_disabled()

    editor(page).fill("Guten Abend\n")
    expect(page.locator(".file-head")).to_contain_text("not saved")
    editor(page).press("Control+s")
    for each in (page, other):
        expect(step(each, 1)).to_have_attribute("data-is", "done")
        expect(editor(each)).to_have_value("Guten Abend\n")
        expect(each.locator(".file-head")).to_contain_text("written by the driver")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()

    key(page, "HUP")
    wait_for_line(page, "read again: Guten Abend")
    for each in (page, other):
        expect(step(each, 2)).to_have_attribute("data-is", "done")
        expect(step(each, 2).locator("li[data-is=seen]")).to_contain_text("it reads the file again")
    evidence = step(page, 2).get_by_role("link")
    number = evidence.inner_text()
    evidence.click()
    expect(page.locator(f"#e{number}")).to_contain_text("read again: Guten Abend")
    for screen in (driving, watching):
        assert not violations(screen.page)
        assert screen.shifted() < 0.02

    forged = """async (run) => (await fetch(`/api/v1/runs/${run}/files/watch.conf`, {method: "PUT",
      body: JSON.stringify({text: "x"}), headers: {"content-type": "application/json"}})).status"""
    with complaints_expected(watching, "403"):
        assert other.evaluate(forged, run) == 403


def test_what_did_not_come_is_struck_out_and_can_be_tried_again_and_the_end_says_what_was_learnt(
    lessons: LabUnderTest, open_screen: Open
) -> None:
    screen = open_screen(lessons.driver_link, driver=True, viewport=PROJECTOR)
    page = screen.page
    start(page, "Reload a file")
    wait_for_line(page, "ready: Hello")
    learnt = page.locator(".lesson-learnt")
    expect(learnt).not_to_have_attribute("open", "")
    expect(learnt.get_by_text("A handler can give it")).to_be_hidden()
    page.get_by_role("button", name="Write watch.conf").click()
    expect(editor(page)).to_have_value("Good morning\n")
    page.get_by_role("button", name="Send HUP").click()
    page.get_by_role("button", name="Send USR2").click()

    failed = step(page, 3).locator("li[data-is=failed]")
    expect(failed.locator("s")).to_contain_text("it answers yes")
    expect(failed).to_contain_text("answer: Good morning")
    assert not violations(page)
    editor(page).fill("yes\n")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".file-head")).to_contain_text("written by the driver")
    key(page, "HUP")
    wait_for_line(page, "read again: yes")
    page.get_by_role("button", name="Again: Send USR2").click()
    expect(step(page, 3)).to_have_attribute("data-is", "done")

    page.get_by_role("button", name="Stop it, wait 3 s").click()
    expect(step(page, 4)).to_have_attribute("data-is", "done")
    expect(learnt).to_have_attribute("open", "")
    expect(learnt).to_contain_text("A handler can give it another meaning.")
    expect(learnt).to_contain_text("Measured otherwise. The tutorial waits two seconds")
    expect(learnt).to_contain_text("In the tutorial: “Reload configuration file using HUP signal”")
    expect(page.get_by_role("link", name="Next: List the signals")).to_be_in_viewport()
    expect(editor(page)).to_have_attribute("readonly", "")
    assert not violations(page)
    assert screen.shifted() < 0.02
    page.reload()
    expect(page.locator(".lesson-step[data-is=done]")).to_have_count(4)
    expect(learnt).to_have_attribute("open", "")


def test_a_page_and_a_command_are_shown_in_the_step_that_asked_for_them(
    lessons: LabUnderTest, open_screen: Open
) -> None:
    screen = open_screen(lessons.driver_link, driver=True, viewport=PROJECTOR)
    page = screen.page
    start(page, "A page from it")
    wait_for_line(page, "listening")
    port = page.locator(".ask-ports a")
    expect(port).to_have_attribute("target", "_blank")
    expect(port).to_have_attribute("rel", "noopener noreferrer")
    address = port.get_attribute("href") or ""
    page.get_by_role("button", name="Get / and run echo hello there").click()
    expect(step(page, 2)).to_have_attribute("data-is", "done")
    got, ran = step(page, 2).locator(".ans").nth(0), step(page, 2).locator(".ans").nth(1)
    expect(got).to_contain_text(f"GET {address.removeprefix('http://')}")
    expect(got).to_contain_text("went on to its end: 10 bytes")
    expect(got.locator("pre")).to_have_text("It works.")
    expect(ran).to_contain_text("exit 0")
    expect(ran.locator("pre")).to_have_text("hello there")

    page.get_by_role("button", name="Get /slow").click()
    bar = step(page, 3).get_by_role("progressbar")
    expect(bar).to_have_js_property("max", 400_000)
    wait_for_line(page, "half")
    assert 0 < float(bar.evaluate("(bar) => bar.value")) <= 200_000
    key(page, "TERM")
    expect(step(page, 3).locator(".ans")).to_contain_text("was cut after")
    expect(step(page, 3).locator(".ans")).to_contain_text("at 200 kB of 400 kB")
    expect(bar).to_have_js_property("value", 200_000)
    assert not violations(page)
    assert screen.shifted() < 0.02


def test_what_is_special_in_the_command_line_opens_without_moving_anything(
    lessons: LabUnderTest, open_screen: Open
) -> None:
    screen = open_screen(lessons.driver_link, driver=True)
    page = screen.page
    page.get_by_role("link", name="Reload a file").click()
    page.get_by_role("button", name="Special:").click()
    about = page.locator("#ask-about")
    expect(about).to_be_visible()
    expect(about.locator("code")).to_have_text("watch.conf")
    assert not violations(page)
    page.keyboard.press("Escape")
    expect(about).to_be_hidden()
    assert screen.shifted() < 0.02
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Lesson").click()
    expect(page.locator(".lesson-special")).to_contain_text("Its only argument")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not violations(page)
