#!/bin/sh
# Docker engine 20.10.24 on cgroup v1: `docker top` does not list a zombie, with any options of ps, though `docker stats` counts
# it among the container's PIDS, and though ps on the same machine shows it as a child of the container's PID 1.  The
# engine runs ps over the whole machine and keeps only lines whose pid stands in the control group's list, which has no
# dead processes.  The documentation hands on ps's options and names no such restriction.
#
# Seen on Linux 6.18.44, each time of 5 (PID 1 never waits for a child that has ended):
#
#     docker top -eo pid,stat: 1 line, of them zombies: 0
#     docker stats: 2 PIDs
#     ps of the machine, children of PID 1: 1 line, of them zombies: 1
#
# Hurts: who looks for what fills up a --pids-limit, and is shown a container in which nothing is wrong.
# The lab: reads /proc for it; where it has docker top alone, zombies are "unknown" (docs/cli.md).
# Needs: a Docker engine on this machine, ps, and to be root.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
image=finding-$$
trap 'docker rm -f "$image-a" "$image-b" >/dev/null 2>&1 || :; docker rmi -f "$image" >/dev/null 2>&1 || :; rm -rf "$d"' EXIT
for file in /bin/sh /bin/sleep $(ldd /bin/sh /bin/sleep | grep -o "/[^ :]*"); do
	mkdir -p "$d$(dirname "$file")"
	cp -L "$file" "$d$file"
done
tar -C "$d" -c . | docker import - "$image" >/dev/null

counted() { # lines of stat
	printf '%s, of them zombies: %s\n' "$(wc -l <"$1") line" "$(grep -c Z "$1" || :)"
}

uname -sr
docker version --format 'engine {{.Server.Version}}, client {{.Client.Version}}'
docker run --detach --name "$image-a" "$image" /bin/sh -c 'sleep 0.1 & exec sleep 60' >/dev/null
init=$(docker inspect --format '{{.State.Pid}}' "$image-a")
for _ in $(seq 50); do
	ps --ppid "$init" -o stat= >"$d/ps" || :
	if grep -q Z "$d/ps"; then break; fi
	sleep 0.1
done
docker top "$image-a" -eo pid,stat | tail -n +2 >"$d/top"
found="docker top -eo pid,stat: $(counted "$d/top")
docker stats: $(docker stats --no-stream --format '{{.PIDs}}' "$image-a") PIDs
ps of the machine, children of PID 1: $(counted "$d/ps")"
echo "$found"
[ "$found" = "docker top -eo pid,stat: 1 line, of them zombies: 0
docker stats: 2 PIDs
ps of the machine, children of PID 1: 1 line, of them zombies: 1" ] || { echo "not as it was on engine 20.10.24"; exit 1; }
