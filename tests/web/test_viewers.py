"""Those who watch: counted as browsers, shown to all at once, and gone within a second when their link is revoked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support import EventReader, LabUnderTest, Person, running_lab

pytestmark = pytest.mark.whole


@contextmanager
def watching(client: httpx.Client, lab: LabUnderTest) -> Iterator[EventReader]:
    with client.stream("GET", f"{lab.url}/api/v1/events", timeout=15) as response:
        assert response.status_code == 200
        yield EventReader(response)


def told(reader: EventReader, viewers: int) -> None:
    """Returns when it was told that so many watch."""
    while reader.beat()["viewers"] != viewers:
        pass


def test_viewers_are_browsers_and_the_driver_is_none(lab: LabUnderTest, driver: Person) -> None:
    with ExitStack() as open_, driver.events() as events:
        told(events, 0)
        one, two = (open_.enter_context(httpx.Client(timeout=15)) for _ in range(2))
        for client in (one, two):
            assert client.get(lab.viewer_link).status_code == 303
        with watching(one, lab) as first, watching(one, lab), watching(two, lab):
            told(events, 2)
            told(first, 2)
            assert driver.get("/health").json()["viewers"] == 2
        told(events, 0)


def test_a_preview_of_the_link_in_a_chat_breaks_nothing(lab: LabUnderTest) -> None:
    with httpx.Client(headers={"user-agent": "Slackbot-LinkExpanding 1.0"}, follow_redirects=True) as bot:
        assert bot.get(lab.viewer_link, headers={"accept": "text/html"}).status_code == 200
    with httpx.Client() as colleague:
        reply = colleague.get(lab.viewer_link, headers={"sec-fetch-site": "cross-site"})
        assert (reply.status_code, reply.headers["location"]) == (303, "/")
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert colleague.get(f"{lab.url}/api/v1/health").json()["role"] == "viewer"


def test_revoking_ends_open_streams_at_once_and_the_drivers_goes_on(tmp_path: Path) -> None:
    """At once, and not with the next heartbeat: here there is none."""
    with (
        running_lab(tmp_path, heartbeat_s=3600) as lab,
        lab.person() as driver,
        httpx.Client(timeout=15) as viewer,
        driver.events() as events,
    ):
        viewer.get(lab.viewer_link)
        with watching(viewer, lab) as reader:
            told(reader, 1)
            assert driver.client.delete("/api/v1/links").json() == {"ok": True, "watching": 1}
            for _ in reader:
                pass  # to the clean end of the stream
        assert viewer.get(f"{lab.url}/api/v1/events").status_code == 401
        told(events, 0)
        again = driver.post("/links", {"role": "viewer"}).json()["url"]
        assert viewer.get(again).status_code == 303
