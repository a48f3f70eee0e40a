"""The event of rehearsals: a copy was stopped as it is, and then with what would help.

Part of the union in ``app/events/__init__.py``.
"""

from __future__ import annotations

from typing import Literal

from app.events.base import LabEvent
from app.events.parts import Change, Fence, RehearsalLane


class Rehearsed(LabEvent):
    """What came of it.  ``name``: the container's, or the image's.  ``image``: its id, where the engine told it.

    ``fix``: the advice of the first stop; None: nothing seen speaks for one.  ``change``: of it what the second copy
    was given; None: there was no second copy.  ``text``: the whole of it in a sentence or two.
    """

    kind: Literal["rehearsed"] = "rehearsed"
    name: str
    image: str | None
    fence: Fence
    without: tuple[str, ...] = ()  # what the original has and the copies had not
    before: RehearsalLane
    after: RehearsalLane | None = None
    fix: str | None = None
    change: Change | None = None
    text: str
