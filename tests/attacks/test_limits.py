"""Too much from one who may: refused or cut, and said; others are answered."""

from __future__ import annotations

from contextlib import ExitStack

import httpx
import pytest

from tests.support import TOKEN, LabUnderTest, Person, kind, running_lab

pytestmark = [pytest.mark.whole, pytest.mark.timeout(120)]
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize("says_how_long", [True, False])
def test_a_body_that_is_too_large_is_refused(says_how_long: bool, lab: LabUnderTest, driver: Person) -> None:
    huge = b'{"experiment": "' + b"x" * (12 * 2**20) + b'"}'
    content = huge if says_how_long else (huge[at : at + 65536] for at in range(0, len(huge), 65536))
    try:
        reply = driver.client.post("/api/v1/runs", content=content, headers={"content-type": "application/json"})
        assert reply.status_code == 413
        assert set(reply.json()) == {"ok", "code", "error", "hint"}
        assert len(reply.content) < 4096, "an error does not repeat what it was sent"
    except httpx.TransportError:
        pass  # the connection was closed before all of it was taken
    assert driver.get("/health").status_code == 200


def test_times_and_counts_have_limits(lab: LabUnderTest, driver: Person) -> None:
    _, target = driver.start("catch-all")
    for body in ({"timeout_s": 3601}, {"timeout_s": 10**12}, {"timeout_s": -2}, {"timeout_s": "long"}):
        assert driver.post(f"/targets/{target}/stop", body).status_code == 422
    for body in ({"cols": 0, "rows": 10}, {"cols": 10**6, "rows": 10**6}):
        assert driver.post(f"/targets/{target}/resize", body).status_code == 422
    assert driver.get("/runs?limit=100000").status_code == 422
    assert driver.get("/events/past?limit=100000").status_code == 422
    assert driver.post(f"/targets/{target}/input", {"data": "x" * 10**6}).status_code == 422


def test_two_hundred_readers_all_get_it(lab: LabUnderTest, driver: Person) -> None:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    with httpx.Client(base_url=lab.url, headers=BEARER, limits=limits, timeout=30) as client, ExitStack() as open_:
        many = Person(client)
        readers = [open_.enter_context(many.events(kinds=("run_finished",))) for _ in range(200)]
        run, _ = driver.command("true")
        for reader in readers:
            reader.until(kind("run_finished", run=run))


def test_a_drivers_guesses_at_links_come_to_nothing(lab: LabUnderTest) -> None:
    with httpx.Client(headers={"sec-fetch-site": "same-origin"}) as guesser:
        for guess in ("", "a", "0" * 24, "../../etc", "%00", lab.driver_link[-24:-1]):
            for door in ("enter", "watch"):
                assert guesser.post(f"{lab.url}/enter/{guess}").status_code in (401, 404, 405, 307)
                assert guesser.get(f"{lab.url}/{door}/{guess}").status_code in (200, 401, 404, 307)
        assert not guesser.cookies
        assert guesser.get(f"{lab.url}/api/v1/health").status_code == 401


def test_experiments_of_ones_own_are_data(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file cannot reach outside its target, mount anything or name a host that there is not."""
    folder = tmp_path_factory.mktemp("mine")
    base = '[[target]]\nname = "main"\nhost = "process"\ncommand = ["true"]\n'
    head = 'title = "x"\ngroup = "Signals"\norder = 1\nspecial = "x"\nquestion = "x?"\nlearnt = ["x"]\n'
    for name, text in {
        "code": "import os; os.system('id')",
        "path": f'id = "../../x"\n{head}{base}',
        "host": f'id = "host"\n{head}{base}'.replace('"process"', '"machine"'),
        "extra": f'id = "extra"\n{head}eval = "1"\n{base}',
        "action": f'id = "action"\n{head}{base}[[step]]\nsay = "x"\ndo = {{ shell = "id" }}\n',
        "huge": "a = [" + "[" * 100_000,
    }.items():
        (folder / f"{name}.toml").write_text(text)
    with running_lab(tmp_path_factory.mktemp("data"), experiments=folder) as lab, lab.person() as person:
        found = {each["id"] for each in person.get("/experiments").json()["experiments"]}
        assert not found & {"code", "../../x", "host", "extra", "action", "huge"}
        assert len(found) >= 33
