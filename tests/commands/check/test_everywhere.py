"""The GitHub action, the GitLab template and the pre-commit hook, as far as they run without those."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import junitparser
import pytest
import yaml
from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from pre_commit.commands.validate_manifest import validate_manifest  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent


def ran(*words: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """With no engine, and none of the variables of a build server that this may run on."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GIT_", "SIGNAL_LAB_"))}
    own |= {"PATH": f"{BIN}:{os.environ['PATH']}", "DOCKER_HOST": f"unix://{cwd}/none.sock", "HOME": str(cwd), **env}
    return subprocess.run(words, cwd=cwd, env=own, capture_output=True, text=True, check=False, timeout=120)


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


@pytest.mark.parametrize(("schema", "file"), [("github-actions", "action.yml"), ("gitlab-ci", "ci/gitlab.yml")])
def test_they_are_what_their_readers_take(schema: str, file: str) -> None:
    vendored = files("check_jsonschema") / "builtin_schemas/vendor" / f"{schema}.json"
    reader, given = validator_of(json.loads(vendored.read_text())), (ROOT / file).read_text()
    assert [error.message for error in reader.iter_errors(yaml.safe_load(given))] == []
    broken = given.replace("using: composite", "using: magic").replace("when: always", "when: 7")
    assert not reader.is_valid(yaml.safe_load(broken))


def validator_of(schema: dict[str, Any]) -> Any:
    return validator_for(schema)(schema)


def test_the_manifest_of_the_hook(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate_manifest([str(ROOT / ".pre-commit-hooks.yaml")]) == 0, capsys.readouterr().out
    [hook] = loaded(".pre-commit-hooks.yaml")
    assert hook["stages"] == ["pre-push", "manual"]


def test_no_input_of_the_action_is_part_of_a_script() -> None:
    for step in loaded("action.yml")["runs"]["steps"]:
        assert "${{" not in step["run"]


@pytest.mark.whole
def test_the_step_of_the_action(tmp_path: Path) -> None:
    """Its inputs are words: quotes are minded, and nothing in them is carried out."""
    found = ran(
        *("bash", str(ROOT / "ci/github-check")), cwd=tmp_path,
        IMAGE="base", WITHIN="2s", JUNIT="stop.xml", SARIF="stop.sarif",
        ARGS="--ready-log 'it is $(touch made) ready' -- sh -c 'echo `touch made`'", SUDO="true",
        GITHUB_OUTPUT=str(tmp_path / "output"), GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )  # fmt: skip
    assert found.returncode == 3, found
    assert "::error file=Dockerfile,line=1,title=SL011" in found.stdout
    assert "base: could not be told" in found.stdout
    assert (tmp_path / "output").read_text() == "exit-code=3\n"
    assert "| ❔ | base |" in (tmp_path / "summary").read_text()
    assert junitparser.JUnitXml.fromfile(str(tmp_path / "stop.xml")).errors == 1
    assert json.loads((tmp_path / "stop.sarif").read_text())["runs"][0]["results"][0]["kind"] == "open"
    assert not (tmp_path / "made").exists()


@pytest.mark.whole
def test_the_script_of_the_gitlab_job(tmp_path: Path) -> None:
    job = loaded("ci/gitlab.yml")["signal-lab-check"]
    given = {name: value for name, value in job["variables"].items() if name.startswith("SIGNAL_LAB_")}
    given |= {"SIGNAL_LAB_IMAGE": "base", "SIGNAL_LAB_ARGS": "--init --runs 2"}
    found = ran("sh", "-ec", "\n".join(job["script"]), cwd=tmp_path, **given)
    assert found.returncode == 3, found
    reports = job["artifacts"]["reports"]
    assert json.loads((tmp_path / reports["codequality"]).read_text())[0]["check_name"] == "SL011"
    assert junitparser.JUnitXml.fromfile(str(tmp_path / reports["junit"])).errors == 1


@pytest.mark.whole
def test_the_hook_before_a_push(tmp_path: Path) -> None:
    """pre-commit itself, on two repositories of our own: one has the hook, the other one uses it."""
    hook, user = tmp_path / "hook", tmp_path / "user"
    for repository in (hook, user):
        repository.mkdir()
        ran("git", "init", "-q", ".", cwd=repository)
    (hook / ".pre-commit-hooks.yaml").write_text((ROOT / ".pre-commit-hooks.yaml").read_text())
    who = ("-c", "user.name=a", "-c", "user.email=a@localhost")
    ran("git", "add", ".", cwd=hook)
    assert ran("git", *who, "commit", "-qm", "it", cwd=hook).returncode == 0
    rev = ran("git", "rev-parse", "HEAD", cwd=hook).stdout.strip()
    uses = {"repo": str(hook), "rev": rev, "hooks": [{"id": "signal-lab-check", "args": ["base", "--within", "2s"]}]}
    (user / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [uses]}))
    ran("git", "add", ".", cwd=user)
    kept = {"PRE_COMMIT_HOME": str(tmp_path / "kept")}
    found = ran("pre-commit", "run", "--hook-stage", "manual", "--verbose", cwd=user, **kept)
    assert found.returncode == 1, found
    assert "exit code: 3" in found.stdout
    assert "base: could not be told" in found.stdout
    assert "does it stop?" not in ran("pre-commit", "run", cwd=user, **kept).stdout, "not at each commit"
