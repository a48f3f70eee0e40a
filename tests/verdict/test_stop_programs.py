"""Which program a process is, what a shell is doing, and what else decides a stop besides masks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.verdict.programs.identity import Program, program_of
from app.verdict.programs.shells import doing, ends_within_s
from app.verdict.signal_state import SignalState, Thread
from app.verdict.stop import ProcessView, StopCase, forecast_stop
from tests.verdict.stop_scenarios import processes, scenario


def member(*argv: str, exe: str | None = None, comm: str = "x") -> ProcessView:
    return ProcessView(8, 1, 8, 8, comm, argv, exe, SignalState((Thread(),)))


@pytest.mark.parametrize(
    ("process", "program"),
    [
        (member("tini", "--", "x", exe="/usr/bin/tini"), Program("tini", "", True)),
        (member("tini", "--", "x"), Program("tini")),
        (member("tini", exe="/usr/bin/python3.11"), Program("tini", "python")),
        (member("/bin/bash", "/start.sh", exe="/usr/bin/bash", comm="start.sh"), Program("bash", "shell", True)),
        (member("-sh", exe="/bin/busybox"), Program("ash", "shell", True)),
        (member("/bin/busybox", "httpd", "-f", exe="/bin/busybox"), Program("httpd", "", True)),
        (member("init", exe="/bin/busybox"), Program("busybox init", "", True)),
        (member("/sbin/init", exe="/usr/lib/systemd/systemd", comm="systemd"), Program("systemd", "", True)),
        (member("/sbin/init", comm="systemd"), Program("systemd")),
        (member("/venv/bin/python3", "-u", "/venv/bin/supervisord", "-n", exe="/usr/bin/python3.11"),
         Program("supervisord", "python")),
        (member("python", "-W", "error", "-m", "gunicorn", "app"), Program("gunicorn", "python")),
        (member("gunicorn: master [app:app]", exe="/usr/bin/python3.11"), Program("gunicorn", "python")),
        (member("python3", "-c", "import tini"), Program("python", "python")),
        (member("npm start", exe="/usr/bin/node", comm="npm start"), Program("npm", "node")),
        (member("node", "/usr/lib/node_modules/npm/bin/npm-cli.js", "start", exe="/usr/bin/node"),
         Program("npm", "node")),
        (member("node", "--require", "dotenv", "server.js", exe="/usr/bin/node"), Program("server.js", "node")),
        (member("nginx: master process nginx -g daemon off;"), Program("nginx")),
        (member("php-fpm: master process (/etc/php-fpm.conf)", exe="/usr/sbin/php-fpm8.2"),
         Program("php-fpm", "", True)),
        (member("java", "-Xmx1g", "-jar", "/tini", exe="/usr/lib/jvm/bin/java"), Program("java", "java")),
        (member("/app (deleted)", exe="/usr/bin/tini (deleted)"), Program("tini", "", True)),
        (member("redis-server *:8080", exe="/usr/bin/redis-check-rdb"), Program("redis-server", "", True)),
        (member("uwsgi", "--die-on-term", exe="/usr/bin/uwsgi-core"), Program("uwsgi", "", True)),
        (member(comm="kworker"), Program("kworker")),
    ],
    ids=lambda value: " ".join(value.argv) if isinstance(value, ProcessView) else "",
)  # fmt: skip
def test_a_program_is_known_by_its_file_before_its_words(process: ProcessView, program: Program) -> None:
    assert program_of(process) == program


@pytest.mark.parametrize(
    ("words", "age_s", "left"),
    [("2", None, 2), ("1.5m 10", 40.0, 60), ("1d", 90000.0, 0), ("infinity", 1.0, None), ("-h", None, None)],
)
def test_how_long_a_sleep_still_sleeps(words: str, age_s: float | None, left: float | None) -> None:
    sleep = replace(member("sleep", *words.split(), exe="/usr/bin/sleep"), age_s=age_s)
    assert ends_within_s(sleep) == left


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bash trap wait", "waits"),
        ("bash trap fg", "foreground"),
        ("bash bg+fg", "foreground"),
        ("bash subst", "foreground"),
        ("bash procsub", "unclear"),
        ("bash node bg", "unclear"),
        ("dash trap wait", "waits"),
        ("dash trap fg", "foreground"),
        ("dash node bg", "waits"),
        ("busybox sh trap wait", "waits"),
        ("busybox sh pipe", "foreground"),
    ],
)
def test_what_a_shell_is_doing(name: str, kind: str) -> None:
    subject = scenario("shells", name).subject
    assert doing(subject, subject.root).kind == kind


def test_between_fork_and_exec_nobody_can_tell_what_a_shell_is_doing() -> None:
    """Of its background child too nothing is ignored for a moment; a copy that stays one is a subshell."""
    subject = scenario("shells", "bash trap wait").subject
    shell, child = subject.members
    signals = replace(shell.subject, is_init=False, ignored=0)
    copied = replace(shell, pid=child.pid, ns_pid=child.ns_pid, ppid=shell.pid, subject=signals)
    for age_s, kind in ((0.01, "unclear"), (3.0, "foreground")):
        seen = replace(subject, members=(shell, replace(copied, age_s=age_s)))
        assert doing(seen, seen.root).kind == kind
    new = replace(subject, members=(shell, replace(copied, age_s=0.01)))
    assert forecast_stop(new).outcome == "handler_decides"


def test_job_control_hides_which_child_is_in_the_foreground() -> None:
    """Measured: ``set -m`` with wait and without, the same masks and calls, and opposite ends."""
    members = processes(
        "1 0 1 | bash | /usr/bin/bash | bash start.sh | blk=10000 ign=4 cgt=14000 wait4\n"
        "2 1 2 | server | /server | server |"
    )
    subject = StopCase(members, 15, 10)
    assert doing(subject, subject.root).kind == "unclear"
    assert forecast_stop(subject).outcome == "handler_decides"


def test_a_name_is_not_enough_to_be_sure() -> None:
    """A program that only calls itself tini, and takes the signal in its own way."""
    real = scenario("tutorial", "tini").subject
    assert forecast_stop(real).sure
    root = real.root
    for other in (
        replace(root.subject, ignored=0),
        replace(root.subject, caught=1 << 14, threads=(Thread(),), leader_waited=0),
        replace(root.subject, threads=(*(root.subject.threads or ()), Thread())),
    ):
        said = forecast_stop(replace(real, members=(replace(root, subject=other), *real.members[1:])))
        assert not said.sure


def test_an_adopted_orphan_is_not_taken_for_the_program() -> None:
    """tini ends with the child that it started, whatever becomes of the others."""
    tini, server = scenario("tutorial", "tini").subject.members
    deaf = replace(
        server, pid=20, ns_pid=20, pgid=20, argv=("nohup",), subject=replace(server.subject, ignored=1 << 14)
    )
    said = forecast_stop(StopCase((tini, deaf, server), 15, 10))
    assert said.outcome == "at_once"


def test_another_user_may_be_out_of_reach() -> None:
    tini, server = scenario("tutorial", "tini").subject.members
    other = StopCase((replace(tini, uid=1000), replace(server, uid=0)), 15, 10)
    assert not forecast_stop(other).sure


def test_a_paused_container_is_unpaused_by_its_stop() -> None:
    subject = scenario("tutorial", "tini").subject
    frozen = tuple(replace(each, subject=replace(each.subject, frozen="v1")) for each in subject.members)
    said = forecast_stop(replace(subject, members=frozen))
    assert (said.outcome, said.sure) == ("at_once", False)
    assert forecast_stop(replace(subject, members=frozen, host="process")).outcome == "unknown"


def test_masks_that_nobody_can_read() -> None:
    root = replace(scenario("tutorial", "timeout-default").subject.root, subject=SignalState(None, is_init=True))
    said = forecast_stop(StopCase((root,), 15, 10))
    assert (said.outcome, said.sure, said.say) == ("unknown", False, "Nobody can tell")


def test_masks_that_change_from_look_to_look() -> None:
    root = replace(scenario("tutorial", "timeout-default").subject.root, steady=False)
    said = forecast_stop(StopCase((root,), 15, 10))
    assert (said.outcome, said.sure) == ("sigkill", False)


def test_a_look_between_two_waits_of_an_init() -> None:
    """Without its calls tini looks like a program that handles nothing."""
    tini, server = scenario("tutorial", "tini").subject.members
    bare = replace(tini, subject=replace(tini.subject, threads=(Thread(),), leader_waited=0), wait_call=None)
    said = forecast_stop(StopCase((bare, server), 15, 10))
    assert (said.outcome, said.sure) == ("at_once", False)
