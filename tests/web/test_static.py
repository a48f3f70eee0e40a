"""The page's own files on the wire: bundles compressed and kept, plain sources where the bundle is not of them."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.errors import Conflict
from app.resources import resource
from app.web.assets import ASSETS, Assets
from app.web.static import encoding
from tests.support import Person, kind

STATIC = resource("static")
LESSONS = {"/experiments/catch-all": "stage", "/experiments/race-wrappers": "lanes"}
OTHERS = ("doctor", "race", "runs", "signals", "speaker")
PAGES = {"/": "home", **{f"/{name}": name for name in OTHERS}, **LESSONS}


def named(page: str) -> list[str]:
    """The files that it asks for."""
    return re.findall(r'(?:href|src|data-[\w-]+)="(/static/[^"]+)"', page)


def test_the_bundle_is_of_these_sources() -> None:
    assert ASSETS.files(), "static/dist is older than its sources; `scripts/vendor` makes it"


@pytest.mark.parametrize(("path", "name"), PAGES.items())
def test_a_page_asks_for_one_script_and_one_style_sheet_and_the_browser_keeps_them(
    driver: Person, path: str, name: str
) -> None:
    page = driver.client.get(path).text
    assert re.findall(r'<script type="module" src="/static/dist/(\w+)-', page) == [name]
    assert re.findall(r'<link rel="stylesheet" href="/static/dist/(\w+)-', page) == [name]
    assert re.findall(r'<script src="/static/dist/(\w+)-', page) == ["early"]
    later = {"dialogs", "dialogs_part", "present", "stream_worker", "terminal"}
    found = named(page)
    assert {re.split(r"[/-]", each)[3] for each in found} == {"favicon", "early", name, *later}
    for each in found:
        reply = driver.client.get(each, headers={"accept-encoding": "gzip"})
        assert reply.status_code == 200, each
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert reply.headers["content-encoding"] == "gzip"
        again = driver.client.get(each, headers={"if-none-match": reply.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_run_that_is_played_again_has_the_page_for_it(driver: Person) -> None:
    run, _ = driver.command("true")
    with driver.events(run=run) as events:
        events.until(kind("run_finished"))
    for query, name in (("", "stage"), ("?replay", "replay"), ("?replay&at=3", "replay")):
        page = driver.client.get(f"/runs/{run}{query}").text
        assert re.findall(r'<script type="module" src="/static/dist/(\w+)-', page) == [name]


def test_a_page_itself_is_compressed_for_who_takes_it(driver: Person) -> None:
    sizes = []
    for accepted in ("identity", "gzip"):
        with driver.client.stream("GET", "/", headers={"accept-encoding": accepted}) as reply:
            sizes.append(len(b"".join(reply.iter_raw())))
        assert int(reply.headers["content-length"]) == sizes[-1]
        assert (reply.headers["vary"], reply.headers["cache-control"]) == ("accept-encoding", "no-store")
    assert sizes[1] < sizes[0] / 2


def test_each_is_sent_as_it_is_taken_and_is_the_same(driver: Person) -> None:
    for name in ("js/entries/home.js", "css/pages/stage.css"):
        address = ASSETS.address(name)
        plain = (ASSETS.dist / Path(address).name).read_bytes()
        sizes = []
        for accepted, how in (("identity", None), ("gzip, deflate", "gzip"), ("gzip, deflate, br, zstd", "br")):
            with driver.client.stream("GET", address, headers={"accept-encoding": accepted}) as reply:
                sent = b"".join(reply.iter_raw())
            assert reply.headers.get("content-encoding") == how
            assert int(reply.headers["content-length"]) == len(sent)
            assert reply.headers["vary"] == "accept-encoding"
            sizes.append(len(sent))
            if how == "gzip":
                assert gzip.decompress(sent) == plain
        assert sizes[0] == len(plain)
        assert sizes == sorted(sizes, reverse=True)
        types = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
        assert reply.headers["content-type"] == types[Path(name).suffix]


def test_brotli_holds_the_same(tmp_path: Path) -> None:
    """Node reads what it has packed: each file of each kind."""
    ask = "const z=require('zlib'),f=require('fs');for(const n of process.argv.slice(1))"
    ask += "if(!z.brotliDecompressSync(f.readFileSync(n+'.br')).equals(f.readFileSync(n)))throw n;console.log('same')"
    files = [str(path.with_suffix("")) for path in ASSETS.dist.glob("*.br")]
    assert len(files) > 10
    done = subprocess.run(["node", "-e", ask, *files], capture_output=True, text=True, check=False, timeout=30)
    assert done.stdout == "same\n", done.stderr


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("BR;Q=0 , GZip", "gzip"),
        ("*", None),
        ("identity", None),
        ("", None),
    ],
)
def test_of_what_is_accepted_the_smaller_is_taken(accepted: str, taken: str | None) -> None:
    assert encoding(accepted, ["br", "gzip"]) == taken


def test_each_script_and_sheet_has_a_map_of_its_sources(driver: Person) -> None:
    for name, made in ASSETS.files().items():
        if made.endswith(".svg"):
            continue
        reply = driver.client.get(f"/static/dist/{made}.map")
        assert reply.headers["content-type"] == "application/json"
        source = reply.json()
        sources = {re.sub(r"^(\.\./)+", "", each) for each in source["sources"]}
        assert all((STATIC / each).is_file() for each in sources), made
        assert len(source["sourcesContent"]) == len(source["sources"])
        text = (ASSETS.dist / made).read_text()
        assert ("sourceMappingURL" in text) is (name != "js/entries/report.js"), "a report has no map beside it"


def test_what_is_not_there_is_not_found(driver: Person) -> None:
    for path in (
        "/static/js/none.js",
        "/static/js/../../pyproject.toml",
        "/static/js/%2e%2e/%2e%2e/app/main.js",
        "/static/js/views",
        "/static/dist/home-AAAAAAAA.js",
        "/static/dist/../../pyproject.toml",
        "/static/dist/%2e%2e/%2e%2e/app/main-AAAAAAAA.js",
        "/static/dist",
    ):
        reply = driver.client.get(path)
        assert reply.status_code in (404, 405), path
        assert "immutable" not in reply.headers.get("cache-control", ""), path


def test_a_source_is_asked_for_again_each_time(driver: Person) -> None:
    for path in ("/static/js/entries/home.js", "/static/css/tokens.css"):
        first = driver.client.get(path)
        assert first.headers["cache-control"] == "no-cache"
        assert first.content == (STATIC / path.removeprefix("/static/")).read_bytes()
        again = driver.client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"] == "no-cache"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder ``static`` with one source, and the bundle of it."""
    static = tmp_path / "static"
    (static / "js").mkdir(parents=True)
    (static / "js/one.js").write_text("export const one = 1;\n")
    (static / "dist").mkdir()
    (static / "dist/one-12345678.js").write_text("made")
    made = subprocess.run(["sha256sum", static / "js/one.js"], capture_output=True, text=True, check=True).stdout
    inputs = {"js/one.js": made.split()[0]}
    manifest = {"files": {"js/one.js": "one-12345678.js"}, "inputs": inputs}
    (static / "dist/manifest.json").write_text(json.dumps(manifest))
    return static


def later(monkeypatch: pytest.MonkeyPatch, assets: Assets) -> None:
    """As if a second had passed since it looked."""
    monkeypatch.setattr(assets, "_looked", -1e9)


def test_who_edits_a_source_gets_the_sources_until_the_bundle_is_made_again(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = Assets(copied)
    assert assets.address("js/one.js") == "/static/dist/one-12345678.js"
    assert assets.text("js/one.js") == "made"
    source = (copied / "js/one.js").read_text()
    (copied / "js/one.js").write_text("export const one = 2;\n")
    assert assets.address("js/one.js") == "/static/dist/one-12345678.js", "it looks once a second"
    later(monkeypatch, assets)
    assert assets.address("js/one.js") == "/static/js/one.js"
    with pytest.raises(Conflict, match="not of these sources") as refused:
        assets.text("js/one.js")
    assert "scripts/vendor" in str(refused.value.hint)
    (copied / "js/one.js").write_text(source)
    later(monkeypatch, assets)
    assert assets.address("js/one.js") == "/static/dist/one-12345678.js", "what counts is what they hold"
    (copied / "js/one.js").unlink()
    later(monkeypatch, assets)
    assert assets.address("js/one.js") == "/static/js/one.js"


def test_without_a_bundle_the_sources_are_served_and_without_sources_the_bundle(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move(copied / "dist", copied / "away")
    assets = Assets(copied)
    assert assets.address("js/one.js") == "/static/js/one.js"
    shutil.move(copied / "away", copied / "dist")
    later(monkeypatch, assets)
    assert assets.address("js/one.js") == "/static/dist/one-12345678.js"
    shutil.rmtree(copied / "js")  # as in a wheel
    assert Assets(copied).address("js/one.js") == "/static/dist/one-12345678.js"
