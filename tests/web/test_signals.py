"""The reference as it is served: the table, who uses it, and the addresses of its pages."""

from __future__ import annotations

import re

import pytest

from app.signals import RESERVED, SIGNALS
from tests.support import LabUnderTest, Person


def test_uses_are_told_of_every_signal_of_the_table(viewer: Person) -> None:
    table, uses = viewer.get("/signals").json(), viewer.get("/signals/uses").json()
    names = [each["name"] for each in (*table["signals"], *table["reserved"])]
    assert names == [each.name for each in (*SIGNALS, *RESERVED)]
    assert sorted(uses["senders"]) == sorted(names)
    assert set(uses["programs"]) <= set(names)
    told = [each for found in (*uses["senders"].values(), *uses["programs"].values()) for each in found]
    assert all(each["source"]["title"] for each in told)
    reload = {each["program"] for each in uses["programs"]["SIGHUP"] if each["kind"] == "stays"}
    assert {"nginx", "postgres", "systemd"} <= reload


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/signals", ""), ("/signals/SIGTERM", "SIGTERM"), ("/signals/term", "SIGTERM"), ("/signals/15", "SIGTERM"),
        ("/signals/SIGRTMIN+3", "SIGRTMIN+3"), ("/signals/SIGRTMIN%2B20", "SIGRTMAX-10"), ("/signals/SIG32", "SIG32"),
    ],
)  # fmt: skip
def test_each_signal_has_an_address(lab: LabUnderTest, path: str, name: str) -> None:
    with lab.person() as person:
        reply = person.client.get(path, headers={"accept": "text/html"})
    assert reply.status_code == 200
    found = re.search(r'data-page="signals" .*data-signal="([^"]*)"', reply.text)
    assert found
    assert found[1] == name
    assert f"<h1>{len(SIGNALS)} signals</h1>" in reply.text


def test_an_address_of_no_signal_says_what_was_meant(lab: LabUnderTest) -> None:
    with lab.person() as person:
        reply = person.client.get("/signals/SIGTREM", headers={"accept": "text/html"})
        hostile = person.client.get("/signals/%3Cscript%3E", headers={"accept": "text/html"})
    assert reply.status_code == 404
    assert "did you mean SIGTERM?" in reply.text
    assert hostile.status_code == 404
    assert "<script>" not in hostile.text.partition("<main")[2]
