"""`kill -9` of a real server: every local process that it has brought about is gone, whatever it did to stay."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.killable import killable
from tests.support import is_alive, kind, until

pytestmark = [pytest.mark.whole, pytest.mark.timeout(60)]
DAEMON = """
import os, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
for fd in range(3): os.close(fd)
open({0!r}, "w").write(str(os.getpid()))
time.sleep(600)
"""
STAYS = {
    "setsid": "setsid sh -c 'echo $$ > {0}; exec sleep 631' &",
    "nohup": "nohup sh -c 'echo $$ > {0}; exec sleep 632' >/dev/null 2>&1 &",
    "traps HUP": "sh -c 'trap \"\" HUP; echo $$ > {0}; while :; do sleep 1; done' &",
    "ignores what can be": "sh -c 'trap \"\" HUP INT QUIT TERM PIPE; echo $$ > {0}; while :; do sleep 1; done' &",
    "in a group of its own": "set -m; sh -c 'echo $$ > {0}; exec sleep 633' & set +m;",
    "an orphan": "(sh -c 'echo $$ > {0}; exec sleep 634' &);",
    "stopped": "sh -c 'echo $$ > {0}; kill -STOP $$' &",
    "a daemon": "%PYTHON% -I -c '%DAEMON%' &",
}


FEW = (("process", "setsid"), ("process", "stopped"), ("sandbox", "a daemon"))
ALL = [*(("process", how) for how in STAYS), ("sandbox", "setsid"), ("sandbox", "a daemon")]


@pytest.mark.parametrize(
    ("host", "how"), [pytest.param(*each, marks=() if each in FEW else pytest.mark.long) for each in ALL]
)
def test_nothing_local_outlives_the_server(host: str, how: str, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    (tmp_path / "daemon.py").write_text(DAEMON.format(str(mark)))
    stays = STAYS[how].replace("%PYTHON% -I -c '%DAEMON%'", f"{sys.executable} -I {tmp_path}/daemon.py").format(mark)
    with killable(tmp_path / "data", DOCKER_HOST="unix:///nonexistent") as server:
        with server.person() as person:
            made = person.post("/runs", {"host": host, "command": ["bash", "-c", f"{stays} echo up; sleep 635"]}).json()
            with person.events(run=made["run"]) as events:
                root = events.until(kind("target_started"))["pid"]
                until(lambda: mark.exists() and mark.read_text().strip(), what="the process that stays")
                inside = int(mark.read_text())
                seen = events.until(lambda event: event.get("ns_pid") == inside and event["kind"] == "process_appeared")
        server.kill()
        until(lambda: not is_alive(seen["pid"]), what=f"the end of what stays ({how})")
        until(lambda: not is_alive(root), what="the end of the target")
        server.start()
        with server.person() as person, person.events(run=made["run"]) as events:
            exited = events.until(kind("target_exited"))
            assert (exited["cause"], exited["signal"] in ("SIGHUP", "SIGKILL")) == ("killed", True)
            assert exited["meaning"].endswith("; the lab was gone, and so it was ended")
            assert events.until(kind("run_finished"))["reason"] == "lab_was_gone"
