"""The lab below a path of its host, behind a proxy that may take the path away or leave it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from tests.support import TOKEN, LabUnderTest, running_lab

ADDRESS = "https://team.example/lab"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabUnderTest]:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    with running_lab(tmp_path / "data", public_url=f"{ADDRESS}/") as running:
        yield running


def test_links_cookies_and_every_address_of_a_page_begin_with_it(lab: LabUnderTest) -> None:
    assert lab.driver_link.startswith(f"{ADDRESS}/enter/")
    with httpx.Client(base_url=lab.url, headers={"host": "team.example"}) as client:
        came = client.get(lab.viewer_link.removeprefix("https://team.example"))
        assert (came.status_code, came.headers["location"]) == (303, "/lab/")
        assert "path=/lab/;" in came.headers["set-cookie"].lower()
        assert "secure" in came.headers["set-cookie"].lower()
        cookie = came.headers["set-cookie"].partition(";")[0]
        for path in ("/lab/", "/lab", "/", "/lab/signals", "/lab/docs", "/lab/nowhere"):
            page = client.get(path, headers={"cookie": cookie, "accept": "text/html"})
            assert '<html lang="en" data-root="/lab">' in page.text, path
            found = re.findall(r'(?:href|src|data-[a-z-]+)="(/[^"]*)"', page.text)
            assert found, path
            assert [each for each in found if not each.startswith("/lab")] == [], path
            for each in {each for each in found if "/static/" in each}:
                assert client.get(each).status_code == 200, each


def test_the_api_answers_with_and_without_it(lab: LabUnderTest) -> None:
    for path in ("/lab/api/v1/health", "/api/v1/health"):
        reply = httpx.get(f"{lab.url}{path}", headers={"authorization": f"Bearer {TOKEN}"})
        assert reply.status_code == 200, path
    for path in ("/labels/api/v1/health", "/lab/lab/api/v1/health"):
        assert httpx.get(f"{lab.url}{path}").status_code == 404, path


@pytest.mark.parametrize(
    ("given", "root"),
    [
        ({}, ""),
        ({"public_url": "http://lab.example:9015"}, ""),
        ({"public_url": "http://lab.example/a/b/"}, "/a/b"),
        ({"root_path": "/lab/"}, "/lab"),
        ({"public_url": "http://lab.example/a", "root_path": "/b"}, "/b"),
    ],
)
def test_where_it_is_below(given: dict[str, Any], root: str) -> None:
    assert Settings(**given).root == root


@pytest.mark.parametrize("path", ["lab", "/lab//x", "/la b", "/lab?x", '/"', "//host"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="root_path"):
        Settings(root_path=path)


@pytest.mark.parametrize(("named", "status"), [("127.0.0.1", 201), ("", 403), ("192.0.2.1", 403)])
def test_what_a_proxy_says_counts_when_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, status: int
) -> None:
    """The page came by TLS, so the browser says https; the lab hears http, and what is before it says what it was."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    with running_lab(tmp_path / "data", trusted_proxies=named) as lab, httpx.Client(base_url=lab.url) as client:
        origin = f"https://127.0.0.1:{lab.port}"
        says = {"origin": origin, "sec-fetch-site": "same-origin", "x-forwarded-proto": "https"}
        code = lab.driver_link.rpartition("/")[2]
        entered = client.post(f"/enter/{code}", headers={"origin": lab.url, "sec-fetch-site": "same-origin"})
        assert entered.status_code == 303
        reply = client.post("/api/v1/links", json={"role": "viewer"}, headers=says)
        assert reply.status_code == status, reply.text
