"""Which processes belong together: trees, PID namespaces, control groups, containers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.probe.procfs import Proc, processes_of_cgroup
from tests.probe.victims import PROC, READY, UNSHARE, facts_of, mirror, python, victim
from tests.support import until

ID = "5f1c" * 16
FAMILY = "(sleep 600 & sleep 601 & wait) & echo ready; read"


@pytest.fixture
def family() -> Iterator[list[int]]:
    """A bash, its subshell, and two sleeps below that; root first."""
    with victim("bash", "-c", FAMILY) as process:
        until(lambda: [facts.comm for facts in PROC.facts(PROC.descendants(process.pid))][2:] == ["sleep", "sleep"])
        yield PROC.descendants(process.pid)


@pytest.fixture
def parent_of_a_zombie() -> Iterator[tuple[int, int]]:
    with victim(*python(f"child = os.fork()\nif not child: os._exit(0)\n{READY}")) as process:
        (child,) = PROC.children(process.pid)
        until(lambda: facts_of(child).state == "Z")
        yield process.pid, child


def test_descendants_are_root_first_and_then_in_order_of_their_start(family: list[int]) -> None:
    found = PROC.facts(family)
    assert [facts.ppid for facts in found] == [os.getpid(), family[0], family[1], family[1]]
    assert found[1:] == sorted(found[1:], key=lambda facts: (facts.start, facts.pid))


def test_a_kernel_without_lists_of_children_gives_the_same_tree(tmp_path: Path, family: list[int]) -> None:
    for pid in (*family, os.getpid()):
        mirror(tmp_path, pid)
    assert Proc(tmp_path).descendants(family[0]) == family
    assert Proc(tmp_path).children(family[0]) == family[1:2]


def test_children_of_every_thread_are_found() -> None:
    code = (
        "def one():\n os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '600'); forked.set(); threading.Event().wait()\n"
        "forked = threading.Event(); threading.Thread(target=one, daemon=True).start(); forked.wait()\n"
        f"{READY}"
    )
    with victim(*python(code)) as process:
        assert len(PROC.descendants(process.pid)) == 2


def test_a_pid_namespace_holds_zombies_inner_namespaces_and_who_entered_it() -> None:
    script = (
        "python3 -c 'import os, sys; os.fork() or os._exit(0); sys.stdin.read()' <&3 & "
        "unshare --pid --fork --mount-proc sleep 601 & "
        "echo ready; read"
    )
    with victim(*UNSHARE, "bash", "-c", f"exec 3<&0; {script}") as process:
        init = PROC.descendants(process.pid)[1]

        def inside() -> list[tuple[str, str, int]]:
            found = PROC.facts(PROC.processes_of_pid_namespace(init))
            return sorted((facts.comm, facts.state, facts.ns_depth) for facts in found if facts.comm != "bash")

        depth = facts_of(init).ns_depth
        own = [
            ("python3", "S", depth),
            ("python3", "Z", depth),
            ("sleep", "S", depth + 1),
            ("unshare", "S", depth),
        ]
        until(lambda: inside() == own, what="the namespace")
        innermost = next(facts.pid for facts in PROC.facts(PROC.descendants(init)) if facts.ns_depth > depth)
        enter = ("nsenter", "--user", "--pid", "--preserve-credentials", "--target")
        entered = [
            subprocess.Popen([*enter, str(pid), "tail", "-f", "/dev/null"], stderr=subprocess.DEVNULL)
            for pid in (init, innermost)
        ]
        try:
            until(lambda: inside() == [*own[:3], ("tail", "S", depth), ("tail", "S", depth + 1), own[3]])
            assert PROC.processes_of_pid_namespace(init)[0] == init
            assert process.pid not in PROC.processes_of_pid_namespace(init)
            assert not {each.pid for each in entered} & set(PROC.processes_of_pid_namespace(init))
        finally:
            process.kill()  # --kill-child: the namespace ends, and with it those that entered
            for each in entered:
                each.wait(10)


def test_a_control_group_is_read_with_those_below_it(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "cgroup.procs").write_text("12\n0\n11\n12\n")
    (tmp_path / "a" / "b" / "cgroup.procs").write_text("13\n")
    assert sorted(processes_of_cgroup(str(tmp_path))) == [11, 12, 13]
    assert processes_of_cgroup(str(tmp_path / "gone")) == []


def container(
    tmp_path: Path, init: int, cgroup: str, procs: dict[str, list[int]], others: tuple[int, ...] = ()
) -> Proc:
    """Real processes whose control groups are files of ours: a test need not be root, and covers v1 and v2."""
    mirror(tmp_path / "proc", init, cgroup=cgroup)
    for pid in others:
        mirror(tmp_path / "proc", pid, cgroup=cgroup)
    for folder, pids in procs.items():
        (tmp_path / "cgroup" / folder).mkdir(parents=True)
        (tmp_path / "cgroup" / folder / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in pids))
    (tmp_path / "proc" / "thread-self").symlink_to("/proc/thread-self")
    for pid in PROC.descendants(os.getpid()):
        if not (tmp_path / "proc" / str(pid)).exists():
            mirror(tmp_path / "proc", pid)
    return Proc(tmp_path / "proc", tmp_path / "cgroup")


@pytest.mark.parametrize(
    ("cgroup", "folder"),
    [
        (f"9:name=systemd:/\n8:pids:/docker/{ID}\n0::/\n", f"pids/docker/{ID}"),
        (f"4:cpu,cpuacct:/docker/{ID}\n", f"cpu,cpuacct/docker/{ID}"),
        (f"1:name=systemd:/docker/{ID}\n", f"systemd/docker/{ID}"),
        (f"0::/system.slice/docker-{ID}.scope\n", f"system.slice/docker-{ID}.scope"),
        (f"0::/docker/{ID}\n", f"unified/docker/{ID}"),
        (f"0::/docker/{ID}/init.scope\n", f"docker/{ID}"),
    ],
)
def test_a_container_is_its_control_group(
    tmp_path: Path, family: list[int], parent_of_a_zombie: tuple[int, int], cgroup: str, folder: str
) -> None:
    """Its first process, what `docker exec` put there, and the zombies that a control group does not list."""
    parent, zombie = parent_of_a_zombie
    proc = container(tmp_path, family[0], cgroup, {folder: [*reversed(family), parent]})
    assert proc.container_processes(family[0], ID) == [*family, parent, zombie]


def test_an_init_that_sits_in_a_group_below_is_still_the_whole_container(tmp_path: Path, family: list[int]) -> None:
    """systemd as PID 1 moves itself in the named hierarchy; others stay above it, and in all other hierarchies."""
    cgroup = f"9:name=systemd:/docker/{ID}/init.scope\n8:pids:/docker/{ID}\n"
    with victim("bash", "-c", "echo ready; read") as by_exec:
        procs = {f"systemd/docker/{ID}/init.scope": family, f"pids/docker/{ID}": [*family, by_exec.pid]}
        proc = container(tmp_path, family[0], cgroup, procs)
        assert proc.container_processes(family[0], ID) == [*family, by_exec.pid]


def test_where_control_groups_cannot_be_seen_their_names_tell(tmp_path: Path, family: list[int]) -> None:
    """A reader in a control group namespace of its own sees `..` in the paths, and no folders."""
    with victim("bash", "-c", "echo ready; read") as by_exec:
        proc = container(tmp_path, family[0], f"0::/../{ID}\n", {}, others=(by_exec.pid,))
        assert proc.container_processes(family[0], ID) == [*family, by_exec.pid]


def test_an_init_that_left_its_group_is_found_by_its_namespace(tmp_path: Path) -> None:
    with victim(*UNSHARE, "bash", "-c", FAMILY) as process:
        until(lambda: len(PROC.descendants(process.pid)) == 5)
        init = PROC.descendants(process.pid)[1]
        proc = container(tmp_path, init, "0::/init.scope\n", {"init.scope": [os.getpid()]})
        assert proc.container_processes(init, ID) == PROC.descendants(init)


def test_the_machine_is_never_taken_for_a_container(tmp_path: Path, family: list[int]) -> None:
    """`--pid host`, and a control group that does not carry the id: only what is below the first process."""
    proc = container(tmp_path, family[0], "0::/\n", {".": [os.getpid(), *family]})
    assert proc.container_processes(family[0], ID) == family
    assert proc.container_processes(family[0], "") == family
