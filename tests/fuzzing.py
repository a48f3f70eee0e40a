"""How wide tests with made-up input are: short and the same each time in `make test`, wide and new in `make fuzz`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# FUZZ=25: so many times as many inputs, drawn anew.  What fails is printed so that it can be done again.
TIMES = int(os.environ.get("FUZZ", "1"))


def fuzz(examples: int, **more: object) -> settings:
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        print_blob=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        **more,  # type: ignore[arg-type]  # as hypothesis takes them
    )
