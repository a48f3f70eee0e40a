#!/bin/sh
# Engine 20.10.24, Swarm: a service's --stop-grace-period is taken, kept and shown to the nanosecond, and its whole seconds are what
# a task gets.  500ms is no time at all: SIGKILL comes together with the stop signal, and a handler that needs a fifth of a second
# is cut off.  1900ms is one second.  (The executor hands on the Seconds of a protobuf Duration:
# daemon/cluster/executor/container/adapter.go, also in today's main.)
#
# Seen on Linux 6.18.44, each time of 4: with a handler that takes 0.2 s, then one that takes 1.4 s
#
#     500ms, 0.2 s: kept as 500000000, exit code 137
#     1s, 0.2 s: kept as 1000000000, exit code 0
#     1900ms, 1.4 s: kept as 1900000000, exit code 137
#
# Hurts: whoever gives a quick service half a second has given it none, and `docker service inspect` says half a second.
# The lab: the doctor shows the grace of a Swarm update in whole seconds and says what it was (app/verdict/setup/grace.py).
# Needs: a Docker engine that is in no swarm, and to be root.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
image=finding-$$
[ "$(docker info --format '{{.Swarm.LocalNodeState}}')" = inactive ] || { echo "this engine is in a swarm already"; exit 2; }
trap 'docker swarm leave --force >/dev/null 2>&1 || :; docker rmi -f "$image" >/dev/null 2>&1 || :; rm -rf "$d"' EXIT
mkdir "$d/root"
for file in /bin/sh /bin/sleep $(ldd /bin/sh /bin/sleep | grep -o "/[^ :]*"); do
	mkdir -p "$d/root$(dirname "$file")"
	cp -L "$file" "$d/root$file"
done
tar -C "$d/root" -c . | docker import - "$image" >/dev/null
docker swarm init --advertise-addr 127.0.0.1 >/dev/null

try() { # GRACE HANDLER_S
	name=finding-$$-$1
	docker service create --quiet --detach --no-resolve-image --restart-condition none --name "$name" --stop-grace-period "$1" "$image" \
		/bin/sh -c "trap 'sleep $2; exit 0' TERM; echo ready; while :; do sleep 0.1; done" >/dev/null
	until docker service logs "$name" 2>/dev/null | grep -q ready; do sleep 0.2; done
	kept=$(docker service inspect --format '{{json .Spec.TaskTemplate.ContainerSpec.StopGracePeriod}}' "$name")
	task=$(docker ps --quiet --no-trunc --filter "label=com.docker.swarm.service.name=$name")
	docker events --filter "container=$task" --filter event=die --format '{{.Actor.Attributes.exitCode}}' >"$d/die" &
	events=$!
	docker service rm "$name" >/dev/null
	until [ -s "$d/die" ]; do sleep 0.2; done
	kill "$events"
	wait "$events" || :
	echo "$1, $2 s: kept as $kept, exit code $(cat "$d/die")"
}

uname -sr
docker version --format 'engine {{.Server.Version}}'
found=$(try 500ms 0.2; try 1s 0.2; try 1900ms 1.4)
printf "%s\n" "$found"
[ "$found" = "500ms, 0.2 s: kept as 500000000, exit code 137
1s, 0.2 s: kept as 1000000000, exit code 0
1900ms, 1.4 s: kept as 1900000000, exit code 137" ] || { echo "not as it was with engine 20.10.24"; exit 1; }
