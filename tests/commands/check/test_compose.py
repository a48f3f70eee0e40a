"""A compose file becomes what is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.commands.check.compose import services_of
from app.commands.check.flags import CheckFlags
from app.commands.common import Failed

FILE = """\
name: shop
x-common: &common
  environment: {A: 1, B: "${TOKEN_OF_TEST:-none}", C: true}
services:
  web:
    <<: *common
    image: "web:${TAG_OF_TEST:-latest}"
    command: python3 -m "my server"
    entrypoint: ["/entry", "-x"]
    stop_signal: SIGQUIT
    stop_grace_period: 1m30s
    init: true
    user: "1000:1000"
    working_dir: /srv
    mem_limit: 512mb
    volumes: ["data:/data"]
    depends_on: [db]
    pre_stop:
      - command: ["sleep", "1"]
  worker:
    build: .
    environment: [ONLY_HERE_OF_TEST, "D=1=2"]
  db:
    image: db
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "compose.yaml"
    path.write_text(FILE)
    (tmp_path / ".env").write_text("TAG_OF_TEST=3\n")
    return path


def test_each_service_with_its_own_stop_settings(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLY_HERE_OF_TEST", "yes")
    web, worker, db = services_of(file, [], CheckFlags())
    assert web.spec is not None
    options = web.spec.container
    assert (web.name, web.image, web.spec.command) == ("web", "web:3", ("python3", "-m", "my server"))
    assert (options.entrypoint, options.stop_signal, options.init) == (("/entry", "-x"), "SIGQUIT", True)
    assert (options.user, options.workdir, options.memory) == ("1000:1000", "/srv", "512m")
    assert options.env == {"A": "1", "B": "none", "C": "true"}
    assert (web.terms.within_s, web.terms.grace_s, web.place.line) == (90.0, None, 5)
    assert {note.split()[0] for note in web.notes} == {"volumes", "depends_on"}
    assert (web.hooks, db.hooks) == ((("sleep", "1"),), ())
    assert (worker.image, worker.terms.within_s, db.place.line) == ("shop-worker", 10.0, 23)
    assert "builds nothing" in worker.missing
    assert worker.spec is not None
    assert worker.spec.container.env == {"ONLY_HERE_OF_TEST": "yes", "D": "1=2"}
    assert db.missing == ""


def test_services_that_are_named_and_a_time_that_is_asked_for(file: Path) -> None:
    [web] = services_of(file, ["web"], CheckFlags(within="2m", env={"A": "2"}))
    assert (web.terms.within_s, web.terms.grace_s) == (120.0, 90.0)
    assert web.spec is not None
    assert web.spec.container.env["A"] == "2"
    [web] = services_of(file, ["web"], CheckFlags(within="3s"))
    assert (web.terms.within_s, web.terms.grace_s) == (3.0, None)


def test_what_a_service_says_of_itself_counts(tmp_path: Path) -> None:
    own = "{ready-port: 5432, within: 2s, expect-exit: '0,137', cap-add: default}"
    path = tmp_path / "compose.yaml"
    path.write_text(f"services: {{db: {{image: db, x-signal-lab: {own}}}, web: {{image: web}}}}")
    db, web = services_of(path, [], CheckFlags(ready_log="up", settle="1s"))
    assert (db.ready.port, db.ready.log, db.ready.settle_s) == (5432, None, 0.0)
    assert (db.terms.within_s, db.terms.expect_exit) == (2.0, frozenset({0, 137}))
    assert db.spec is not None
    assert (db.spec.container.ports, "CHOWN" in db.spec.container.cap_add) == ({"5432/tcp": 0}, True)
    assert (web.ready.log, web.ready.settle_s, web.terms.within_s) == ("up", 1.0, 10.0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("services: {web: {image: a, x-signal-lab: 1}}", "x-signal-lab: it is no mapping"),
        ("services: {web: {image: a, x-signal-lab: {redy-log: x}}}", "redy-log: expected one of"),
        ("services: {web: {image: a, x-signal-lab: {ready-port: x}}}", "no port"),
        ("", "it is no mapping"),
        ("[1]", "it is no mapping"),
        ("a: [", "not YAML"),
        ("a: !!python/object/apply:os.getcwd []", "not YAML"),
        ("services: {}", "no services"),
        ("services: {web: 1}", "service web: it is no mapping"),
        ("services: {web: {image: a, stop_grace_period: soon}}", "no duration"),
        ("services: {web: {image: a, stop_signal: NO}}", "stop_signal"),
        ("services: {web: {image: 'a b'}}", "no reference of an image"),
        ("services: {web: {image: 'a:${NO_SUCH_OF_TEST:?say which}'}}", "say which"),
        ("services: {web: {image: a, mem_limit: lots}}", "mem_limit"),
        ("services: {web: {image: a, pre_stop: [sleep]}}", "a list of hooks, each with a command"),
        ("services: {web: {image: a, command: '\"open'}}", "No closing quotation"),
    ],
)
def test_what_cannot_be_read_is_wrong_use(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(text)
    with pytest.raises(Failed, match=why) as found:
        services_of(path, [], CheckFlags())
    assert found.value.leave == 2


def test_a_file_or_a_service_that_is_not_there(file: Path) -> None:
    for path, names in ((file.parent / "none.yaml", []), (file, ["nobody"])):
        with pytest.raises(Failed) as found:
            services_of(path, names, CheckFlags())
        assert found.value.leave == 2
