"""Masks: as numbers, as sets, on the wire, and as real processes have them."""

from __future__ import annotations

import os
import signal

from hypothesis import given
from hypothesis import strategies as st

from app.probe.procfs import Masks, disposition_of, dispositions, signals_in
from tests.probe.victims import READY, facts_of, masks_of, python, victim
from tests.support import until

ANY_MASK = st.integers(0, 2**64 - 1)


def mask_of(numbers: set[int] | frozenset[int] | tuple[int, ...]) -> int:
    return sum(1 << (number - 1) for number in numbers)


@given(ANY_MASK)
def test_a_mask_comes_back_from_its_numbers(mask: int) -> None:
    assert mask_of(signals_in(mask)) == mask


@given(st.sets(st.integers(1, 64)))
def test_a_mask_holds_what_was_put_in(numbers: set[int]) -> None:
    assert signals_in(mask_of(numbers)) == tuple(sorted(numbers))


@given(st.lists(ANY_MASK, min_size=7, max_size=7))
def test_the_wire_carries_16_digits_of_each(masks: list[int]) -> None:
    blocked, ignored, caught, shared, own, waited, signalfd = masks
    wire = Masks(blocked, ignored, caught, shared, own, waited, signalfd).to_wire()
    assert {name: int(digits, 16) for name, digits in wire.items()} == {
        "blocked": blocked,
        "ignored": ignored,
        "caught": caught,
        "pending": shared | own,
        "waited": waited,
        "signalfd": signalfd,
    }
    assert all(len(digits) == 16 and digits == digits.lower() for digits in wire.values())


def test_the_action_is_told_apart_from_what_holds_a_signal_back() -> None:
    usr1, term, hup, kill, stop = 10, 15, 1, 9, 19
    masks = Masks(
        blocked=mask_of({usr1, term}),
        ignored=mask_of({hup, kill}),
        caught=mask_of({term, stop}),
        pending_process=mask_of({term}),
        pending_thread=mask_of({usr1}),
    )
    assert [disposition_of(masks, number) for number in (usr1, term, hup)] == ["default", "caught", "ignored"]
    assert [disposition_of(masks, number) for number in (kill, stop)] == ["default", "default"]
    caught, ignored, blocked, pending = dispositions(masks)
    found = [sorted(each) for each in (caught, ignored, blocked, pending)]
    assert found == [[term], [hup], [usr1, term], [usr1, term]]


def test_traps_of_a_shell_are_caught_or_ignored() -> None:
    with victim("bash", "-c", "trap : USR1 TERM; trap '' HUP; echo ready; read") as process:
        masks = masks_of(process.pid)
        assert {10, 15} <= dispositions(masks).caught
        assert disposition_of(masks, signal.SIGHUP) == "ignored"
        assert disposition_of(masks, signal.SIGUSR2) == "default"
        assert dispositions(masks).pending == set()


def test_sig_ign_of_a_program_is_ignored() -> None:
    with victim(*python(f"signal.signal(signal.SIGTERM, signal.SIG_IGN); {READY}")) as process:
        # Python itself ignores PIPE and XFSZ; the rest is as whoever started the tests left it (nohup, a job of make).
        inherited = dispositions(masks_of(os.getpid())).ignored
        assert dispositions(masks_of(process.pid)).ignored == inherited | {
            *(signal.SIGTERM, signal.SIGPIPE, signal.SIGXFSZ),
        }


def test_a_blocked_signal_that_was_sent_is_pending_for_the_process() -> None:
    code = f"signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2]); {READY}"
    with victim(*python(code)) as process:
        process.send_signal(signal.SIGUSR2)
        until(lambda: masks_of(process.pid).pending_process)
        masks = masks_of(process.pid)
        assert signals_in(masks.pending_process) == (12,)
        assert masks.pending_thread == 0
        assert signals_in(masks.blocked) == (12,)


THREAD = (
    "def one():\n"
    " signal.pthread_sigmask(signal.SIG_SETMASK, {blocks}); started.set(); threading.Event().wait()\n"
    "started = threading.Event()\n"
    "worker = threading.Thread(target=one, daemon=True); worker.start(); started.wait()\n"
)


def test_blocked_means_blocked_in_every_thread() -> None:
    code = (
        THREAD.format(blocks="[signal.SIGUSR1, signal.SIGUSR2]")
        + f"signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGUSR2, signal.SIGTERM]); {READY}"
    )
    with victim(*python(code)) as process:
        assert facts_of(process.pid).threads == 2
        assert signals_in(masks_of(process.pid).blocked) == (signal.SIGUSR2,)


def test_what_is_pending_for_another_thread_counts() -> None:
    code = THREAD.format(blocks="[signal.SIGUSR1]") + f"signal.pthread_kill(worker.ident, signal.SIGUSR1); {READY}"
    with victim(*python(code)) as process:
        masks = masks_of(process.pid)
        assert (signals_in(masks.pending_thread), masks.pending_process) == ((signal.SIGUSR1,), 0)
        assert masks.blocked == 0


def test_a_leader_that_has_ended_takes_no_signals() -> None:
    """Its mask would hide what the threads that live on do block."""
    code = (
        THREAD.format(blocks="[signal.SIGUSR1]")
        + "print('ready', flush=True); ctypes.CDLL(None).pthread_exit(None)"
    )  # fmt: skip
    with victim(*python(code)) as process:
        until(lambda: facts_of(process.pid).state == "Z")
        assert facts_of(process.pid).threads == 2
        assert signals_in(masks_of(process.pid).blocked) == (signal.SIGUSR1,)
