"""The browser of the tests, the pictures and the measurements: Debian's Chromium.

Its headless shell is the same engine without windows of its own: it opens a page in a third of the time.
"""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, BrowserType, Playwright

NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright) -> Browser:
    """The one named by CHROMIUM, or the first that is here.  Raises FileNotFoundError."""
    return launched(playwright.chromium)


def launched(chromium: BrowserType, *flags: str) -> Browser:
    """As ``launch``, with more flags."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise FileNotFoundError("no Chromium here; `make setup` installs one")
    return chromium.launch(executable_path=found, args=[*FLAGS, *flags])
