#!/bin/sh
# docker-py 7.1.0 with engine 20.10.24 (its own builder, as POST /build is by default): `build(decode=True)` looks like a list of
# log lines, and most of the time is one.  What a RUN writes comes write by write: a line that a program wrote in two calls is two
# items, and on stderr each of the two is wrapped in red of its own, so that even put together there is an escape in the middle
# of the line.  `BuildError.build_log` has the same items.
#
# Seen on Linux 6.18.44, each time of 5:
#
#     stdout: ['E: ', 'no such package\n']
#     stderr: ['\x1b[91mE: \x1b[0m', '\x1b[91mno such package\n\x1b[0m']
#
# Hurts: whoever looks for "E: Unable to locate package" in what apt-get printed during a build finds it most of the time.
# The lab: puts lines together before it reads or stores them, and looks at them without colours (app/hosts/container/builds.py).
# Needs: a Docker engine on this machine, and to be root.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
image=finding-$$
trap 'docker rmi -f "$image" "$image-built" >/dev/null 2>&1 || :; rm -rf "$d"' EXIT
python3 -m venv --without-pip "$d/venv"
python3 -m pip --python "$d/venv/bin/python" install --quiet --disable-pip-version-check "docker==7.1.0"
mkdir "$d/root" "$d/context"
for file in /bin/sh /bin/sleep $(ldd /bin/sh /bin/sleep | grep -o "/[^ :]*"); do
	mkdir -p "$d/root$(dirname "$file")"
	cp -L "$file" "$d/root$file"
done
tar -C "$d/root" -c . | docker import - "$image" >/dev/null
cat >"$d/context/Dockerfile" <<END
FROM $image
RUN printf 'E: '; sleep 0.5; echo 'no such package'
RUN printf 'E: ' >&2; sleep 0.5; echo 'no such package' >&2
END

uname -sr
docker version --format 'engine {{.Server.Version}}'
found=$("$d/venv/bin/python" - "$d/context" "$image-built" <<'END'
import sys

import docker

client = docker.from_env().api
said = [each["stream"] for each in client.build(path=sys.argv[1], tag=sys.argv[2], rm=True, decode=True) if "stream" in each]
said = [each for each in said if "Step" not in each and ("E: " in each or "no such" in each)]
print("stdout:", [each for each in said if "\x1b" not in each])
print("stderr:", [each for each in said if "\x1b" in each])
END
)
printf "%s\n" "$found"
[ "$found" = "stdout: ['E: ', 'no such package\\n']
stderr: ['\\x1b[91mE: \\x1b[0m', '\\x1b[91mno such package\\n\\x1b[0m']" ] || { echo "not as it was with engine 20.10.24"; exit 1; }
