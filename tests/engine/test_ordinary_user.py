"""The lab as a user who is not root: in the group of the engine's socket, and without any engine.

Python, its packages and the checkout may lie where only root can read: in a mount namespace of the server's own they
are shown at a place that everybody can.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.killable import Killable, killable
from tests.support import Person, kind, prints

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
ROOT = Path(__file__).parents[2]
SOCKET = Path("/var/run/docker.sock")
NOBODY = "65534"
SHOWN = """
mount --bind "$2" "$1/python" && mount --bind "$3" "$1/site" && mount --bind "$4/app" "$1/checkout/app" &&
for each in templates static docker; do mount --bind "$4/$each" "$1/checkout/$each" || exit; done
there=$1 groups=$5
shift 5; cd "$there" || exit
exec setpriv --reuid 65534 --regid 65534 "$groups" -- \
  env LD_LIBRARY_PATH="$there/python/lib" PYTHONPATH="$there/site:$there/checkout" \
  "$there/python/bin/python3" -c 'from app.cli import main; main()' "$@"
"""


@pytest.fixture
def there() -> Iterator[Path]:
    """A folder that everybody can read, with one of the user's own in it."""
    assert os.geteuid() == 0, "only root can become somebody else"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        for name in ("python", "site", "checkout/app", "checkout/templates", "checkout/static", "checkout/docker"):
            (folder / name).mkdir(parents=True)
        (folder / "home").mkdir()
        os.chown(folder / "home", int(NOBODY), int(NOBODY))
        yield folder


def as_user(there: Path, *groups: int) -> tuple[str, ...]:
    """The words that run the command as that user."""
    said = f"--groups={','.join(map(str, groups))}" if groups else "--clear-groups"
    where = (str(there), sys.base_prefix, sysconfig.get_paths()["purelib"], str(ROOT), said)
    return ("unshare", "--mount", "sh", "-c", SHOWN, "sh", *where)


def env(there: Path) -> dict[str, str]:
    return {"HOME": str(there / "home"), "PATH": "/usr/bin:/bin", "DOCKER_HOST": "", "XDG_RUNTIME_DIR": "/nonexistent"}


def serving(there: Path, *groups: int) -> Iterator[Killable]:
    with killable(there / "home/data", lab=as_user(there, *groups), **env(there)) as server:
        assert f"Uid:\t{NOBODY}" in Path(f"/proc/{server.pid}/status").read_text()
        yield server


@pytest.fixture
def without_engine(there: Path) -> Iterator[Killable]:
    yield from serving(there)


@pytest.fixture
def in_the_group(engine: None, there: Path) -> Iterator[Killable]:
    yield from serving(there, SOCKET.stat().st_gid)


def stopped(person: Person, experiment: str, ready: str) -> dict[str, object]:
    """The end of a stop of that experiment's first target."""
    run, target = person.start(experiment)
    with person.events(run=run) as events:
        events.until(prints(ready))
        assert events.until(kind("process_appeared"))["dispositions"], "masks are seen"
        person.post(f"/targets/{target}/stop", {"timeout_s": 1})
        over = events.until(kind("stop_finished"))
        person.client.delete(f"/api/v1/runs/{run}")
        events.until(kind("run_finished"))
    return over


def test_without_docker_local_and_sandbox_experiments_work_and_the_rest_is_named(without_engine: Killable) -> None:
    with without_engine.person() as person:
        told = person.get("/health").json()
        assert told["engine"]["state"] == "absent"
        assert "permission denied" in told["engine"]["reason"]
        assert told["kernel_trace"]["state"] == "absent"
        assert "root" in told["kernel_trace"]["hint"]
        assert stopped(person, "catch-all", "ready")["killed"] is True
        assert stopped(person, "pid-1-sandbox", "Serving HTTP")["exit_code"] == 137
        refused = person.post("/runs", {"experiment": "pid-1"})
        assert (refused.status_code, refused.json()["code"]) == (503, "no_engine")
        assert "docker group" in refused.json()["error"]
        assert refused.json()["hint"]


def test_in_the_group_of_the_socket_containers_work(in_the_group: Killable) -> None:
    with in_the_group.person() as person:
        told = person.get("/health").json()
        assert told["engine"]["state"] == "ready"
        trace = told["kernel_trace"]
        assert trace["state"] == "absent"
        assert "tracefs" in trace["reason"]
        assert "start the lab as root" in trace["hint"], "of what belongs to root alone nothing more can be seen"
        assert "--kernel-trace probe" in trace["hint"], "which needs no more than the engine"
        over = stopped(person, "pid-1", "Serving HTTP")
        assert (over["exit_code"], over["killed"], over["clock"]) == (137, True, "engine")
        run, target = person.start("init")
        with person.events(run=run) as events:
            events.until(prints("Serving HTTP"))
            assert person.post(f"/targets/{target}/signals", {"signal": "TERM"}).status_code == 202
            assert events.until(kind("target_exited"))["exit_code"] == 143


def test_doctor_as_that_user_names_what_is_missing_and_what_would_allow_it(there: Path) -> None:
    words = [*as_user(there), "doctor", "--json"]
    told = subprocess.run(words, env={**os.environ, **env(there)}, capture_output=True, text=True, timeout=60)
    found = {each["name"]: each for each in json.loads(told.stdout)["witnesses"]}
    missing = {name for name, each in found.items() if not each["there"]}
    assert missing >= {"engine", "kernel trace", "calls of others", "signals to others"}
    assert "usermod -aG docker" in found["engine"]["allow"]
    assert all(each["allow"] for name, each in found.items() if name in missing)
