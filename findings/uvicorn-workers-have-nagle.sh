#!/bin/bash
# uvicorn 0.54.0 on asyncio (Python 3.11.7): one worker answers with Nagle's algorithm off, two workers answer with it *on*.
# asyncio sets TCP_NODELAY only on sockets that name IPPROTO_TCP; alone, uvicorn lets asyncio open the port, which names
# it; for several workers uvicorn opens it by socket.socket(family), which names no protocol, and accept() hands that on.
# asyncio's documentation says that TCP_NODELAY is set by default on all TCP connections.
#
# Seen on Linux 6.18.44, each time of 5:
#
#     1 worker: protocol 6, TCP_NODELAY 1
#     2 workers: protocol 0, TCP_NODELAY 0
#
# Hurts: small writes in a row, such as server-sent events, can wait for the reader's delayed acknowledgement (40 ms).
# The lab: opens its port with the protocol named (app/serve/server.py); without it a click took 40 ms longer.
# Needs: bash, Python 3 and its package index.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
python3 -m venv "$d/venv"
"$d/venv/bin/pip" install -qq uvicorn==0.54.0
cat >"$d/served.py" <<'end'
import gc, socket

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    for each in gc.get_objects():
        if isinstance(each, socket.socket) and each.fileno() >= 0 and each.family == socket.AF_INET:
            try:
                each.getpeername()  # the connection, and not the listener
            except OSError:
                continue
            said = f"protocol {each.proto}, TCP_NODELAY {each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)}\n"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": said.encode()})
end

tried() { # number of workers
	local server port said=""
	port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
	"$d/venv/bin/uvicorn" --app-dir "$d" --loop asyncio --lifespan off --workers "$1" --port "$port" served:app >"$d/log" 2>&1 &
	server=$!
	for _ in $(seq 200); do
		if said=$(curl --silent --fail "http://127.0.0.1:$port/"); then break; fi
		sleep 0.1
	done
	kill "$server"
	wait "$server" || true
	echo "$said"
}

uname -sr
"$d/venv/bin/python" --version
found="1 worker: $(tried 1)
2 workers: $(tried 2)"
echo "$found"
[ "$found" = "1 worker: protocol 6, TCP_NODELAY 1
2 workers: protocol 0, TCP_NODELAY 0" ] || { echo "not as it was on uvicorn 0.54.0"; exit 1; }
