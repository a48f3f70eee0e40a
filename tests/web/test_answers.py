"""Answers are kept under a key for a minute, in bounded room; one that is under way is waited for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest
from starlette.types import Receive, Scope, Send

from app.web.access import Access
from app.web.answers import KEPT_S, Answer, Answers
from app.web.once import Once
from app.web.shield import MAX_BODY

pytestmark = pytest.mark.anyio
TOKEN, COOKIE = "t", "lab"
DONE = Answer(202, ((b"content-type", b"text/plain"),), b"done")
SIGNALS = "/api/v1/targets/r1.a/signals"


class Counts:
    """An application that says how often it was asked, once it may."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.comes, self.may = anyio.Event(), anyio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive())["body"].decode()
        self.asked.append(f"{scope['method']} {scope['path']} {body}")
        said = str(len(self.asked)).encode()
        self.comes.set()
        await self.may.wait()
        await send({"type": "http.response.start", "status": 500 if body == "fail" else 202, "headers": []})
        await send({"type": "http.response.body", "body": said})
        if body == "fail":
            raise RuntimeError("a defect")


@asynccontextmanager
async def person(app: Counts, folder: Path, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    access = Access(folder, TOKEN)
    transport = httpx.ASGITransport(Once(app, lambda: (access, COOKIE)), raise_app_exceptions=False)
    headers = headers or {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://lab", headers=headers) as client:
        yield client
    access.close()


async def test_one_that_comes_again_meanwhile_waits_for_the_same_answer(tmp_path: Path) -> None:
    app, said = Counts(), list[str]()
    async with person(app, tmp_path) as client, anyio.create_task_group() as asking:

        async def ask() -> None:
            said.append((await client.post(SIGNALS, content="USR1", headers={"idempotency-key": "k1"})).text)

        asking.start_soon(ask)
        await app.comes.wait()
        asking.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        assert said == []
        app.may.set()
    assert (said, app.asked) == (["1", "1"], [f"POST {SIGNALS} USR1"])


async def test_whoever_waits_is_told_when_the_lab_ends_meanwhile(tmp_path: Path) -> None:
    app, said = Counts(), list[tuple[int, str]]()
    key = {"idempotency-key": "k1"}
    async with person(app, tmp_path) as client, anyio.create_task_group() as asking:

        async def wait() -> None:
            answer = await client.post(SIGNALS, headers=key)
            said.append((answer.status_code, answer.json()["code"]))

        async with anyio.create_task_group() as server:
            server.start_soon(lambda: client.post(SIGNALS, headers=key))
            await app.comes.wait()
            asking.start_soon(wait)
            await anyio.wait_all_tasks_blocked()
            server.cancel_scope.cancel()
    assert (said, len(app.asked)) == ([(503, "ending")], 1)


async def test_the_same_key_for_something_else_is_refused(tmp_path: Path) -> None:
    app = Counts()
    app.may.set()
    key = {"idempotency-key": "k1"}
    async with person(app, tmp_path) as client:
        first = await client.post(SIGNALS, content="USR1", headers=key)
        others = [
            await client.post(SIGNALS, content="USR2", headers=key),
            await client.post(f"{SIGNALS}?x=1", content="USR1", headers=key),
            await client.put(SIGNALS, content="USR1", headers=key),
            await client.post("/api/v1/targets/r1.b/signals", content="USR1", headers=key),
        ]
        again = await client.post(SIGNALS, content="USR1", headers=key)
    assert (first.text, "idempotent-replayed" in first.headers) == ("1", False)
    assert (again.text, again.headers["idempotent-replayed"]) == ("1", "true")
    for refused in others:
        assert refused.status_code == 422
        assert set(refused.json()) == {"ok", "code", "error", "hint"}
        assert refused.json()["code"] == "key_reused"
    assert len(app.asked) == 1


async def test_without_a_key_and_for_what_only_reads_nothing_is_different(tmp_path: Path) -> None:
    app = Counts()
    app.may.set()
    async with person(app, tmp_path) as client:
        for _ in range(2):
            await client.post(SIGNALS, content="USR1")
            await client.get("/api/v1/health", headers={"idempotency-key": "k1"})
            await client.post("/enter/code", headers={"idempotency-key": "k1"})
    assert len(app.asked) == 6


async def test_an_answer_is_given_to_nobody_else(tmp_path: Path) -> None:
    """Without a role, or from another site, it is the application that refuses: it is asked."""
    app = Counts()
    app.may.set()
    key = {"idempotency-key": "k1"}
    async with person(app, tmp_path) as client:
        access = Access(tmp_path, TOKEN)
        one, other = (access.redeem(access.new_link("driver"), "driver") for _ in range(2))
        cookie = {"cookie": f"{COOKIE}={one}", "sec-fetch-site": "same-origin", **key}
        assert (await client.post(SIGNALS, headers=cookie | {"authorization": ""})).text == "1"
        for headers in (
            key,  # a program, by its token
            cookie | {"authorization": "", "cookie": f"{COOKIE}={other}"},
            cookie | {"authorization": "", "sec-fetch-site": "cross-site"},
            cookie | {"authorization": "Bearer wrong"},
            {**key, "authorization": ""},
        ):
            answer = await client.post(SIGNALS, headers=headers)
            assert "idempotent-replayed" not in answer.headers, headers
        access.close()
    assert len(app.asked) == 6


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 65, "a,b", '"k1"', "../k1"])
async def test_what_is_no_key_is_refused(key: str, tmp_path: Path) -> None:
    app = Counts()
    async with person(app, tmp_path) as client:
        refused = await client.post(SIGNALS, headers=[(b"idempotency-key", key.encode("latin-1"))])
    assert (refused.status_code, refused.json()["code"], app.asked) == (422, "bad_request", [])


async def test_a_defect_is_told_each_time_and_nothing_is_done_again(tmp_path: Path) -> None:
    app = Counts()
    app.may.set()
    async with person(app, tmp_path) as client:
        for _ in range(2):
            answer = await client.post(SIGNALS, content="fail", headers={"idempotency-key": "k1"})
            assert (answer.status_code, answer.text) == (500, "1")
    assert len(app.asked) == 1


async def test_a_body_that_is_too_large_is_not_kept(tmp_path: Path) -> None:
    async def long() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield bytes(MAX_BODY // 2)

    app = Counts()
    async with person(app, tmp_path) as client:
        refused = await client.post(SIGNALS, content=long(), headers={"idempotency-key": "k1"})
    assert (refused.status_code, json.loads(refused.text)["code"], app.asked) == (413, "too_large", [])


def test_an_answer_is_kept_for_a_minute() -> None:
    now_s = 0.0
    answers = Answers(10, 10, lambda: now_s)
    kept, under_way = answers.begin("a", "k1", b"1"), answers.begin("a", "k2", b"2")
    now_s = 100.0
    answers.give(kept, DONE)
    now_s += KEPT_S - 0.1
    assert answers.of("a", "k1") is kept
    now_s += 0.2
    assert answers.of("a", "k1") is None
    assert answers.of("a", "k2") is under_way, "however long it takes"


def test_there_is_room_for_so_many() -> None:
    answers = Answers(3, 2)
    for who in ("a", "b"):
        for key in "1234":
            answers.give(answers.begin(who, key, b""), DONE)
    assert [answers.of("a", key) is not None for key in "1234"] == [False, True, True, True]
    answers.begin("c", "1", b"")
    assert answers.of("a", "4"), "it was heard of last, but for the one who comes"
    assert answers.of("b", "4") is None
    assert len(answers) == 3
