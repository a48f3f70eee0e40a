"""What a page of somebody else can do to a driver who has the lab open in the same browser: nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.support import LabUnderTest, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@contextmanager
def evil(page: str) -> Iterator[str]:
    """Another site: another port of this machine is another origin, and the same site, which is worse."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def no_runs(lab: LabUnderTest) -> bool:
    with lab.person() as person:
        return not person.get("/runs").json()["runs"]


def visit(lab: LabUnderTest, open_screen: Open, page: str) -> list[str]:
    """What a script of that page has found out, with the driver's cookie in the browser."""
    screen = open_screen(lab.driver_link, driver=True)
    with evil(page.replace("LAB", lab.url)) as url:
        tab = screen.context.new_page()
        tab.goto(url)
        tab.wait_for_function("window.told && window.told.length >= window.wanted")
        told: list[str] = tab.evaluate("window.told")
        tab.close()
    return told


SCRIPT = """<script>
window.told = []; window.wanted = 5;
const tell = (what) => (answer) => window.told.push(what + ": " + (answer.status ?? answer.name ?? answer.type));
const body = JSON.stringify({experiment: "catch-all"});
const json = {"content-type": "application/json"};
fetch("LAB/api/v1/health", {credentials: "include"}).then(tell("read"), tell("read"));
fetch("LAB/api/v1/runs", {method: "POST", credentials: "include", body, headers: json})
  .then(tell("json"), tell("json"));
fetch("LAB/api/v1/runs", {method: "POST", credentials: "include", mode: "no-cors", body})
  .then(tell("blind"), tell("blind"));
const source = new EventSource("LAB/api/v1/events", {withCredentials: true});
source.onmessage = () => window.told.push("stream: heard something");
source.onerror = () => { window.told.push("stream: error"); source.close(); };
const image = new Image(); image.onerror = () => window.told.push("image: error");
image.src = "LAB/api/v1/runs";
</script>"""


def test_scripts_of_another_page_read_nothing_and_start_nothing(lab: LabUnderTest, open_screen: Open) -> None:
    told = visit(lab, open_screen, SCRIPT)
    assert sorted(told) == [
        "blind: TypeError",  # not even an opaque answer: Cross-Origin-Resource-Policy
        "image: error",
        "json: TypeError",
        "read: TypeError",
        "stream: error",
    ]
    assert no_runs(lab)


def test_a_form_of_another_page_starts_nothing(lab: LabUnderTest, open_screen: Open) -> None:
    form = """<form method="post" enctype="text/plain" action="LAB/api/v1/runs">
    <input name='{"experiment":"catch-all","x":"' value='"}'></form><script>document.forms[0].submit()</script>"""
    screen = open_screen(lab.driver_link, driver=True)
    with evil(form.replace("LAB", lab.url)) as url:
        tab = screen.context.new_page()
        tab.goto(url)
        expect(tab.locator("body")).to_contain_text("cross_site")
    assert no_runs(lab)


def test_the_lab_cannot_be_put_into_a_frame(lab: LabUnderTest, open_screen: Open) -> None:
    screen = open_screen(lab.driver_link, driver=True)
    with evil(f'<iframe src="{lab.url}/" style="opacity:.01;width:900px;height:700px"></iframe>') as url:
        tab = screen.context.new_page()
        said: list[str] = []
        tab.on("console", lambda each: said.append(each.text))
        tab.goto(url)
        tab.wait_for_load_state("load")
        [frame] = tab.frames[1:]
        assert frame.locator("button").count() == 0
        until(lambda: any("frame" in each.lower() for each in said), what="the browser says that it refused the frame")


def test_pages_ask_nobody_else_and_leave_no_trail(lab: LabUnderTest, open_screen: Open) -> None:
    """No CDN, no font, no beacon; and the code of a link is in no Referer."""
    asked: list[tuple[str, str]] = []
    first = open_screen(lab.driver_link, driver=True, by_hand=True)
    first.context.on("request", lambda each: asked.append((each.url, each.headers.get("referer", ""))))
    for path in ("/", "/experiments/catch-all", "/docs"):
        first.page.goto(lab.url + path)
        first.page.wait_for_load_state("load")
    assert asked
    assert all(url.startswith((lab.url, "data:", "blob:")) for url, _ in asked)
    assert not any("/enter/" in referer or "/watch/" in referer for _, referer in asked)
