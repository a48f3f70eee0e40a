"""A terminal in a browser as terminado makes it: one command, one websocket.  Runs where terminado is installed.

python terminal.py PORT COMMAND…
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import tornado.web  # type: ignore[import-not-found]
from terminado import SingleTermManager, TermSocket  # type: ignore[import-not-found]


async def main(port: int, command: list[str]) -> None:
    manager: Any = SingleTermManager(shell_command=command)
    app = tornado.web.Application([("/websocket", TermSocket, {"term_manager": manager})])
    app.listen(port, "127.0.0.1")
    print("listens", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2:]))
