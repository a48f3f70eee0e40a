#!/bin/sh
# Docker engine 20.10.24: one `docker kill --signal USR1`, handled by the program, which goes on, switches the container's
# restart policy off.  When the program crashes later, however much later, nobody starts it again; inspect still says
# `always`.  The engine counts whatever it is asked to send as a stop by hand.  The documentation of --restart has that for a
# stop; that of docker kill says that SIGHUP need not end a container, and of the policy nothing.
#
# Seen on Linux 6.18.44, each time of 5 (--restart always; the program exits with 3 after 1.5 s):
#
#     never signalled: started again (policy always)
#     USR1 by docker kill: exited with 3, not started again (policy always)
#     USR1 by the machine's kill: started again (policy always)
#
# Hurts: log rotation or a reload by `docker kill -s HUP`: the next crash, weeks later, is final.
# The lab: its doctor names it as `restart-off`, as long as the engine remembers the signal (docs/cli.md).
# Needs: a Docker engine on this machine, and to be root.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
image=finding-$$
trap 'docker rm -f "$image-a" "$image-b" >/dev/null 2>&1 || :; docker rmi -f "$image" >/dev/null 2>&1 || :; rm -rf "$d"' EXIT
for file in /bin/sh /bin/sleep $(ldd /bin/sh /bin/sleep | grep -o "/[^ :]*"); do
	mkdir -p "$d$(dirname "$file")"
	cp -L "$file" "$d$file"
done
tar -C "$d" -c . | docker import - "$image" >/dev/null

tried() { # name, how to send the signal, if at all
	docker run --detach --name "$1" --restart always "$image" \
		/bin/sh -c 'trap : USR1; n=0; while [ $n -lt 15 ]; do sleep 0.1; n=$((n + 1)); done; exit 3' >/dev/null
	sleep 0.5
	case $2 in
	engine) docker kill --signal USR1 "$1" >/dev/null ;;
	machine) kill -s USR1 "$(docker inspect --format '{{.State.Pid}}' "$1")" ;;
	esac
	for _ in $(seq 50); do
		now=$(docker inspect --format '{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}' "$1")
		case $now in
		[1-9]*) said="started again" && break ;;
		"0 exited "*) said="exited with ${now##* }, not started again" && sleep 1 && break ;;
		esac
		said="nothing can be said: $now"
		sleep 0.1
	done
	echo "$said (policy $(docker inspect --format '{{.HostConfig.RestartPolicy.Name}}' "$1"))"
	docker rm -f "$1" >/dev/null
}

uname -sr
docker version --format 'engine {{.Server.Version}}, client {{.Client.Version}}'
found="never signalled: $(tried "$image-a" never)
USR1 by docker kill: $(tried "$image-b" engine)
USR1 by the machine's kill: $(tried "$image-a" machine)"
echo "$found"
[ "$found" = "never signalled: started again (policy always)
USR1 by docker kill: exited with 3, not started again (policy always)
USR1 by the machine's kill: started again (policy always)" ] || { echo "not as it was on engine 20.10.24"; exit 1; }
