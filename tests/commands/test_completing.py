"""The Tab key, in a real bash with the script that the command gives it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from app.experiments.loading import load_catalogue
from tests.killable import LAB
from tests.support import TOKEN, LabUnderTest, Person

pytestmark = pytest.mark.whole
# What bash does at a Tab: the words so far, the one that is being typed, and the function that was registered for it.
TAB = """
complete -p signal-lab >/dev/null || exit 9
function=$(complete -p signal-lab | sed 's/.*-F //; s/ .*//')
COMP_WORDS=(signal-lab "$@") COMP_CWORD=$#
"$function" signal-lab "${!#}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


class Keyboard:
    def __init__(self, home: Path, script: str, **env: str) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("SIGNAL_LAB_")}
        path = f"{Path(LAB).parent}:{os.environ['PATH']}"
        self._env = {**own, "PATH": path, "HOME": str(home), "SIGNAL_LAB_DATA": str(home / "data"), **env}
        self.setup = script

    def bash(self, script: str, *words: str) -> str:
        done = subprocess.run(
            # It stays, and is the shell that asks.
            ["bash", "--norc", "-c", f"{script.rstrip()} || exit", "bash", *words],
            env=self._env, capture_output=True, text=True, check=False, timeout=45,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    def tab(self, *words: str) -> list[str]:
        """The last one is being typed."""
        return self.bash(self.setup + TAB, *words).split()


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    return Keyboard(tmp_path_factory.mktemp("home"), "").bash("signal-lab --show-completion")


@pytest.fixture
def keyboard(tmp_path: Path, script: str) -> Keyboard:
    """No lab is there, and the usual port, where somebody's own may be, is not asked."""
    return Keyboard(tmp_path, script, SIGNAL_LAB_PORT="1")


def test_commands_flags_experiments_and_signals_are_offered(keyboard: Keyboard) -> None:
    assert keyboard.tab("serve", "--log-f") == ["--log-format"]
    assert keyboard.tab("serve", "--log-format", "") == ["text", "json"]
    ours = [each for each in load_catalogue()[0] if each.startswith("pid-")]
    assert sorted(keyboard.tab("run", "pid-")) == sorted(ours)
    assert keyboard.tab("signal", "r1", "SIGUS") == ["SIGUSR1", "SIGUSR2"]
    assert keyboard.tab("run", "--image", "base", "--", "pid-") == [], "behind -- is a command of somebody else"


def test_experiments_of_ones_own_are_offered_and_a_broken_one_is_no_trouble(keyboard: Keyboard, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine-1.toml").write_text("title = ")
    assert keyboard.tab("verify", "--experiments", str(own), "mi") == ["mine-1"]
    assert keyboard.tab("verify", "[m*") == []


def test_runs_and_targets_of_the_lab_are_offered(
    lab: LabUnderTest, driver: Person, tmp_path: Path, script: str
) -> None:
    keyboard = Keyboard(tmp_path, script, SIGNAL_LAB_DATA=str(lab.settings.data), SIGNAL_LAB_TOKEN=TOKEN)
    run, target = driver.command("sleep", "600")
    over, _ = driver.command("sleep", "600")
    driver.client.delete(f"/api/v1/runs/{over}")
    assert keyboard.tab("stop", "r") == [run, target]
    assert set(keyboard.tab("watch", "")) == {run, over}
    stranger = Keyboard(tmp_path, script, SIGNAL_LAB_DATA=str(lab.settings.data), SIGNAL_LAB_TOKEN="wrong")
    assert stranger.tab("watch", "") == [], "nobody is told without a token, and nothing is written over the line"


def test_it_installs_itself_for_the_shell_that_asks(keyboard: Keyboard, tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text("mine=1\n")
    assert "bash completion installed" in keyboard.bash("signal-lab --install-completion")
    keyboard.setup = ". ~/.bashrc\n[ $mine = 1 ] || exit 8\n"
    assert keyboard.tab("heal") == ["healthcheck"]
