"""Requests that try to be more than they are."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.support import TOKEN, LabUnderTest, Person, kind

pytestmark = pytest.mark.whole


def test_no_proxy_header_is_believed(lab: LabUnderTest) -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    for name in ("x-forwarded-host", "x-original-host", "x-host", "forwarded", "x-forwarded-server"):
        value = "host=evil.example" if name == "forwarded" else "evil.example"
        asked = httpx.post(f"{lab.url}/api/v1/links", json={"role": "viewer"}, headers={**bearer, name: value})
        assert asked.json()["url"].startswith(lab.url), name
        evil = {**bearer, "host": "evil.example", name: f"127.0.0.1:{lab.port}"}
        assert httpx.get(f"{lab.url}/api/v1/health", headers=evil).status_code == 403, name
    for name in ("x-original-url", "x-rewrite-url", "x-forwarded-prefix"):
        assert httpx.get(f"{lab.url}/", headers={name: "/api/v1/health"}).status_code == 401, name
    assert httpx.get(f"{lab.url}/api/v1/health", headers={"x-http-method-override": "DELETE"}).status_code == 401


def test_words_are_words(lab: LabUnderTest, driver: Person, tmp_path: Path) -> None:
    """Nothing that a person types is read by a shell, and a word that begins with - is no option of ours."""
    mark = tmp_path / "mark"
    for words in (["echo", f"; touch {mark}"], ["echo", f"$(touch {mark})"], ["echo", f"`touch {mark}`", "| id"]):
        run, _ = driver.command(*words)
        with driver.events(run=run) as events:
            events.until(kind("run_finished"))
            printed = "".join(event["text"] for event in events.seen if event["kind"] == "output")
        assert printed.strip() == " ".join(words[1:])
    for signal in ("TERM; id", "$(id)", "-9", "--help", "0", "65", "-1"):
        run, target = driver.command("sleep", "691")
        refused = driver.post(f"/targets/{target}/signals", {"signal": signal})
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown_signal"), signal
        driver.client.delete(f"/api/v1/runs/{run}")
    assert not mark.exists()
