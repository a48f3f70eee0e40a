#!/bin/sh
# Python 3.11.7: started with SIGCHLD ignored, subprocess says 0 of every child, whatever became of it: `false`, and one that
# SIGKILL ended, with check=True too.  asyncio says 255 of the same children, and os.system() -1.  An ignored signal stays
# ignored across execve(2), so it is the starter's choice; then the kernel keeps no exit code (wait(2)), and waitpid() has
# ECHILD.  The documentation of `returncode` knows no such 0.
#
# Seen on Linux 6.18.44, each time of 20:
#
#     SIGCHLD at its default: false 1, killed -9, check raises; asyncio 1; system 256
#     SIGCHLD ignored: false 0, killed 0, check passes; asyncio 255; system -1
#
# Hurts: a build, deployment or health check that goes on after what failed, under a daemon that ignores SIGCHLD.
# The lab: waits for targets in a keeper that has a handler for SIGCHLD, so their codes are right; its targets start with
# every signal at its default.
# Needs: Python 3, coreutils 8.32 or newer (env --ignore-signal).  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

tried() { # how env is to leave SIGCHLD
	env "$1" python3 -S -I -c '
import asyncio, logging, os, subprocess

logging.disable()  # asyncio has a warning for it
failed = subprocess.run(["false"]).returncode
killed = subprocess.run(["sh", "-c", "kill -KILL $$"]).returncode
try:
    subprocess.run(["false"], check=True)
    checked = "passes"
except subprocess.CalledProcessError:
    checked = "raises"

async def waited():
    return await (await asyncio.create_subprocess_exec("false")).wait()

system = os.system("false")
print(f"false {failed}, killed {killed}, check {checked}; asyncio {asyncio.run(waited())}; system {system}")
'
}

uname -sr
python3 --version
found="SIGCHLD at its default: $(tried --default-signal=CHLD)
SIGCHLD ignored: $(tried --ignore-signal=CHLD)"
echo "$found"
[ "$found" = "SIGCHLD at its default: false 1, killed -9, check raises; asyncio 1; system 256
SIGCHLD ignored: false 0, killed 0, check passes; asyncio 255; system -1" ] || { echo "not as it was on Python 3.11.7"; exit 1; }
