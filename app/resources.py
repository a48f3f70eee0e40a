"""Where the files that are not Python live.  Leaf module.

In a checkout ``templates``, ``static`` and ``docker`` stand beside ``app``; in a wheel they are inside it, and of
``static`` only what is served: the bundle.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The folder ``templates``, ``static`` or ``docker``."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
