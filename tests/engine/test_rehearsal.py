"""A copy of somebody's container is stopped for real, and one with what would help; the original goes on."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.hosts.container.images import tag_of
from tests.engine.foreign import HTTP, docker, foreign
from tests.killable import LAB
from tests.support import TOKEN, LabUnderTest, Person, kind, running_lab

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
IGNORES = (
    "python3",
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('Serving', flush=True); time.sleep(600)",
)
SLOW = ("bash", "-c", "trap 'sleep 2.5; exit 0' TERM; echo Serving; sleep 600 & wait $!")
STATE = "{{.State.Running}} {{.State.Pid}}"


def test_a_copy_shows_what_would_help_and_the_original_goes_on(engine: None, tmp_path: Path) -> None:
    flags = ("--stop-timeout", "1", "-e", "DB_PASSWORD=opensesame", "-v", "/tmp:/mnt:ro", "-p", "127.0.0.1::8080")
    with (
        foreign(
            web=(flags, HTTP), deaf=(("--stop-timeout", "1"), IGNORES), slow=(("--stop-timeout", "1"), SLOW)
        ) as ids,
        running_lab(tmp_path / "data") as lab,
        lab.person() as person,
    ):
        before = docker("inspect", "-f", STATE, ids["web"])
        made = person.post("/rehearsals", {"container": ids["web"][:12], "settle_s": 2})
        assert made.status_code == 202, made.text
        run, without = made.json()["run"], made.json()["without"]
        assert without == ["its mounts (/mnt)", "its published ports", "a network", "its capabilities"]
        with person.events(run=run) as events:
            [copy] = json.loads(docker("inspect", events.until(kind("target_started"))["container_id"]))
            came = events.until(kind("rehearsed"))
            events.until(kind("run_finished", reason="ended"))
            assert "opensesame" not in json.dumps(events.seen)
        host, config = copy["HostConfig"], copy["Config"]
        assert (host["NetworkMode"], copy["Mounts"], host["PortBindings"], host["CapDrop"]) == ("none", [], {}, ["ALL"])
        assert "DB_PASSWORD=opensesame" in config["Env"]
        assert (config["Cmd"], config["StopTimeout"]) == (list(HTTP), 1)
        assert (came["before"]["result"], came["before"]["exit_code"], came["before"]["killed"]) == (
            "not_held",
            137,
            True,
        )
        assert (came["after"]["result"], came["after"]["exit_code"], came["after"]["killed"]) == ("held", 143, False)
        assert came["change"]["init"] is True
        assert came["text"].endswith("exit code 143. That holds.")
        assert docker("inspect", "-f", STATE, ids["web"]) == before, "the original was not touched"
        assert person.get(f"/doctor/{ids['web']}").json()["rehearsed"]["text"] == came["text"]
        came = said(lab, ids["deaf"], "--settle", "1s", leaves_with=1)
        assert (came["before"]["result"], came.get("after"), came.get("change")) == ("not_held", None, None)
        assert "no copy can show it: Let python3 not ignore SIGTERM" in came["text"]
        came = said(lab, ids["slow"], "--settle", "1s", "-t", "1", leaves_with=0)
        assert came["change"]["stop_timeout_s"] == 10, "more than was asked for: that is what would help"
        assert (came["before"]["killed"], came["after"]["result"], came["after"]["exit_code"]) == (True, "held", 0)
        assert person.post("/rehearsals", {"container": "no-such-container"}).status_code == 404
        assert person.post("/rehearsals", {"container": "a", "image": "b"}).status_code == 422
        journal = person.get("/health").json()["journal"]
        assert docker("ps", "-aq", "--filter", f"label=dev.signal-lab.lab={journal}") == ""


def said(lab: LabUnderTest, container: str, *words: str, leaves_with: int) -> dict[str, Any]:
    """What `signal-lab rehearse` told at its end, and how it left."""
    asked = [LAB, "rehearse", container, "--json", "--url", lab.url, *words]
    env = {**os.environ, "SIGNAL_LAB_TOKEN": TOKEN}
    done = subprocess.run(asked, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == leaves_with, done.stdout + done.stderr
    [came] = [each for each in map(json.loads, done.stdout.splitlines()) if each.get("kind") == "rehearsed"]
    found: dict[str, Any] = came
    return found


DOCKERFILE = """\
FROM {base}
VOLUME /data
CMD ["python3", "-c", "import os, time; os.chown('/data', 7, 7); print('Serving', flush=True); time.sleep(600)"]
"""


def volumes() -> set[str]:
    return set(docker("volume", "ls", "-q").split())


def rehearsed(person: Person, tag: str) -> str | None:
    """What the doctor says of a container of that image."""
    made = docker("create", tag)
    told = person.get(f"/doctor/{made}").json()["rehearsed"]
    docker("rm", "-v", made)
    return told and str(told["text"])


def test_what_may_not_run_fenced_says_so_and_its_anonymous_volume_goes_with_it(engine: None, tmp_path: Path) -> None:
    """A program that gives a folder to another user, as many do at their start: it needs capabilities."""
    tag = f"rehearsed-{tmp_path.name.replace('_', '-')}:test"
    (tmp_path / "Dockerfile").write_text(DOCKERFILE.format(base=tag_of("base")))
    docker("build", "-q", "-t", tag, str(tmp_path))
    try:
        before = volumes()
        with running_lab(tmp_path / "data") as lab, lab.person() as person, person.events() as events:
            seen = {}
            for fence in ("fenced", "docker"):
                asked = {"image": tag, "fence": fence, "settle_s": 1, "timeout_s": 1}
                run = person.post("/rehearsals", asked).json()["run"]
                came = events.until(kind("rehearsed", run=run))
                seen[fence] = came["before"]
                events.until(kind("run_finished", run=run))
            assert rehearsed(person, tag) == came["text"]
            (tmp_path / "Dockerfile").write_text(DOCKERFILE.format(base=tag_of("base")) + "ENV BUILT=again\n")
            docker("build", "-q", "-t", tag, str(tmp_path))
            assert rehearsed(person, tag) is None, "by the same name it is another image"
            mounted = [each for each in events.seen if each["kind"] == "output" and "not permitted" in each["text"]]
        assert mounted, "the fence is what it failed on"
        assert (seen["fenced"]["result"], seen["fenced"]["exit_code"]) == ("unknown", 1)
        assert "--fence docker" in seen["fenced"]["text"]
        assert (seen["docker"]["result"], seen["docker"]["killed"]) == ("not_held", True)
        assert volumes() == before
    finally:
        docker("rmi", tag)


def test_a_copy_that_does_not_live_is_no_pass(engine: None, tmp_path: Path) -> None:
    words = [LAB, "rehearse", "--image", "base", "--json", "--data", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 3, done.stdout + done.stderr
    [came] = [each for each in map(json.loads, done.stdout.splitlines()) if each.get("kind") == "rehearsed"]
    assert came["text"] == "It could not be told. It ended by itself with 0 before it was stopped."
