"""Who sent a signal, of senders that have gone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from app.probe.files import ProcFiles
from app.probe.senders import Senders


def test_one_that_goes_and_signals_hundreds_is_looked_up_once(tmp_path: Path) -> None:
    """A process that ends hangs up on its orphaned groups: the kernel's list of names takes milliseconds to read."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    names = tmp_path / "saved_cmdlines"
    names.write_text(f"1 init\n{gone.pid} true\n")
    senders = Senders(ProcFiles(), tmp_path)
    senders.look_again()
    first = senders.of(gone.pid)
    assert (first.pid, first.comm) == (gone.pid, "true")
    names.unlink()
    assert [senders.of(gone.pid) for _ in range(500)] == [first] * 500
    senders.look_again()
    assert senders.of(gone.pid).comm is None, "the tid may be somebody else's by now"
