"""Fixtures of the truth test: the compiled victim, one trace for all cases, and the counts at the end."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.truth.observe import COUNTS, Witness

VICTIMS = Path(__file__).parent / "victims"


def compiled(name: str, folder: Path) -> Path:
    """A C victim; linked statically, so that it runs in any image."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.fail("no C compiler: `make setup` installs one")
    made, source = folder / name, VICTIMS / f"{name}.c"
    words = [compiler, "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-pthread", "-o", str(made), str(source)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made.chmod(0o755)
    return made


@pytest.fixture(scope="session")
def victim_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Is what its arguments say."""
    return compiled("victim", tmp_path_factory.mktemp("truth"))


@pytest.fixture(scope="session")
def odd_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Is in a state that masks alone do not show."""
    return compiled("odd", tmp_path_factory.mktemp("truth"))


@pytest.fixture(scope="session")
def witness() -> Iterator[Witness]:
    """Without the kernel's trace this fails: it needs root and tracefs, which `make setup` mounts."""
    opened = Witness()
    yield opened
    opened.close()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    for suite, counts in COUNTS.items():
        agreed = sum(counts.agreed.values())
        rights, wrongs = sum(counts.open_right.values()), sum(counts.open_wrong.values())
        handlers = counts.agreed["handler"]
        terminalreporter.write_sep("-", f"truth: {suite}")
        terminalreporter.write_line(
            f"{agreed} sure and right, of these {handlers} 'the handler decides'; {counts.sure_wrong} sure and wrong; "
            f"not sure: {rights} right, {wrongs} wrong, {sum(counts.unknown.values())} unknown"
        )
        terminalreporter.write_line("  " + ", ".join(f"{fate} {n}" for fate, n in counts.agreed.most_common()))
        for word, counter in (
            ("not sure and right", counts.open_right),
            ("not sure and wrong", counts.open_wrong),
            ("unknown", counts.unknown),
        ):
            if counter:
                terminalreporter.write_line(
                    f"  {word}: " + ", ".join(f"{what} {n}" for what, n in counter.most_common())
                )
