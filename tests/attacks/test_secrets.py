"""A shared screen shows no password: what looks like a secret in a command line is masked before it is recorded."""

from __future__ import annotations

import time

import pytest

from app.events.masking import masked_line, masked_words
from app.hosts.base import ContainerOptions, Spec
from app.hosts.container.docker_run import docker_run
from tests.support import LabUnderTest, Person, kind


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["mysql", "--password=hunter2", "-u", "me"], ("mysql", "--password=•••", "-u", "me")),
        (["tool", "--api-key", "k3y", "--verbose"], ("tool", "--api-key", "•••", "--verbose")),
        (["env", "DB_PASSWORD=hunter2", "run"], ("env", "DB_PASSWORD=•••", "run")),
        (["curl", "-H", "Authorization: Bearer abc.def-123"], ("curl", "-H", "Authorization: Bearer •••")),
        (["git", "clone", "https://me:hunter2@host/x"], ("git", "clone", "https://•••@host/x")),
        (["sh", "-c", "TOKEN='a b' ./run"], ("sh", "-c", "TOKEN=••• ./run")),
        (["sh", "-c", "app --password hunter2 -v; true"], ("sh", "-c", "app --password ••• -v; true")),
        (["git", "clone", "https://ghp_abcdef@host/x"], ("git", "clone", "https://•••@host/x")),
        (["tool", "--tls-key", "k3y", "--key=k3y"], ("tool", "--tls-key", "•••", "--key=•••")),
        (["sh", "-c", "mysql --password hunter2 -u me"], ("sh", "-c", "mysql --password ••• -u me")),
        (["monkey", "business", "me@host", "http://host/@x"], ("monkey", "business", "me@host", "http://host/@x")),
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


def test_a_command_line_as_long_as_the_kernel_takes_is_read_at_once() -> None:
    """With patterns that step back it took minutes, and everybody waited."""
    began = time.monotonic()
    for word in ("x" * 130_000, "token" * 26_000, "--key" * 26_000, "a://" * 30_000, "bearer " * 18_000):
        masked_words(["sh", "-c", word, word])
    assert time.monotonic() - began < 10


def test_a_value_of_the_environment_that_a_person_gave_is_on_no_line() -> None:
    options = ContainerOptions(env={"APP": "hunter2", "MODE": "x"})
    own = Spec(host="container", own=True, container=options)
    assert docker_run(own, "main", "base") == "docker run -d --name main -e APP -e MODE base"
    ours = own.model_copy(update={"own": False})
    assert "-e MODE=x" in docker_run(ours, "main", "base"), "a lesson's own is part of it"


@pytest.mark.whole
def test_nor_is_it_told_to_whoever_asks_for_the_line(driver: Person) -> None:
    body = {"host": "container", "command": ["true"], "options": {"env": {"APP": "hunter2"}}}
    [line] = driver.post("/equivalent", body).json()["equivalent"]
    assert line.startswith("docker run -d --name main -e APP signal-lab/base:")


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
