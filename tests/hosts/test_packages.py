"""What a build printed, and the package that it could not have: lines as package managers wrote them into its log."""

from __future__ import annotations

import pytest

from app.hosts.container.builds import WholeLines
from app.hosts.container.packages import COLOUR, RED, package_of

END = "\x1b[0m"


@pytest.mark.parametrize(
    ("log", "package"),
    [
        (["Building dependency tree...", f"{RED}E: Unable to locate package tnii", END], "tnii"),
        (["E: Package 'mysql-server' has no installation candidate"], "mysql-server"),
        (["E: Version '1.2' for 'nginx' was not found"], "nginx"),
        (
            ["E: Failed to fetch http://deb.example.org/pool/main/libs/libstdc++_12.2-1_amd64.deb  404  Not Found"],
            "libstdc++",
        ),
        (
            ["The following packages have unmet dependencies:", " redis-server : Depends: redis-tools (= 7) but it is"],
            "redis-server",
        ),
        (
            [
                "dpkg: error processing package openssh-server (--configure):",
                "dpkg: error processing package ssh (--configure):",
            ],
            "openssh-server",
        ),
        (["ERROR: Could not find a version that satisfies the requirement gunicron (from versions: none)"], "gunicron"),
        (["ERROR: No matching distribution found for uvicorn==999"], "uvicorn"),
        (["npm error 404  'left-pda@^1.0.0' is not in this registry."], "left-pda"),
        (["npm ERR! 404  '@acme/tools@1' is not in this registry."], "@acme/tools"),
        (["npm error notarget No matching version found for express@99.0.0."], "express"),
        (["ERROR: unable to select packages:", "  tinni (no such package):"], "tinni"),
        (["Error: Unable to find a match: httpdd"], "httpdd"),
        (["Step 1/3 : FROM debian", "E: The repository is not signed.", "ERROR: something else"], None),
        ([], None),
    ],
)
def test_the_first_that_could_not_be_had_is_named(log: list[str], package: str | None) -> None:
    assert package_of(log) == package


def test_a_line_that_came_in_pieces_is_one_line() -> None:
    """As an engine 20.10 told what apt wrote in two calls, each in a colour of its own."""
    lines = WholeLines()
    pieces = ["Reading package lists...", "\n", f"{RED}E: {END}", f"{RED}Unable to locate package tnii\n{END}", "Step"]
    whole = [text for piece in pieces if (text := lines.add(piece))]
    assert whole[0] == "Reading package lists...\n"
    assert package_of(whole) == "tnii"
    assert (lines.last(), lines.last()) == ("Step\n", "")
    lines.add(END)
    assert lines.last() == "", "a colour is no line"


def test_what_stands_between_two_halves_of_a_line_is_a_line_of_its_own() -> None:
    """apt writes what it does to stdout, and what is wrong to stderr: on a busy machine in the middle of that."""
    lines = WholeLines()
    pieces = ["Building dependency tree...", f"{RED}E: Unable to locate package tnii\n{END}", "\n", "Done\n"]
    whole = "".join(map(lines.add, pieces)).splitlines()
    assert [COLOUR.sub("", line) for line in whole] == [
        "E: Unable to locate package tnii", "Building dependency tree...", "Done",
    ]  # fmt: skip
    assert package_of(whole) == "tnii"
    assert lines.last() == ""
