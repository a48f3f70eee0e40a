"""Who may do what: every route, every door, every Host."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from app.main import create_app
from app.settings import Settings
from app.web.shield import allowed_hosts, is_allowed
from tests.support import TOKEN, LabUnderTest, Person, running_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabUnderTest]:
    """One for all of them: what they ask for changes nothing for the next one."""
    there = tmp_path_factory.mktemp("access")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", f"unix://{there}/no-engine.sock")
        with running_lab(there / "data") as running:
            yield running


@pytest.fixture
def driver_link(lab: LabUnderTest) -> str:
    """A new one, as `signal-lab link` gets it."""
    with lab.person() as program:
        return str(program.post("/links", {"role": "driver"}).json()["url"])


def leaves(routes: Iterable[object]) -> Iterator[APIRoute]:
    """Every API route, also of included routers."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            inner = getattr(route, "original_router", None)
            yield from leaves(getattr(inner, "routes", ()))


def routes(data: Path) -> Iterator[tuple[str, str, str | None]]:
    """Method, path and role of every route that there is."""
    for route in leaves(create_app(Settings(data=data, port=1)).routes):
        for method in sorted(route.methods or ()):
            yield method, route.path, getattr(route.endpoint, "__lab_role__", None)


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: {"step": "0"}.get(found[1], "x"), path)


VIEWERS_WRITE = {"POST /api/v1/targets/{target}/guess"}  # a guess before a stop, and nothing else


def test_every_route_says_who_may_use_it_and_writes_are_for_drivers(tmp_path: Path) -> None:
    found = list(routes(tmp_path))
    assert len(found) > 20
    for method, path, who in found:
        assert who in ("anyone", "viewer", "driver"), f"{method} {path} says nothing"
        if method != "GET":
            free = path == "/enter/{code}" or f"{method} {path}" in VIEWERS_WRITE
            assert who == "driver" or free, f"{method} {path} is a write for {who}"
        if who == "anyone":
            assert path.startswith(("/enter/", "/watch/")) or path == "/api/v1/healthz", f"{path} is open to anyone"


def test_without_a_role_every_route_is_shut(lab: LabUnderTest, tmp_path: Path) -> None:
    with lab.person(token=None) as stranger, lab.person(token="wrong") as liar:
        for method, path, who in routes(tmp_path):
            if who == "anyone":
                continue
            for person in (stranger, liar):
                reply = person.client.request(method, filled(path))
                assert reply.status_code == 401, f"{method} {path}: {reply.status_code}"
                assert reply.json()["code"] == "not_signed_in"


def test_what_anyone_may_ask_says_nothing_about_the_lab(lab: LabUnderTest) -> None:
    with lab.person(token=None) as stranger:
        assert set(stranger.get("/healthz").json()) == {"ok", "version"}


def test_a_viewer_can_write_on_no_route(lab: LabUnderTest, viewer: Person, tmp_path: Path) -> None:
    for method, path, who in routes(tmp_path):
        if who == "driver":
            reply = viewer.client.request(method, filled(path), json={})
            assert (reply.status_code, reply.json()["code"]) == (403, "forbidden"), f"{method} {path}"
    assert viewer.get("/health").json()["role"] == "viewer"


def test_the_drivers_link_works_once_and_only_by_a_click(lab: LabUnderTest, driver_link: str) -> None:
    with httpx.Client() as preview:
        page = preview.get(driver_link, headers={"accept": "text/html"})
        assert page.status_code == 200
        assert "<form" in page.text
        assert not preview.cookies
    own = {"sec-fetch-site": "same-origin"}
    with httpx.Client(headers=own) as driver:
        assert driver.post(driver_link).status_code == 303
        assert driver.get(f"{lab.url}/api/v1/health").json()["role"] == "driver"
        (cookie,) = driver.cookies.jar
        assert cookie.name == f"signal_lab_{lab.port}"
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "lax"
        assert cookie.value not in (TOKEN, driver_link.rsplit("/")[-1])
    with httpx.Client(headers=own) as late:
        assert late.post(driver_link).status_code == 401
        assert late.get(f"{lab.url}/api/v1/health").status_code == 401


def test_viewers_links_are_shared_and_can_be_revoked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with running_lab(tmp_path / "data") as lab, lab.person() as driver:
        shared_and_revoked(lab, driver)


def shared_and_revoked(lab: LabUnderTest, driver: Person) -> None:
    link = driver.post("/links", {"role": "viewer"}).json()["url"]
    with httpx.Client() as one, httpx.Client() as two:
        for person in (one, two):
            assert person.get(link).status_code == 303
            assert person.get(f"{lab.url}/api/v1/health").json()["role"] == "viewer"
        assert driver.client.delete("/api/v1/links").status_code == 200
        assert one.get(f"{lab.url}/api/v1/health").status_code == 401
        with httpx.Client() as three:
            assert three.get(link).status_code == 401


def test_a_driver_who_opens_the_viewers_link_stays_the_driver(lab: LabUnderTest, driver_link: str) -> None:
    with httpx.Client(headers={"sec-fetch-site": "same-origin"}) as driver:
        driver.post(driver_link)
        assert driver.get(lab.viewer_link).status_code == 303
        assert driver.get(f"{lab.url}/api/v1/health").json()["role"] == "driver"


def test_sessions_and_the_token_survive_a_restart_and_are_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with httpx.Client(headers={"sec-fetch-site": "same-origin"}) as person:
        with running_lab(tmp_path / "data") as first:
            person.post(first.driver_link)
            (cookie,) = person.cookies.jar
        with running_lab(tmp_path / "data") as second:
            again = {f"signal_lab_{second.port}": cookie.value or ""}
            assert httpx.get(f"{second.url}/api/v1/health", cookies=again).json()["role"] == "driver"
    for path in (tmp_path / "data").iterdir():
        assert b"signal_lab" not in path.read_bytes()
        assert (cookie.value or "").encode() not in path.read_bytes(), f"{path.name} holds a session id"
    assert (tmp_path / "data" / "access.db").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {},
        {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1"},
        {"sec-fetch-site": "none", "origin": "http://evil.example"},
        {"sec-fetch-site": "none", "origin": "null"},
        {"sec-fetch-site": "same-origin", "origin": "http://evil.example"},
        {"origin": "https://HOST"},
        {"origin": "HOST"},
        {"origin": "http://HOST.evil.example"},
        {"origin": "http://HOST/"},
        {"origin": "http://me@HOST"},
    ],
)
def test_a_write_from_another_site_is_refused(lab: LabUnderTest, driver_link: str, headers: dict[str, str]) -> None:
    with httpx.Client() as driver:
        driver.post(driver_link, headers={"sec-fetch-site": "same-origin"})
        sent = {name: value.replace("HOST", f"127.0.0.1:{lab.port}") for name, value in headers.items()}
        reply = driver.post(f"{lab.url}/api/v1/runs", json={"experiment": "catch-all"}, headers=sent)
        assert (reply.status_code, reply.json()["code"]) == (403, "cross_site")
        assert driver.get(f"{lab.url}/api/v1/runs").json()["runs"] == []


def test_an_old_browser_that_only_sends_origin_may_write(lab: LabUnderTest, driver_link: str) -> None:
    with httpx.Client(headers={"origin": lab.url}) as driver:
        driver.post(driver_link)
        assert driver.post(f"{lab.url}/api/v1/runs", json={"experiment": "catch-all"}).status_code == 201


def test_behind_a_proxy_the_origin_is_that_of_the_public_address(tmp_path: Path) -> None:
    public = "https://lab.example.org"
    with running_lab(tmp_path / "data", public_url=public) as lab:
        host = {"host": "lab.example.org"}
        code = lab.driver_link.rpartition("/")[2]
        for origin, status in (("http://lab.example.org", 403), (lab.url, 403), (public, 303)):
            reply = httpx.post(f"{lab.url}/enter/{code}", headers={**host, "origin": origin})
            assert reply.status_code == status, origin


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1.evil.example:{port}",
        "localhost.:{port}",
        "127.0.0.1:1",
        "127.0.0.1:{port}0",
        "127.0.0.1",
        "[::2]:{port}",
        "0.0.0.0:{port}",
        "",
    ],
)
def test_a_host_that_is_not_ours_gets_nothing(lab: LabUnderTest, host: str) -> None:
    headers = {"host": host.format(port=lab.port), "authorization": f"Bearer {TOKEN}"}
    for path in ("/api/v1/health", "/", "/static/js/entries/home.js", "/api/v1/events"):
        reply = httpx.get(lab.url + path, headers=headers)
        assert reply.status_code in (400, 403), f"{host} {path}"


def test_who_comes_while_the_lab_ends_is_told_so(tmp_path: Path) -> None:
    """The books may be closed already when the last requests come."""
    with running_lab(tmp_path / "data") as ending:
        ending.services.access.close()
        reply = httpx.get(f"{ending.url}/api/v1/runs", cookies={f"signal_lab_{ending.port}": "anything"})
    told = reply.json()
    assert (reply.status_code, told["code"]) == (503, "cannot_store")
    assert told["error"] == "access.db is closed: the lab is ending"


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
def test_hosts_of_loopback_are_ours(lab: LabUnderTest, host: str) -> None:
    headers = {"host": host.format(port=lab.port), "authorization": f"Bearer {TOKEN}"}
    assert httpx.get(f"{lab.url}/api/v1/health", headers=headers).status_code == 200


def test_a_lab_for_the_lan_takes_addresses_but_no_names() -> None:
    allowed = allowed_hosts("0.0.0.0", 9015, "https://lab.example.org")
    assert is_allowed("192.168.1.7:9015", allowed, any_address=True)
    assert is_allowed("[fe80::1]:9015", allowed, any_address=True)
    assert is_allowed("lab.example.org", allowed, any_address=True)
    assert not is_allowed("rebound.example:9015", allowed, any_address=True)
    assert not is_allowed("192.168.1.7:9015", allowed, any_address=False)


def test_every_answer_carries_the_security_headers(lab: LabUnderTest, driver: Person) -> None:
    for path in ("/", "/api/v1/health", "/static/css/tokens.css", "/nothing-here", "/api/v1/runs/r9"):
        headers = driver.client.get(path).headers
        assert "script-src 'self';" in headers["content-security-policy"], path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert "server" not in headers, path
        assert "access-control-allow-origin" not in headers, path


def test_shells_hold_no_inline_script_and_no_foreign_address(lab: LabUnderTest, driver: Person) -> None:
    for path in ("/", "/experiments/pid-1", "/docs"):
        page = driver.client.get(path, headers={"accept": "text/html"}).text
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page), path
        assert not re.search(r"\bon\w+=", page), path
        assert not re.search(r"https?://(?!www\.w3\.org)", page), path


def test_the_one_error_shape(lab: LabUnderTest, driver: Person) -> None:
    wrong = [
        driver.get("/runs/r999"),
        driver.get("/nothing"),
        driver.client.put("/api/v1/runs"),
        driver.post("/runs", {"experiment": "no-such"}),
        driver.post("/runs", {}),
        driver.post("/runs", {"host": "process"}),
        driver.post("/runs", {"host": "container", "options": {"binds": ["/:/host"]}}),
        driver.post("/runs", {"host": "container", "options": {"pids_limit": "many"}}),
        driver.post("/runs", {"experiment": "pid-1", "surprise": 1}),
        driver.client.post("/api/v1/runs", content=b"{not json"),
        driver.client.post("/api/v1/runs", content=b"\xff\xfe"),
        driver.post("/targets/r1.x/signals", {}),
        driver.post("/targets/r1.x/stop", {"timeout_s": 3601}),
        driver.post("/targets/r1.x/stop", {"timeout_s": -2}),
        driver.post("/targets/r1.x/stop", {"timeout_s": 1.5}),
        driver.client.get("/api/v1/events?after=-1"),
        driver.post("/runs/r1/steps/x"),
    ]
    for reply in wrong:
        shape = reply.json()
        where = f"{reply.request.method} {reply.request.url}: {json.dumps(shape)}"
        assert 400 <= reply.status_code < 500, where
        assert set(shape) == {"ok", "code", "error", "hint"}, where
        assert shape["ok"] is False, where
        assert all(isinstance(shape[name], str) and shape[name] for name in ("code", "error", "hint")), where


def test_a_browser_gets_its_errors_as_a_page(lab: LabUnderTest, driver: Person) -> None:
    reply = driver.client.get("/runs/r999", headers={"accept": "text/html"})
    assert reply.status_code == 404
    assert reply.headers["content-type"].startswith("text/html")
    assert "there is no run r999" in reply.text


def test_the_description_of_the_api_names_every_call(driver: Person, tmp_path: Path) -> None:
    described = driver.get("/openapi.json").json()["paths"]
    shown = driver.client.get("/docs").text
    for method, route, _ in routes(tmp_path):
        path = route.replace(":path}", "}")  # how much of the address it takes is no part of its name
        if path.startswith("/api/v1/") and path != "/api/v1/openapi.json":
            assert described[path][method.lower()]["description"], f"{method} {path} says nothing"
            assert f"{method} {path}" in shown
