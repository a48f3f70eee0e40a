"""The same small page by WSGI and by ASGI, and two applications that hold up their server's end."""

import asyncio
import threading
import time


def wsgi(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello\n"]


async def asgi(scope, _receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"hello\n"})


async def slow_to_close(scope, receive, send):
    """Takes longer to close than a container is given."""
    if scope["type"] != "lifespan":
        await asgi(scope, receive, send)
        return
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.sleep(20)
    await send({"type": "lifespan.shutdown.complete"})


async def with_a_thread(scope, receive, send):
    """Starts a thread that is no daemon: Python waits for it at its end."""
    if scope["type"] == "lifespan":
        threading.Thread(target=time.sleep, args=(60,)).start()
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await asgi(scope, receive, send)
