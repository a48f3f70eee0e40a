#!/bin/sh
# docker-py 7.2.0: Container.stop() uses the container's own stop timeout, so says its documentation, and the engine does; but
# the client waits for the answer as if that were always 10 s, plus its own time-out (60 s by default).  Where a container may
# take longer, the caller has a ReadTimeout while the stop goes on, and goes on to its good end.  `docker stop` waits.
#
# Seen with engine 20.10.24, Linux 6.18.44, each time of 5 (--stop-timeout 30, a handler of 12 s, a client time-out of 1 s):
#
#     stop(): ReadTimeout after 11 s, and the container was running
#     the container: left with 7, its handler had its time
#
# Hurts: databases and queues with a long --stop-timeout: a script takes the stop for failed, and may go on to kill.
# The lab: asks for the engine's stop without a limit on its answer (app/hosts/container/stop.py).
# Needs: Python 3 and its package index, a Docker engine on this machine, and to be root.
# Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
image=finding-$$
trap 'docker rm -f "$image-a" "$image-b" >/dev/null 2>&1 || :; docker rmi -f "$image" >/dev/null 2>&1 || :; rm -rf "$d"' EXIT
for file in /bin/sh /bin/sleep $(ldd /bin/sh /bin/sleep | grep -o "/[^ :]*"); do
	mkdir -p "$d$(dirname "$file")"
	cp -L "$file" "$d$file"
done
tar -C "$d" -c . | docker import - "$image" >/dev/null
python3 -m venv "$d/venv"
"$d/venv/bin/pip" install -qq docker==7.2.0

uname -sr
docker version --format 'engine {{.Server.Version}}'
docker run --detach --name "$image-a" --stop-timeout 30 "$image" \
	/bin/sh -c 'trap "sleep 12; exit 7" TERM; while :; do sleep 0.1; done' >/dev/null
sleep 0.5
found=$("$d/venv/bin/python" - "$image-a" <<'end'
import sys, time

import docker, requests

container = docker.from_env(timeout=1).containers.get(sys.argv[1])
began = time.monotonic()
try:
    container.stop()
    said = "came back"
except requests.exceptions.ReadTimeout:
    said = "ReadTimeout"
took = time.monotonic() - began
container.reload()
print(f"stop(): {said} after {took:.0f} s, and the container was {container.status}")
end
)
found="$found
the container: left with $(docker wait "$image-a"), its handler had its time"
echo "$found"
[ "$found" = "stop(): ReadTimeout after 11 s, and the container was running
the container: left with 7, its handler had its time" ] || { echo "not as it was with docker-py 7.2.0"; exit 1; }
