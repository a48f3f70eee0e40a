"""What came of a signal to, or a stop of, a container that the lab does not watch, in a sentence."""

from __future__ import annotations

from app.verdict.diagnosis import seconds, who_did

UNWATCHED = "The lab does not watch it: what it did with that, its own output tells."


def asked_words(by: str, what: str, name: str) -> str:
    """``what``: "SIGHUP to", "a stop with SIGTERM of"."""
    return f"{who_did(by)} asks for {what} {name}, which is not of this lab"


def told_words(name: str, signal: str) -> str:
    return f"{signal} was handed to {name} by way of the engine. {UNWATCHED}"


def stopped_words(name: str, took_s: float | None, exit_code: int | None, killed: bool | None) -> str:
    """``web left after 0.2 s, exit code 0.``"""
    if took_s is None and exit_code is None:
        return f"The stop of {name} is over; how it ended the engine did not tell."
    how = {True: "was killed by SIGKILL", False: "left", None: "ended"}[killed]
    took = "" if took_s is None else f" after {seconds(took_s)}"
    code = "" if exit_code is None else f", exit code {exit_code}"
    return f"{name} {how}{took}{code}."


def gone_words(name: str, what: str) -> str:
    """For one that the lab did not live to see the end of."""
    return f"What came of the {what} of {name} is not known: the lab ended before. The engine goes on by itself."
