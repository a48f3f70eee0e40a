#!/bin/sh
# Docker client 28.2.2 with engine 20.10.24 (API 1.41): `docker stop --signal USR1` sends SIGTERM, says nothing,
# and leaves with 0.  The engine's API takes a signal for a stop since 1.42; the client leaves it out for an
# older one, and neither warns nor refuses.  `docker kill --signal`, and --stop-signal of docker run, are heard.
#
# Seen on Linux 6.18.44, each time of 5 (the program leaves with the number of the signal that it hears):
#
#     docker stop --signal USR1: left with 15, the client with 0, without a word
#     docker run --stop-signal USR1, docker stop: left with 10, the client with 0, without a word
#     docker kill --signal USR1: left with 10, the client with 0, without a word
#
# Hurts: a graceful stop by `--signal QUIT` in a script for many machines: on those with the older engine it is the hard one.
# The lab: below API 1.42 it sends another signal itself, and kills when the time is over (app/hosts/container/stop.py).
# Needs: such a pair of client and engine, and to be root.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
image=finding-$$
trap 'docker rm -f "$image-a" "$image-b" >/dev/null 2>&1 || :; docker rmi -f "$image" >/dev/null 2>&1 || :; rm -rf "$d"' EXIT
for file in /bin/sh /bin/sleep $(ldd /bin/sh /bin/sleep | grep -o "/[^ :]*"); do
	mkdir -p "$d$(dirname "$file")"
	cp -L "$file" "$d$file"
done
tar -C "$d" -c . | docker import - "$image" >/dev/null

tried() { # stop signal of the container, command of docker
	own=$1
	shift
	docker run --detach --name "$image-a" --stop-signal "$own" "$image" \
		/bin/sh -c 'trap "exit 15" TERM; trap "exit 10" USR1; while :; do sleep 0.1; done' >/dev/null
	sleep 0.5
	code=0
	docker "$@" "$image-a" >/dev/null 2>"$d/said" || code=$?
	left=$(docker wait "$image-a")
	[ -s "$d/said" ] && words="saying $(cat "$d/said")" || words="without a word"
	docker rm "$image-a" >/dev/null
	echo "left with $left, the client with $code, $words"
}

uname -sr
docker version --format 'engine {{.Server.Version}} (API {{.Server.APIVersion}}), client {{.Client.Version}}'
found="docker stop --signal USR1: $(tried TERM stop --signal USR1)
docker run --stop-signal USR1, docker stop: $(tried USR1 stop)
docker kill --signal USR1: $(tried TERM kill --signal USR1)"
echo "$found"
[ "$found" = "docker stop --signal USR1: left with 15, the client with 0, without a word
docker run --stop-signal USR1, docker stop: left with 10, the client with 0, without a word
docker kill --signal USR1: left with 10, the client with 0, without a word" ] || {
	echo "not as it was with client 28.2.2 and engine 20.10.24"
	exit 1
}
