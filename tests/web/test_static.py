"""Static files on the wire: compressed, without the documentation, and never an old one."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from pathlib import Path

from app.resources import resource
from app.web.static import files_of, undocumented, unremarked, version_of
from tests.support import LabUnderTest, Person

MODULES = sorted(resource("static").joinpath("js").rglob("*.js"))
SHEETS = sorted(resource("static").joinpath("css").rglob("*.css"))


def test_a_module_is_sent_without_its_documentation_and_compressed(driver: Person) -> None:
    reply = driver.client.get("/static/js/reduce/index.js", headers={"accept-encoding": "gzip"})
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["content-type"].startswith("text/javascript")
    assert "The one fold of the page" not in reply.text
    assert "export function reduce(state, event)" in reply.text


def test_who_takes_no_gzip_gets_it_plain(driver: Person) -> None:
    reply = driver.client.get("/static/js/reduce/index.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in reply.headers
    assert int(reply.headers["content-length"]) == len(reply.content)


def test_it_is_asked_for_again_and_not_sent_again(driver: Person) -> None:
    for path in ("/static/js/reduce/index.js", "/static/css/tokens.css"):
        first = driver.client.get(path)
        assert first.headers["cache-control"] == "no-cache"
        again = driver.client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert driver.client.get(path, headers={"if-none-match": 'W/"another"'}).status_code == 200


def test_a_page_names_files_of_one_version_and_the_browser_keeps_them(driver: Person) -> None:
    page = driver.client.get("/").text
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(names) > 5
    (base,) = {name[: name.index("/", len("/static/"))] for name in names}
    for path in (*names, f"{base}/js/views/bar.js", f"{base}/vendor/lit-html/lit-html.js"):
        reply = driver.client.get(path, headers={"accept-encoding": "gzip"})
        assert reply.status_code == 200, path
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert reply.headers["content-encoding"] == "gzip"
    for other in ("/static/v-0123456789ab/js/reduce/index.js", "/static/js/reduce/index.js"):
        reply = driver.client.get(other)
        assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-cache"), other
    for none in (f"{base}/js/none.js", f"{base}/{base}/js/main.js", f"{base}/../../pyproject.toml"):
        reply = driver.client.get(none)
        assert reply.status_code == 404, none
        assert "immutable" not in reply.headers.get("cache-control", "")


def test_another_file_is_another_version(tmp_path: Path) -> None:
    one = tmp_path / "js" / "one.js"
    one.parent.mkdir()

    def written(text: str, changed: int) -> str:
        one.write_text(text)
        os.utime(one, ns=(changed, changed))
        return version_of(files_of(tmp_path))

    first = written("1", 1)
    assert written("1", 1) == first
    versions = {first, written("2", 1), written("1", 2)}
    (tmp_path / "two.css").write_text("")
    assert len({*versions, version_of(files_of(tmp_path))}) == 4


def test_what_is_not_there_is_not_found(driver: Person) -> None:
    for path in (
        "/static/js/none.js",
        "/static/js/../../pyproject.toml",
        "/static/js/%2e%2e/%2e%2e/app/main.js",
        "/static/js/views",
    ):
        assert driver.client.get(path).status_code in (404, 405), path


def test_nothing_but_documentation_goes() -> None:
    """What is sent is lines of the module, in their order; what is left out are whole comments."""
    for path in MODULES:
        gone, sent, inside = [], iter(undocumented(path.read_text()).splitlines()), False
        expected = next(sent, None)
        for line in path.read_text().splitlines():
            if not inside and line == expected:
                expected = next(sent, None)
                continue
            inside = inside or line.lstrip().startswith("/**")
            assert inside, f"{path}: {line}"
            gone.append(line)
            inside = not line.rstrip().endswith("*/")
        assert expected is None, f"{path}: {expected}"


def test_what_is_left_is_a_module(tmp_path: Path) -> None:
    """Node reads the pure ones as they are sent."""
    for path in MODULES:
        copy = tmp_path / "js" / path.relative_to(resource("static") / "js")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(undocumented(path.read_text()))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    script = "await import('./js/reduce/index.js'); await import('./js/selectors/index.js'); console.log('read')"
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "read\n", done.stderr


def test_all_modules_together_are_light(lab: LabUnderTest) -> None:
    whole = sum(len(gzip.compress(path.read_bytes())) for path in MODULES)
    sent = sum(len(gzip.compress(undocumented(path.read_text()).encode())) for path in MODULES)
    assert sent < whole * 0.8


def test_a_style_sheet_is_sent_without_the_comments_between_its_rules(driver: Person) -> None:
    reply = driver.client.get("/static/css/panels/fall.css", headers={"accept-encoding": "gzip"})
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["content-type"].startswith("text/css")
    assert "/* The fall:" not in reply.text
    assert ".fall-lid { stroke: var(--on); stroke-width: var(--lid); }" in reply.text


def test_of_a_style_sheet_nothing_but_comments_goes() -> None:
    without = re.compile(r"/\*.*?\*/|\s+", re.DOTALL)
    for path in SHEETS:
        text = path.read_text()
        assert without.sub("", unremarked(text)) == without.sub("", text), path
        lines = text.splitlines()
        assert all(line in lines for line in unremarked(text).splitlines()), path
