"""Only containers with the lab's labels are touched, whatever a journal or a list says."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.hosts.container.images import tag_of
from app.hosts.container.ours import container_in
from tests.engine.test_recovery import COUNT, docker, start, started
from tests.killable import killable
from tests.support import kind, prints, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
HERE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")


@contextmanager
def somebodys(*flags: str) -> Iterator[str]:
    container = docker("run", "--detach", *flags, tag_of("base"), "sleep", "600")
    try:
        yield container
    finally:
        subprocess.run(["docker", "rm", "--force", container], capture_output=True, check=False)


def runs(container: str) -> bool:
    return container in docker("ps", "--quiet", "--no-trunc")


def test_a_journal_that_names_somebody_elses_container_gets_nothing_of_it(engine: None, tmp_path: Path) -> None:
    with somebodys() as theirs, killable(tmp_path, DOCKER_HOST=HERE) as server:
        with server.person() as person:
            run, target = start(person, COUNT)
            with person.events(run=run) as events:
                ours = started(events)
                events.until(prints("line 3."))
                person.post(f"/targets/{target}/stop", {"timeout_s": 600})
                events.until(kind("stop_requested"))
        server.kill()
        with sqlite3.connect(tmp_path / "journal.db") as journal:
            journal.execute("UPDATE events SET data = replace(data, ?, ?)", (ours, theirs))
        journal.close()
        server.start()
        with server.person() as person, person.events(run=run) as events:
            assert events.until(kind("run_finished"))["reason"] == "lab_was_gone"
        assert runs(theirs)
        assert not runs(ours), "it was found by its labels"


def test_what_is_protected_is_not_swept(engine: None, tmp_path: Path) -> None:
    with killable(tmp_path, DOCKER_HOST=HERE) as server, server.person() as person:
        lab = person.get("/health").json()["journal"]
        own = ("--label", f"dev.signal-lab.lab={lab}", "--label", "dev.signal-lab.run=r9")
        named = ("--name", f"signal-lab-r9-{lab}", *own)
        protected = (*named[:1], f"{named[1]}-2", *own, "--label", "dev.signal-lab.protect=true")
        with somebodys(*protected) as theirs, somebodys(*own) as heirs, somebodys(*named) as ours:
            server.kill()
            server.start()
            until(lambda: not runs(ours), what="the sweep")
            assert runs(theirs)
            assert runs(heirs), "of an image that was made of a lab's container"


@pytest.mark.parametrize(
    "line",
    [
        "812 790 254:1 /var/lib/docker/containers/{id}/hostname /etc/hostname rw,relatime - ext4 /dev/vda1 rw",
        "9 8 0:22 /containers/overlay-containers/{id}/userdata/hosts /etc/hosts rw,nosuid - tmpfs tmpfs rw",
    ],
)
def test_the_own_container_is_known_by_its_mounts(line: str) -> None:
    container = "0123456789abcdef" * 4
    text = f"1 0 0:1 / / rw - overlay overlay rw\n{line.format(id=container)}\n"
    assert container_in(text) == container
    assert container_in("1 0 0:1 / / rw - ext4 /dev/vda1 rw\n") is None
