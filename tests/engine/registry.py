"""A registry on loopback (the API's version 2) with one small image of our own making; the engine trusts 127.0.0.0/8.

The pull is the engine's own.  The image is one static program and a layer of noise, so that there is something to wait
for: half of that layer is sent, the rest when ``go`` is set.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import random
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAME, TAG = "tests/pulled", "1.0"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
NOISE = 6_000_000  # bytes
PROGRAM = """
#include <stdio.h>
#include <unistd.h>
int main(void) { puts("pulled and running"); fflush(stdout); for (;;) pause(); }
"""


def _digest(blob: bytes) -> str:
    return "sha256:" + hashlib.sha256(blob).hexdigest()


def _layer(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o755
        tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def _program(folder: Path) -> bytes:
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "no compiler; `make setup` installs one"
    source = folder / "pulled.c"
    source.write_text(PROGRAM)
    subprocess.run([compiler, "-static", "-Os", "-o", str(folder / "pulled"), str(source)], check=True)
    return (folder / "pulled").read_bytes()


class Registry:
    """``go``: the second half of the slow layer may be sent; ``waiting``: the first half was."""

    def __init__(self, folder: Path) -> None:
        noise = random.Random(str(folder)).randbytes(NOISE)  # each its own, or the engine would have the layer already
        layers = [_layer("pulled", _program(folder)), _layer("noise", noise)]
        machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
        config = json.dumps(
            {
                **{"architecture": machine, "os": "linux", "config": {"Cmd": ["/pulled"], "Env": ["PATH=/"]}},
                "rootfs": {"type": "layers", "diff_ids": [_digest(each) for each in layers]},
            }
        ).encode()
        self.blobs = {_digest(each): each for each in (config, *layers)}
        self.slow = _digest(layers[1])
        kind = "application/vnd.docker.image.rootfs.diff.tar"
        self.manifest = json.dumps(
            {
                **{"schemaVersion": 2, "mediaType": MANIFEST},
                "config": _described("application/vnd.docker.container.image.v1+json", config),
                "layers": [_described(kind, each) for each in layers],
            }
        ).encode()
        self.go, self.waiting = threading.Event(), threading.Event()
        self.port = 0

    @property
    def image(self) -> str:
        return f"127.0.0.1:{self.port}/{NAME}:{TAG}"


def _described(kind: str, blob: bytes) -> dict[str, str | int]:
    return {"mediaType": kind, "size": len(blob), "digest": _digest(blob)}


def _handler(registry: Registry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"  # a connection for each request, so that all threads end

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/v2/":
                self._send(b"{}", "application/json")
            elif path in (f"/v2/{NAME}/manifests/{TAG}", f"/v2/{NAME}/manifests/{_digest(registry.manifest)}"):
                self._send(registry.manifest, MANIFEST)
            elif (digest := path.rpartition("/blobs/")[2]) in registry.blobs:
                self._send(registry.blobs[digest], "application/octet-stream", slow=digest == registry.slow)
            else:
                missing = {"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}
                self._send(json.dumps(missing).encode(), "application/json", status=404)

        do_HEAD = do_GET  # noqa: N815 (the names are the base class's)

        def _send(self, body: bytes, kind: str, *, status: int = 200, slow: bool = False) -> None:
            self.send_response(status)
            self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Docker-Content-Digest", _digest(body))
            self.end_headers()
            if self.command == "HEAD":
                return
            half = len(body) // 2 if slow else len(body)
            try:
                self.wfile.write(body[:half])
                if slow:
                    registry.waiting.set()
                    registry.go.wait(60)
                    self.wfile.write(body[half:])
            except ConnectionError:  # the engine was told to give up
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def serving_images(folder: Path) -> Iterator[Registry]:
    """The registry; what was pulled from it is removed from the engine at the end."""
    registry = Registry(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(registry))
    server.daemon_threads = False  # closing it waits for them
    registry.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield registry
    finally:
        registry.go.set()
        server.shutdown()
        server.server_close()
        thread.join()
        subprocess.run(["docker", "rmi", "--force", registry.image], capture_output=True, check=False)
