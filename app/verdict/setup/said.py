"""One setting of a container, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """``value``: a few words.  ``source``: who set it, or how it was seen.  ``means``: what follows; "" nothing."""

    name: str
    value: str
    source: str
    means: str = ""
