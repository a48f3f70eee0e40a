"""The doctor over HTTP, where there is no engine to ask."""

from __future__ import annotations

import anyio
import pytest

from app.doctor.examination import Doctor, Report
from app.doctor.ward import Ward
from tests.support import LabUnderTest, Person


def test_without_an_engine_it_says_so(viewer: Person, driver: Person) -> None:
    for reply in (viewer.get("/doctor"), viewer.get("/doctor/web"), driver.post("/doctor/web/stop", {})):
        assert (reply.status_code, reply.json()["code"]) == (503, "no_engine")
        assert reply.json()["hint"]


def test_its_page_is_a_shell_for_everybody_who_has_a_link(lab: LabUnderTest, viewer: Person) -> None:
    reply = viewer.client.get("/doctor", headers={"accept": "text/html"})
    assert reply.status_code == 200
    assert "<h1>Why does it take 10 s to stop?</h1>" in reply.text
    assert 'data-page="doctor"' in reply.text


@pytest.mark.anyio
async def test_many_who_look_at_once_cost_one_examination() -> None:
    looks = 0

    class Counting(Doctor):
        async def examine(self, wanted: object = ()) -> Report:
            nonlocal looks
            looks += 1
            await anyio.lowlevel.checkpoint()
            return Report(())

    async def call(act: object) -> object:
        raise AssertionError(act)

    ward = Ward(lambda: Counting(call, "unix:///x"))
    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(ward.report)
    assert looks == 1
