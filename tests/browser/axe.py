"""What axe-core finds on a page that has come to rest.

Colours settle over 400 ms, and an event can begin such a change at any moment: what was looked at in the middle of one
is looked at again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

AXE = Path("node_modules/axe-core/axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = 5
COLOURS = ["color-contrast", "link-in-text-block"]  # of the rules, those about colours
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
looked: list[str] = []  # addresses of the pages and states that were looked at, for who counts them

# What was asked for is drawn in the next frame, and what that changes begins to move in the one after.
SETTLED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (;;) {
    await frame();
    await frame();
    const moving = document.getAnimations().filter(({ playState }) => playState === "running");
    if (!moving.length) return;
    await Promise.allSettled(moving.map(({ finished }) => finished));
  }
}"""
LOOK = """async (rules) => {
  let moved = false;
  const note = () => { moved = true; };
  for (const kind of ["transitionrun", "animationstart"]) document.addEventListener(kind, note);
  const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"], selectors: false });
  for (const kind of ["transitionrun", "animationstart"]) document.removeEventListener(kind, note);
  return [moved, violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])];
}"""


def settled(page: Page) -> None:
    """No animation and no transition runs."""
    page.evaluate(SETTLED)


def violations(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """What is wrong with the page as it is now: WCAG 2.0 to 2.2, levels A and AA, or ``rules`` of them."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # by the debugger: the page's own policy allows no foreign script
    found: list[object] = []
    for _ in range(LOOKS):
        settled(page)
        moved, found = page.evaluate(LOOK, rules)
        if not (found and moved):
            break
    looked.append(page.url)
    return [json.dumps(each) for each in found]


def in_both(page: Page) -> Iterator[str]:
    """In light and in dark, for what is looked at in each: a state need be walked to only once.  It ends in dark."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        settled(page)
        yield scheme


def violations_in_both(page: Page) -> list[str]:
    """As ``violations``, in light and in dark; what they have in common, all but colours, is looked at once."""
    found = []
    for scheme, rules in zip(in_both(page), (RULES, COLOURS), strict=True):
        found += [f"{scheme}: {each}" for each in violations(page, rules)]
    return found
