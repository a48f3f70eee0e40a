"""A link as a QR code: for those in the room who want to watch on their own screen.

segno draws it: pure Python without dependencies, typed, kept well, and it needs no network: the link is a secret of
this lab and goes to no service.  The page draws a path and not an image, because all that it shows is drawn by its
views.
"""

from __future__ import annotations

from typing import TypedDict

import segno

QUIET = 4  # modules around it, as the standard asks


class QrCode(TypedDict):
    size: int  # modules a side, with the quiet zone
    path: str  # of the dark ones, in modules: an SVG path, one bar for each run in a row


def qr_code(text: str) -> QrCode:
    """As dense as a projector's picture is still read from the last row: level M, micro codes are not."""
    matrix = segno.make(text, error="m", micro=False).matrix
    bars = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                bars.append(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z")
            x += width or 1
    return {"size": len(matrix) + 2 * QUIET, "path": "".join(bars)}
