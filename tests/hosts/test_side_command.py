"""Commands of the lab beside a target: what they print, and that nothing of them is left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import HostFailed
from app.hosts.base import Ran
from app.hosts.local.side_command import OUTPUT_BYTES, run_side_command
from app.resources import PACKAGE
from tests.support import is_alive, open_descriptors, until

ENV = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


async def ran(script: str, *, within_s: float = 10) -> Ran:
    return await run_side_command(("sh", "-c", script), cwd="/usr", env=ENV, within_s=within_s)


@pytest.mark.anyio
async def test_it_gives_both_streams_and_how_it_ended() -> None:
    before = open_descriptors()
    assert await ran("pwd; echo oh >&2; exit 7") == Ran(7, "/usr\noh\n")
    assert await ran("kill -KILL $$") == Ran(137, "")
    assert open_descriptors() == before


@pytest.mark.anyio
async def test_a_command_that_is_not_there_is_told() -> None:
    with pytest.raises(HostFailed, match="cannot run no-such-program: No such file or directory"):
        await run_side_command(("no-such-program",), cwd="/", env=ENV)


@pytest.mark.anyio
async def test_of_much_output_the_first_64_kib_are_kept() -> None:
    whole = await ran(f"head -c {OUTPUT_BYTES} /dev/zero | tr '\\0' x")
    assert whole.output == "x" * OUTPUT_BYTES
    more = await ran("head -c 5000000 /dev/zero | tr '\\0' x")
    assert more.output == "x" * OUTPUT_BYTES + "\n… more than 64 KiB\n"


@pytest.mark.anyio
@pytest.mark.parametrize("leaves", ["sleep 641 &", "setsid sleep 641 &", "nohup sleep 641 >/dev/null 2>&1 &"])
async def test_what_it_leaves_behind_ends_with_it(leaves: str) -> None:
    """Nor is that waited for, which holds the output."""
    said = await ran(f"{leaves} echo $!")
    assert said.exit_code == 0
    assert not is_alive(int(said.output))


@pytest.mark.anyio
async def test_one_that_does_not_end_is_killed_with_all_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with pytest.raises(HostFailed, match=r"did not end within 0\.5 s, and was killed"):
        await ran(f"setsid sleep 642 & echo $! $$ > {pids}; sleep 643", within_s=0.5)
    assert not any(is_alive(int(pid)) for pid in pids.read_text().split())


def test_when_the_server_is_killed_nothing_of_it_is_left(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"setsid sleep 644 & echo $! $$ > {pids}.new; mv {pids}.new {pids}; sleep 645"
    code = "import anyio, sys; from app.hosts.local.side_command import run_side_command as run; "
    code += "anyio.run(lambda: run(('sh', '-c', sys.argv[1]), cwd='/', env={'PATH': sys.argv[2]}))"
    server = subprocess.Popen([sys.executable, "-c", code, script, ENV["PATH"]], cwd=PACKAGE.parent)
    try:
        until(pids.exists)
        held = [int(pid) for pid in pids.read_text().split()]
        assert all(map(is_alive, held))
    finally:
        server.kill()
        server.wait()
    until(lambda: not any(map(is_alive, held)), what="all of it is gone")
