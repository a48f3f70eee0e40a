"""Stops real servers and holds the lab's stop forecast against what happened: docs/accuracy.md.

    .venv/bin/python bench/accuracy.py [--only NAME] [--write FILE] [--json FILE] [--list] [--no-copies]

The cases are in accuracy.toml beside this file.  Each has an image of its own (accuracy_images.py) on docker/servers,
which is built on first use; that takes some minutes.  Needs a container engine on this machine, and root for the
kernel's word.  Leaves with 1 if a case could not be measured, or if a forecast was sure and wrong.
"""

from __future__ import annotations

import argparse
import json
import platform
import shlex
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import docker  # noqa: E402
from app.hosts.container.images import LABEL, tag_of  # noqa: E402
from app.resources import resource  # noqa: E402
from app.serve.server import bind, make_server  # noqa: E402
from app.settings import Settings  # noqa: E402
from bench.accuracy_case import IMAGE, TIMEOUT_S, UP_WITHIN_S, Case, NotMeasured, follow, measure  # noqa: E402
from bench.accuracy_clones import copied, counts, section  # noqa: E402
from bench.accuracy_images import images  # noqa: E402
from bench.accuracy_page import Result, page, summary  # noqa: E402

CASES = Path(__file__).with_suffix(".toml")
PAGE = ROOT / "docs" / "accuracy.md"
TOKEN = "accuracy"
HEADERS = {"authorization": f"Bearer {TOKEN}"}
CASES_AT_ONCE = 4
EXTRA_CA = Path("/usr/local/share/ca-certificates")  # where Debian keeps what this machine trusts of its own


@contextmanager
def lab() -> Iterator[str]:
    """A lab of our own; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), port=0, token=TOKEN, heartbeat_s=0.5, log_level="warning")
        listener, ready = bind(settings), threading.Event()
        port = listener.getsockname()[1]
        server = make_server(settings, listener, lambda _driver, _viewer: ready.set())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="lab")
        thread.start()
        try:
            if not ready.wait(UP_WITHIN_S):
                raise SystemExit("the lab did not start")
            yield f"http://127.0.0.1:{port}/api/v1"
        finally:
            server.should_exit = True
            thread.join()


def one(base: str, case: Case, *, copies: bool) -> Result:
    result = Result(case["name"], shlex.join(case["command"]), image=case["image"], timeout_s=TIMEOUT_S)
    with httpx.Client(base_url=base, headers=HEADERS, timeout=UP_WITHIN_S) as client:
        try:
            measure(client, case, result, copies=copies)
        except (NotMeasured, httpx.HTTPError, OSError) as error:
            result.failed = str(error) or type(error).__name__
    foretold = result.forecast["outcome"] if result.forecast else "no forecast"
    took = f"{result.took_s:.2f} s" if result.took_s is not None else result.failed
    print(f"{result.verdict:7} {case['name']}: {foretold}; {took}{', killed' if result.killed else ''}", flush=True)
    return result


def build(base: str) -> None:
    """The image, if it is not there: the base by the lab, as for any run, and the servers on top of it."""
    engine = docker.from_env(timeout=3600).api
    if engine.images(tag_of(IMAGE)):
        return
    with httpx.Client(base_url=base, headers=HEADERS, timeout=UP_WITHIN_S) as client:
        run = client.post("/runs", json={"host": "container", "command": ["true"]}).raise_for_status().json()["run"]
        follow(client, run, lambda each: each["kind"] == "run_finished", what="base image", within_s=600)
    trusted = "".join(each.read_text() for each in sorted(EXTRA_CA.glob("*.crt")))
    given = {"BASE": tag_of("base"), "EXTRA_CA": trusted}
    folder = str(resource("docker") / IMAGE)
    labels = {LABEL: IMAGE}
    for piece in engine.build(
        folder, tag_of(IMAGE), rm=True, forcerm=True, decode=True, buildargs=given, labels=labels
    ):
        print(piece.get("stream", ""), end="", flush=True)
        if "error" in piece:
            raise SystemExit(piece["error"])


def where() -> str:
    version = docker.from_env().version()["Version"].partition("+")[0]
    kernel = ".".join(platform.release().split(".")[:2])
    return f"Linux {kernel}, engine {version}, {time.strftime('%Y-%m-%d')}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--list", action="store_true", help="list the cases and do nothing")
    parser.add_argument(
        "--only", metavar="NAME", action="append", help="cases with this in their name; may be repeated"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write all that was seen, trees and masks too")
    parser.add_argument(
        "--write",
        metavar="FILE",
        type=Path,
        help="the page; docs/accuracy.md if all cases are run",
    )
    parser.add_argument("--no-copies", action="store_true", help="stop no copies of them")
    asked = parser.parse_args()
    cases: list[Case] = tomllib.loads(CASES.read_text())["case"]
    cases = [each for each in cases if not asked.only or any(part in each["name"] for part in asked.only)]
    if asked.list or not cases:
        print("\n".join(f"{each['name']}: {shlex.join(each['command'])}" for each in cases) or "no such case")
        raise SystemExit(0 if cases else 2)
    with lab() as base:
        build(base)
        with images(cases, tag_of(IMAGE)) as runs, ThreadPoolExecutor(CASES_AT_ONCE) as pool:
            results = list(pool.map(lambda case: one(base, case, copies=not asked.no_copies), runs))
    print(summary(results))
    if copied(results):
        print(counts(results))
    if out := asked.write or (None if asked.only else PAGE):
        out.write_text(page(results, where(), section(results)))
    if asked.json:
        asked.json.write_text(json.dumps([each.as_dict() for each in results], indent=1) + "\n")
    raise SystemExit(any(each.verdict == "failed" or (each.verdict == "wrong" and each.sure) for each in results))


if __name__ == "__main__":
    main()
