"""The verdict's advice: which change, in which words, and its lines.  That they hold is measured in tests/engine."""

from __future__ import annotations

import shlex

import pytest

from app.events.parts import Advice
from tests.verdict.diagnosed import Told

PYTHON = "python3 | /usr/bin/python3.11 | python3 -m http.server 8080 | ign=1001000 cgt=2"
DEAF = f"1 0 1 | {PYTHON}"
MINDS = "app | /app | app --port 80 | cgt=4000"
SH = '1 0 1 | sh | /bin/dash | /bin/sh -c "{}" | cgt=10002'
INIT = "1 0 1 | docker-init | | /sbin/docker-init -- app | ign=300000 wait=fffffffe3fcffb07"
RUN = "docker run -d --name server -e PYTHONUNBUFFERED=1 IMAGE python3 -m http.server 8080"
HTTP = ("python3", "-m", "http.server", "8080")


def told(tree: str, words: str = "", **fields: object) -> Advice:
    advice = Told(tree, words, **fields).advice()  # type: ignore[arg-type]
    assert advice is not None
    return advice


def run(command: tuple[str, ...]) -> str:
    return f"docker run -d --name s IMAGE {shlex.join(command)}"


def lines(advice: Advice) -> dict[str, tuple[str, ...]]:
    return {each.place: each.lines for each in advice.at}


def test_pid_1_without_a_handler() -> None:
    found = told(DEAF, "1 TERM ignored", command=HTTP, equivalent=RUN)
    assert (found.kind, found.text) == ("init", "Run it with --init, or handle SIGTERM.")
    assert "new container" in found.note
    assert lines(found) == {
        "docker run": ("docker run --init -d --name server -e PYTHONUNBUFFERED=1 IMAGE python3 -m http.server 8080",),
        "compose.yaml": ("services:", "  server:", "    init: true"),
        "Dockerfile": (
            "# tini has to be installed: apt-get install -y tini (Debian), apk add --no-cache tini (Alpine)",
            'ENTRYPOINT ["tini", "--"]',
            'CMD ["python3", "-m", "http.server", "8080"]',
        ),
        "program": ("import signal, sys", "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))"),
    }


def test_shell_form() -> None:
    command = ("/bin/sh", "-c", "app --port 80")
    found = told(
        f"{SH.format('app --port 80')}\n7 1 1 | {MINDS}", "1 TERM ignored",
        command=command, equivalent=f"docker run -d --name web IMAGE {shlex.join(command)}",
    )  # fmt: skip
    assert (found.kind, found.text) == (
        "exec",
        "Let the script start app with exec: then it is PID 1, and it handles SIGTERM.",
    )
    assert lines(found) == {
        "script": ("exec app --port 80",),
        "docker run": ("docker run -d --name web IMAGE app --port 80",),
        "compose.yaml": ("services:", "  web:", '    command: ["app", "--port", "80"]'),
        "Dockerfile": ('CMD ["app", "--port", "80"]',),
    }


def test_a_script_in_a_file_is_changed_itself() -> None:
    tree = f"1 0 1 | start.sh | /bin/bash | /bin/bash /start.sh | cgt=10002\n7 1 1 | {MINDS}"
    found = told(tree, "1 TERM ignored", command=("/start.sh",), equivalent="docker run -d --name web IMAGE")
    assert lines(found) == {"script": ("exec app --port 80",)}


def test_the_images_own_command_is_changed_in_the_dockerfile_only() -> None:
    command = ("/bin/sh", "-c", "app --port 80")
    found = told(f"{SH.format('app --port 80')}\n7 1 1 | {MINDS}", "1 TERM ignored", command=command)
    assert lines(found) == {"script": ("exec app --port 80",), "Dockerfile": ('CMD ["app", "--port", "80"]',)}


def test_a_trap_that_waits_for_the_foreground() -> None:
    tree = f"1 0 1 | bash | /bin/bash | bash run.sh | cgt=14002\n7 1 1 | {PYTHON}"
    found = told(tree, "1 TERM queued handler")
    assert (found.kind, found.text) == (
        "trap_and_wait",
        "Start python3 in the background in the script, and wait for it with wait; or start it with exec.",
    )
    assert lines(found) == {
        "script": (
            "python3 -m http.server 8080 & pid=$!",
            "trap 'kill -s TERM $pid' TERM",
            "wait $pid || wait $pid",
        )
    }


@pytest.mark.parametrize("pid", [6, 7])
def test_two_servers_in_one_script(pid: int) -> None:
    tree = f"{SH.format('a & b & wait')}\n6 1 1 | {PYTHON}\n7 1 1 | {MINDS}"
    found = told(tree, "1 TERM ignored", swept=(pid,))
    assert found.kind == "trap_and_wait"
    assert "python3 and app" in found.text
    assert lines(found)["script"][2:] == (
        "trap 'kill -s TERM $pid1 $pid2' TERM",
        "wait $pid1 $pid2 || wait $pid1 $pid2",
    )


UNDER = f"{INIT}\n7 1 7 | sh | /bin/dash | sh -c start | \n8 7 7 | "
PASSED = "1 TERM queued\n7 TERM queued default from 1"


def test_an_init_that_tells_only_the_shell() -> None:
    found = told(
        UNDER + PYTHON, PASSED, killed=False, swept=(8,), command=("sh", "-c", "start"),
        equivalent="docker run -d --name server --init IMAGE sh -c start",
    )  # fmt: skip
    assert (found.kind, found.text) == (
        "init_group",
        "Let the init tell the whole process group: python3 was never told.",
    )
    assert "gets it twice" in found.note
    assert lines(found)["docker run"] == (
        "docker run -e TINI_KILL_PROCESS_GROUP=1 -d --name server --init IMAGE sh -c start",
    )


def test_what_has_a_handler_needs_more_than_its_group() -> None:
    """tini leaves with the shell, and cuts the handler off."""
    found = told(UNDER + MINDS, PASSED, killed=False, swept=(8,))
    assert (found.kind, found.text) == (
        "exec",
        "Let the script start app with exec: then that is told, and it handles SIGTERM.",
    )


def test_a_wrapper_under_supervisord() -> None:
    tree = (
        "1 0 1 | supervisord | /usr/bin/python3.11 | python3 /usr/bin/supervisord | cgt=14807\n"
        f"7 1 7 | bash | /bin/bash | /bin/bash /wrapper | cgt=10002\n8 7 7 | {PYTHON}"
    )
    found = told(tree, "1 TERM queued handler\n7 TERM queued default from 1", killed=False, swept=(8,))
    assert found.kind == "exec"
    assert lines(found) == {
        "script": ("exec python3 -m http.server 8080",),
        "supervisord.conf": ("stopasgroup = true",),
    }


def test_a_parent_that_tells_nobody() -> None:
    tree = f"1 0 1 | python3 | | python3 main.py | cgt=4002\n7 1 1 | {MINDS}"
    found = told(tree, "1 TERM queued handler", killed=False, swept=(7,))
    assert (found.kind, found.text) == ("pass_on", "Let PID 1 pass SIGTERM on to app, and wait for it.")
    assert lines(found)["program"][1] == "code = child.wait()"


def test_another_stop_signal() -> None:
    found = told(
        f"1 0 1 | {MINDS}", "1 USR1 ignored", signal="SIGUSR1", own_signal="SIGUSR1",
        equivalent="docker run -d --name web --stop-signal SIGUSR1 IMAGE",
    )  # fmt: skip
    assert (found.kind, found.text) == ("stop_signal", "Set the stop signal to SIGTERM: app handles that.")
    assert lines(found) == {
        "docker run": ("docker run --stop-signal SIGTERM -d --name web IMAGE",),
        "compose.yaml": ("services:", "  web:", "    stop_signal: SIGTERM"),
        "Dockerfile": ("STOPSIGNAL SIGTERM",),
    }


def test_one_that_was_asked_for_once_only() -> None:
    found = told(f"1 0 1 | {MINDS}", "1 USR1 ignored", signal="SIGUSR1")
    assert lines(found) == {"docker stop": ("docker stop server",)}
    assert "its own stop signal already" in found.note


@pytest.mark.parametrize(
    ("root", "signal", "better"),
    [
        ("systemd | | /sbin/init | blk=7fe3c0fe28014a03 sfd=7fe3c0fe28014a03", "TERM", "SIGRTMIN+3"),
        ("uwsgi | | uwsgi app.ini | cgt=4a03", "TERM", "SIGINT"),
        ("postgres | | postgres | cgt=4003", "TERM", "SIGINT"),
        ("nginx | | nginx | cgt=14003", "HUP", "SIGTERM"),
    ],
)
def test_servers_that_mean_something_else_by_it(root: str, signal: str, better: str) -> None:
    name = f"SIG{signal}"
    taken = "queued" if "sfd" in root else "queued handler"
    found = told(f"1 0 1 | {root}", f"1 {signal} {taken}", signal=name, own_signal=name)
    assert found.kind == "stop_signal"
    assert lines(found)["Dockerfile"] == (f"STOPSIGNAL {better}",)


@pytest.mark.parametrize(("language", "line"), [
    ("python3 | | python3 app.py", "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))"),
    ("bash | /bin/bash | bash run.sh", "trap 'exit 0' TERM"),
    ("ruby | | ruby app.rb", 'Signal.trap("TERM") { exit }'),
    ("perl | | perl app.pl", "$SIG{TERM} = sub { exit 0 };"),
])  # fmt: skip
def test_who_ignores_it_by_choice(language: str, line: str) -> None:
    found = told(f"1 0 1 | {language} | ign=4000", "1 TERM ignored")
    assert found.kind == "not_ignore"
    assert found.at[0].lines[-1] == line


def test_a_child_that_ignores_what_an_init_passes_on() -> None:
    found = told(f"{INIT}\n7 1 7 | app | /app | app | ign=4000", "1 TERM queued\n7 TERM ignored from 1")
    assert (found.kind, found.text, found.at) == ("not_ignore", "Let app not ignore SIGTERM.", ())


def test_who_blocks_it() -> None:
    found = told("1 0 1 | python3 | | python3 app.py | blk=4000", "1 TERM queued")
    assert (found.kind, found.text) == ("handler", "python3 blocks SIGTERM: let it handle it.")
    assert lines(found)["program"][-1] == "signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})"


def test_nodes_own_handler_is_gone_after_its_first_use() -> None:
    node = "1 0 1 | node | /usr/bin/node | node app.js | cgt=4002"
    own = told(node, "1 TERM queued handler\n1 caught=2")
    assert (own.kind, own.text) == ("init", "Run it with --init, or handle SIGTERM in the program with process.on.")
    assert lines(own)["program"] == ('process.on("SIGTERM", () => process.exit(0));',)
    assert told(node, "1 TERM queued handler").kind == "longer_timeout"


@pytest.mark.parametrize(("had", "more"), [(2, 10), (10, 30)])
def test_a_slow_handler(had: int, more: int) -> None:
    found = told(f"1 0 1 | {MINDS}", "1 TERM queued handler", timeout_s=had, own_timeout_s=had)
    assert found.kind == "longer_timeout"
    assert found.text == f"Give it more time: app took SIGTERM and had not ended after {had} s."
    assert "not known" in found.note
    assert "create it again" in found.note
    assert lines(found) == {
        "docker run": (f"docker run --stop-timeout {more} -d --name server IMAGE",),
        "compose.yaml": ("services:", "  server:", f"    stop_grace_period: {more}s"),
        "docker stop": (f"docker stop -t {more} server",),
    }


def test_a_timeout_shorter_than_its_own() -> None:
    found = told(f"1 0 1 | {MINDS}", "1 TERM queued handler", timeout_s=2)
    assert lines(found) == {"docker stop": ("docker stop server",)}
    assert found.note.startswith("Its own timeout is 10 s.")


def test_no_time_at_all() -> None:
    found = told(f"1 0 1 | {MINDS}", "1 TERM queued handler", timeout_s=0)
    assert (found.kind, lines(found)) == ("timeout", {"docker stop": ("docker stop server",)})


def test_a_child_seen_between_fork_and_exec() -> None:
    tree = "1 0 1 | bash | /bin/bash | bash run.sh | cgt=14002\n7 1 1 | bash | /bin/bash | bash run.sh | cgt=14002"
    found = told(tree, "1 TERM queued handler", became={7: ("app", "--port", "80")})
    assert found.text.startswith("Start app in the background")
    assert lines(found)["script"][0] == "app --port 80 & pid=$!"


def test_a_trap_that_goes_on() -> None:
    tree = "1 0 1 | bash | /bin/bash | bash run.sh | cgt=14002\n7 1 1 | sleep | | sleep 1 | "
    found = told(tree, "1 TERM queued handler", later="9 1 1 | sleep | | sleep 1 | ", gone=(7,))
    assert (found.kind, lines(found)) == ("own", {"script": ("trap 'exit 0' TERM",)})
    assert told(tree, "1 TERM queued handler").kind == "longer_timeout"


@pytest.mark.parametrize("host", ["sandbox", "process"])
def test_without_a_container_nothing_is_said_of_docker(host: str) -> None:
    if host == "sandbox":
        found = told(DEAF, "1 TERM ignored", host=host, command=HTTP, equivalent="unshare …")
        assert found.text == "Run it under an init such as tini, or handle SIGTERM."
        assert lines(found)["script"] == ("exec tini -- python3 -m http.server 8080",)
    else:
        found = told(f"1 0 1 | {MINDS}", "1 TERM queued handler", host=host)
        assert (found.kind, found.at) == ("longer_timeout", ())
    assert not {"docker run", "compose.yaml", "Dockerfile", "docker stop"} & set(lines(found))


def test_what_holds_or_was_not_seen_gets_no_advice() -> None:
    fine = Told(f"1 0 1 | {MINDS}", "1 TERM queued handler", killed=False)
    assert fine.advice() is None
    unseen = Told(DEAF)
    assert unseen.diagnosis().outcome == "sigkill_at_timeout"
    assert unseen.advice() is None
    helpless = Told(f"{INIT}\n7 1 7 | {MINDS}", "1 TERM queued")
    assert helpless.advice() is None, "nobody saw whom the init told"


def test_what_a_program_calls_itself_cannot_break_a_line() -> None:
    evil = ("sh", "-c", "a\x1b]0;x\x07 $(reboot)")
    found = told(DEAF, "1 TERM ignored", command=evil, equivalent=run(evil))
    assert set(lines(found)) == {"program"}, "what a terminal acts on is not given to copy"
    quoted = ("app", "$(reboot); `x`", "a b")
    found = told(
        DEAF, "1 TERM ignored", command=quoted, equivalent=f"docker run -d --name s IMAGE {shlex.join(quoted)}"
    )
    assert shlex.split(lines(found)["docker run"][0])[-3:] == list(quoted)
    masked = ("app", "--token=•••")
    found = told(
        DEAF, "1 TERM ignored", command=masked, equivalent=f"docker run -d --name s IMAGE {shlex.join(masked)}"
    )
    assert found.note.endswith("••• stands for what was masked.")
