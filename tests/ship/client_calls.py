"""Which calls of the Engine API the lab's code can make: by the methods of docker-py that it names.

A method's call is not listed here but asked of docker-py itself, which is stopped where it would send it.
"""

from __future__ import annotations

import ast
import inspect
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter

import docker

ID = "0123456789ab"
APP = Path(__file__).parents[2] / "app"
METHODS = {
    name
    for name, each in inspect.getmembers(docker.APIClient, inspect.isfunction)
    if each.__module__.startswith("docker.") and not name.startswith("_")
}
Client = Any
# How each is called, with something in the place of its arguments.
ASKED: dict[str, Callable[[Client], object]] = {
    "attach": lambda client: client.attach(ID),
    "attach_socket": lambda client: client.attach_socket(ID),
    "build": lambda client: client.build(fileobj=io.BytesIO(b"FROM scratch")),
    "containers": lambda client: client.containers(),
    "create_container_from_config": lambda client: client.create_container_from_config({}),
    "events": lambda client: client.events(),
    "exec_create": lambda client: client.exec_create(ID, ["true"]),
    "exec_inspect": lambda client: client.exec_inspect(ID),
    "exec_start": lambda client: client.exec_start(ID),
    "images": lambda client: client.images(),
    "import_image_from_file": lambda client: client.import_image_from_file(__file__),
    "info": lambda client: client.info(),
    "inspect_container": lambda client: client.inspect_container(ID),
    "inspect_image": lambda client: client.inspect_image(ID),
    "inspect_service": lambda client: client.inspect_service(ID),
    "kill": lambda client: client.kill(ID),
    "logs": lambda client: client.logs(ID),
    "pause": lambda client: client.pause(ID),
    "pull": lambda client: client.pull("name"),
    "put_archive": lambda client: client.put_archive(ID, "/", b""),
    "remove_container": lambda client: client.remove_container(ID),
    "remove_image": lambda client: client.remove_image(ID),
    "remove_volume": lambda client: client.remove_volume(ID),
    "resize": lambda client: client.resize(ID, 1, 1),
    "start": lambda client: client.start(ID),
    "top": lambda client: client.top(ID),
    "unpause": lambda client: client.unpause(ID),
    "version": lambda client: client.version(),
    "volumes": lambda client: client.volumes(),
    "wait": lambda client: client.wait(ID),
}


class Sent(Exception):
    """``METHOD /path``"""


class Recorder(HTTPAdapter):
    def send(self, request: Any, *_: Any, **__: Any) -> Any:
        raise Sent(f"{request.method} {request.path_url.partition('?')[0]}")


def named() -> tuple[set[str], set[str]]:
    """Methods of a client that the code names, and paths that it asks for by itself (``client._url(...)``)."""
    methods, paths = set(), set()
    for node in (node for path in APP.rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))):
        if isinstance(node, ast.Attribute) and node.attr in METHODS and "client" in ast.unparse(node.value):
            methods.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "_url":
            [path_] = [each.value for each in node.args[:1] if isinstance(each, ast.Constant)]
            paths.add(str(path_))
    return methods - {"close"}, paths


def calls(methods: set[str]) -> Iterator[str]:
    client = docker.APIClient("http://127.0.0.1:1", version="1.41")
    client.mount("http://", Recorder())
    for name in sorted(methods):
        try:
            ASKED[name](client)
        except Sent as sent:
            yield str(sent)
        else:
            raise AssertionError(f"{name} asked for nothing")
