"""What a page begins with, in one answer."""

from __future__ import annotations

from tests.support import Person


def test_it_is_what_each_address_says(viewer: Person) -> None:
    said = viewer.get("/lab").json()
    assert said["signals"] == viewer.get("/signals").json()
    catalogue = viewer.get("/experiments").json()
    assert {name: said[name] for name in catalogue} == catalogue
    health = viewer.get("/health").json()
    assert said["health"].keys() == health.keys()
    assert {**said["health"], "now": ""} == {**health, "now": ""}


def test_of_what_a_page_is_not_about_it_has_what_a_list_needs(viewer: Person) -> None:
    whole = {each["id"]: each for each in viewer.get("/lab").json()["experiments"]}
    for about in ("pid-1", ""):
        listed = {each["id"]: each for each in viewer.get(f"/lab?about={about}").json()["experiments"]}
        assert list(listed) == list(whole)
        for name, each in listed.items():
            assert each.items() <= whole[name].items()
            assert ("steps" in each) is (name == about)
    assert viewer.get(f"/lab?about={'x' * 101}").status_code == 422


def test_it_is_compressed_for_who_takes_it_and_the_stream_never_is(viewer: Person) -> None:
    sizes = []
    for accepted in ("identity", "gzip"):
        with viewer.client.stream("GET", "/api/v1/lab", headers={"accept-encoding": accepted}) as reply:
            sizes.append(len(b"".join(reply.iter_raw())))
        assert reply.headers.get("content-encoding") == (None if accepted == "identity" else "gzip")
        assert reply.headers["vary"] == "accept-encoding"
    assert sizes[1] < sizes[0] / 3
    with viewer.client.stream("GET", "/api/v1/events", headers={"accept-encoding": "gzip, br"}) as stream:
        assert "content-encoding" not in stream.headers
