"""Frames of the stage while eight lanes are live: a stop of eight sandboxes at once, watched in a real browser.

    .venv/bin/python bench/frames.py [SECONDS]

Counts animation frames while the lanes begin to live, from the click on "Stop all" on, and while all of them wait for
SIGKILL, beside those of an empty page of the same browser in the same run: without a graphics card that is what this
machine can draw at all.  Also the layout shift and
the longest task of that time.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import launch  # noqa: E402
from tests.browser.conftest import PROJECTOR  # noqa: E402
from tests.support import running_lab  # noqa: E402

LANES = 8
EXPERIMENT = """
id = "eight-lanes"
title = "Eight lanes"
group = "Bench"
order = 1
question = "How smooth are eight lanes?"
"""
TARGET = """
[[target]]
name = "lane-{}"
host = "sandbox"
command = ["bash", "-c", "while :; do read -r _; done"]
"""
STEP = """
[[step]]
say = "All run."
expect = [{ kind = "process", fields = { comm = "bash", count = 8 }, say = "eight of them" }]
"""
COUNT = """seconds => new Promise(done => {
  const frames = [], shifts = [], tasks = [];
  const watch = (type, into) => {
    const observer = new PerformanceObserver(list => into.push(...list.getEntries().map(e => e.value ?? e.duration)));
    observer.observe({ type });
    return observer;
  };
  const observers = [watch("layout-shift", shifts), watch("longtask", tasks)];
  let last = performance.now();
  const end = last + seconds * 1000;
  const frame = now => {
    frames.push(now - last);
    last = now;
    if (now < end) return requestAnimationFrame(frame);
    for (const observer of observers) observer.disconnect();
    done({ frames, shift: shifts.reduce((a, b) => a + b, 0), longest: Math.max(0, ...tasks) });
  };
  requestAnimationFrame(frame);
})"""


def row(name: str, found: dict[str, Any], seconds: float) -> float:
    frames = found["frames"][1:]
    rate = len(frames) / seconds
    p50, p95 = statistics.median(frames), statistics.quantiles(frames, n=20)[18]
    print(
        f"{name:12} {rate:5.1f} frames/s   frame p50 {p50:5.1f} ms, p95 {p95:5.1f} ms   "
        f"layout shift {found['shift']:.4f}   longest task {found['longest']:.0f} ms"
    )
    return rate


def start(page: Page, url: str) -> None:
    page.goto(f"{url}/experiments/eight-lanes")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/r\d+$"))
    expect(page.locator(".lanes-lane")).to_have_count(LANES)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        folder = Path(data) / "experiments"
        folder.mkdir()
        text = EXPERIMENT + "".join(TARGET.format(number) for number in range(1, LANES + 1)) + STEP
        (folder / "eight-lanes.toml").write_text(text)
        with running_lab(Path(data) / "lab", experiments=folder) as lab:
            browser = launch(playwright)
            page = browser.new_context(viewport=PROJECTOR, color_scheme="dark").new_page()
            empty = row("empty page", page.evaluate(COUNT, seconds), seconds)
            page.goto(lab.driver_link)
            page.get_by_role("button", name="Enter as the driver").click()
            page.wait_for_url("**/")
            start(page, lab.url)
            idle = row("8 lanes, up", page.evaluate(COUNT, seconds), seconds)
            stop = page.get_by_role("button", name=re.compile("Stop all"))
            expect(stop).to_be_enabled()
            stop.click()
            live = row("8, stopping", page.evaluate(COUNT, seconds), seconds)
            waits = row("8, waiting", page.evaluate(COUNT, seconds), seconds)
            shares = {"up": idle, "stopping": live, "waiting": waits}
            print("of the empty page's frames:", ", ".join(f"{name} {n / empty:.2f}" for name, n in shares.items()))
            browser.close()


if __name__ == "__main__":
    main()
