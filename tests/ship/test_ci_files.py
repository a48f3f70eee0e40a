"""What runs for those who come: files for GitHub and GitLab, as far as they can be held without those."""

from __future__ import annotations

import json
import os
import re
import subprocess
from importlib.resources import files
from typing import Any

import pytest
import yaml

from tests.commands.check.test_everywhere import validator_of
from tests.ship.conftest import ROOT

TEST, RELEASE, GITLAB = ".github/workflows/test.yml", ".github/workflows/release.yml", ".gitlab-ci.yml"
SCHEMAS = {TEST: "github-workflows", RELEASE: "github-workflows", GITLAB: "gitlab-ci"}
NOT_JOBS = {"default", "stages", "variables", "workflow", "include"}
PUBLISHES = re.compile(
    r"docker push|--push|twine|publish|gh release|release-cli|: write|secrets\.|login", re.IGNORECASE
)


def read(text: str) -> dict[Any, Any]:
    """As GitHub reads it: "on" is a word there, and in YAML 1.1, which Python reads, it is true."""
    return {"on" if name is True else name: value for name, value in yaml.safe_load(text).items()}


def loaded(file: str) -> dict[Any, Any]:
    return read((ROOT / file).read_text())


def scripts(file: str) -> list[str]:
    """Every line that a machine would run."""
    if file == GITLAB:
        jobs = [job for name, job in loaded(file).items() if name not in NOT_JOBS]
        return [line for job in jobs for line in job["script"]]
    steps = [step for job in loaded(file)["jobs"].values() for step in job["steps"]]
    return [line for step in steps if "run" in step for line in step["run"].splitlines()]


def code(file: str) -> str:
    """Without comments: those may say that nothing is published."""
    return "\n".join(re.sub(r"(^|\s)#.*", "", line) for line in (ROOT / file).read_text().splitlines())


@pytest.mark.parametrize("file", SCHEMAS)
def test_they_are_what_their_readers_take(file: str) -> None:
    vendored = files("check_jsonschema") / "builtin_schemas/vendor" / f"{SCHEMAS[file]}.json"
    reader = validator_of(json.loads(vendored.read_text()))
    assert [error.message for error in reader.iter_errors(loaded(file))] == []
    broken = re.sub(r"^( +)(runs-on|script):", r"\1nothing:", (ROOT / file).read_text(), flags=re.MULTILINE)
    assert not reader.is_valid(read(broken))


def test_all_tests_are_run_by_the_one_script() -> None:
    for file in (TEST, GITLAB):
        assert [line for line in scripts(file) if line.split()[-1] == ".ci/run"], file
    assert (ROOT / ".ci/run").read_text().endswith("exec make test\n")


@pytest.mark.parametrize("file", SCHEMAS)
def test_what_they_run_is_there(file: str) -> None:
    for words in map(str.split, scripts(file)):
        for word in words:
            if re.match(r"(\.ci|scripts|ci)/", word):
                assert os.access(ROOT / word, os.X_OK), word
        if words[0] == "make":
            done = subprocess.run(["make", "--dry-run", *words[1:]], cwd=ROOT, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", SCHEMAS)
def test_they_publish_nothing_and_may_write_nowhere(file: str) -> None:
    assert PUBLISHES.findall(code(file)) == []
    if file != GITLAB:
        assert loaded(file)["permissions"] == {"contents": "read"}
        assert "${{" not in "".join(scripts(file)), "what somebody names a branch is no part of a script"


def test_a_release_is_a_wheel_an_image_and_their_sums() -> None:
    steps = {file: [line for line in scripts(file) if "dist" in line or "make" in line] for file in (RELEASE, GITLAB)}
    assert steps[RELEASE] == steps[GITLAB]
    assert steps[RELEASE][0] == "make image", "which builds the wheel into dist, too"
    assert loaded(GITLAB)["release-files"]["artifacts"]["paths"] == ["dist/"]
    upload = loaded(RELEASE)["jobs"]["build"]["steps"][-1]
    assert upload["with"]["path"] == "dist/"
