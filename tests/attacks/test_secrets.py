"""A shared screen shows no password: what looks like a secret in a command line is masked before it is recorded."""

from __future__ import annotations

import pytest

from app.events.masking import masked_line, masked_words
from tests.support import LabUnderTest, Person, kind


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["mysql", "--password=hunter2", "-u", "me"], ("mysql", "--password=•••", "-u", "me")),
        (["tool", "--api-key", "k3y", "--verbose"], ("tool", "--api-key", "•••", "--verbose")),
        (["env", "DB_PASSWORD=hunter2", "run"], ("env", "DB_PASSWORD=•••", "run")),
        (["curl", "-H", "Authorization: Bearer abc.def-123"], ("curl", "-H", "Authorization: Bearer •••")),
        (["git", "clone", "https://me:hunter2@host/x"], ("git", "clone", "https://me:•••@host/x")),
        (["sh", "-c", "TOKEN='a b' ./run"], ("sh", "-c", "TOKEN=••• ./run")),
        (["sh", "-c", "app --password hunter2 -v; true"], ("sh", "-c", "app --password ••• -v; true")),
        (["python3", "-m", "http.server", "8080"], ("python3", "-m", "http.server", "8080")),
        (["passwd", "root"], ("passwd", "root")),
        (["bash", "-c", "trap 'echo TERM' TERM; compass=1"], ("bash", "-c", "trap 'echo TERM' TERM; compass=1")),
    ],
)
def test_what_says_that_it_is_a_secret_is_masked(words: list[str], shown: tuple[str, ...]) -> None:
    assert masked_words(words) == shown


def test_so_is_the_line_that_a_person_would_type() -> None:
    line = "docker run -e APP_SECRET=hunter2 --token hunter2 x --password 'hunter2 hunter2'"
    assert "hunter2" not in masked_line(line)


@pytest.mark.whole
def test_nothing_of_it_reaches_a_screen_or_the_journal(lab: LabUnderTest, driver: Person) -> None:
    secret = "hunter2-hunter2"
    run, _ = driver.command("sh", "-c", "sleep 681; true", "sh", "--password", secret, f"API_TOKEN={secret}")
    with driver.events(run=run) as events:
        seen = events.until(kind("process_appeared"))
        assert seen["argv"][-3:] == ["--password", "•••", "API_TOKEN=•••"]
        driver.client.delete(f"/api/v1/runs/{run}")
        events.until(kind("run_finished"))
    assert secret not in driver.client.get(f"/api/v1/runs/{run}/events.jsonl").text
