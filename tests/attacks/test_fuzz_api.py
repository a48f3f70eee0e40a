"""Whatever is sent to the API by somebody who may: an answer of ours, no defect, no hang.

Two thirds of the inputs break the description on purpose.  The stream is asked by hand, since it has no end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from app.web.once import HEADER
from tests.fuzzing import TIMES, fuzz
from tests.support import TOKEN, LabUnderTest

pytestmark = [pytest.mark.whole, pytest.mark.timeout(240 * TIMES)]
BEARER = {"authorization": f"Bearer {TOKEN}"}
WITHIN_S = 20
EXAMPLES = {GenerationMode.POSITIVE: 4, GenerationMode.NEGATIVE: 8}  # `make fuzz`: 25 times as many
NOT_HERE = {"no_engine", "not_possible"}  # this lab has no engine: that is an answer, with a hint


def check(answer: Any, where: str) -> None:
    """One of ours: below 500, or a clear word on what this machine lacks; errors in the one shape."""
    status = answer.status_code
    if status < 400:
        return
    said = answer.json()
    assert set(said) == {"ok", "code", "error", "hint"}, f"{where}: {status} {answer.text[:300]}"
    assert status < 500 or said["code"] in NOT_HERE, f"{where}: {status} {answer.text[:300]}"


def test_every_call_answers_whatever_it_is_sent(
    lab: LabUnderTest, record_property: Callable[[str, object], None]
) -> None:
    schema = schemathesis.openapi.from_url(f"{lab.url}/api/v1/openapi.json", headers=BEARER)
    tried: Counter[str] = Counter()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        if operation.path == "/api/v1/events":
            continue
        for mode, examples in EXAMPLES.items():

            @fuzz(examples)
            @given(case=operation.as_strategy(generation_mode=mode))
            def one(case: Any) -> None:
                tried[case.operation.label] += 1
                case.headers.pop(HEADER, None)  # a key that comes twice is refused before anything is looked at
                answer = case.call(base_url=lab.url, headers=BEARER, timeout=WITHIN_S)
                check(answer, f"{case.operation.label} {case.body!r:.200}")

            try:
                one()
            except Exception as error:
                if "Unsatisfiable" not in type(error).__name__:  # nothing of it can be wrong
                    raise
    assert len(tried) > 25
    with lab.person() as person:
        assert person.get("/health").json()["ok"] is True
        for run in person.get("/runs?limit=500").json()["runs"]:
            person.client.delete(f"/api/v1/runs/{run['run']}")
    record_property("fuzzed API", f"{sum(tried.values())} requests to {len(tried)} calls")


def test_the_stream_answers_whatever_it_is_asked(
    lab: LabUnderTest, record_property: Callable[[str, object], None]
) -> None:
    header = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
    count = 0

    @fuzz(60)
    @given(last=header, after=header, run=header, kind=header)
    def one(last: str, after: str, run: str, kind: str) -> None:
        nonlocal count
        count += 1
        headers = {**BEARER, "last-event-id": last}
        params = {"after": after, "run": run, "kind": kind}
        with httpx.stream(
            "GET", f"{lab.url}/api/v1/events", headers=headers, params=params, timeout=WITHIN_S
        ) as answer:
            if answer.status_code == 200:
                next(answer.iter_raw())
            else:
                answer.read()
                check(answer, f"events {params} {last!r}")

    one()
    record_property("fuzzed stream", f"{count} requests")
