#!/bin/sh
# psutil 7.2.2: a process whose first thread has ended, while others go on, is status "zombie", uses no memory and no
# files, and cmdline() raises ZombieProcess; yet it works on, holds its memory, and wait() does not come back.  Linux has
# only the first thread in /proc/PID, and there psutil looks; /proc/PID/task/TID has all of it.  Everywhere else a zombie is a
# process that has ended.
#
# Seen on Linux 6.18.44, Python 3.11.7, each time of 10:
#
#     psutil: zombie, 2 threads, 0 MB resident, cmdline() raises ZombieProcess, wait(0.3) raises TimeoutExpired
#     its other thread: state S, more than 5 MB resident; its exit code later: 7
#
# Hurts: a monitor that counts zombies or sums up memory, and a janitor that skips what is "dead" anyway.
# The lab: reads each thread, and takes a zombie for one only when no thread lives (tests/truth/test_odd.py).
# Needs: Python 3 and its package index, x86_64 or aarch64.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
python3 -m venv "$d/venv"
"$d/venv/bin/pip" install -qq psutil==7.2.2

uname -sr
"$d/venv/bin/python" --version
found=$("$d/venv/bin/python" - <<'end'
import os, subprocess, sys, time

import psutil

leaderless = """
import ctypes, os, platform, threading, time
def work():
    time.sleep(2)
    os._exit(7)
threading.Thread(target=work).start()
# pthread_exit() of the first thread comes down to this
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)
"""
child = subprocess.Popen([sys.executable, "-c", leaderless])
process = psutil.Process(child.pid)
until = time.monotonic() + 1.5
while process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
    time.sleep(0.02)
said = [process.status(), f"{process.num_threads()} threads", f"{process.memory_info().rss >> 20} MB resident"]
for name, call in (("cmdline()", process.cmdline), ("wait(0.3)", lambda: process.wait(0.3))):
    try:
        said.append(f"{name} is {call()}")
    except psutil.Error as error:
        said.append(f"{name} raises {type(error).__name__}")
print("psutil:", ", ".join(said))
other = next(each for each in os.listdir(f"/proc/{child.pid}/task") if each != str(child.pid))
with open(f"/proc/{child.pid}/task/{other}/status") as status:
    facts = dict(line.split(":", 1) for line in status)
resident = "more than" if int(facts["VmRSS"].split()[0]) > 5 * 1024 else "at most"
print(f"its other thread: state {facts['State'].split()[0]}, {resident} 5 MB resident; its exit code later: {child.wait()}")
end
)
echo "$found"
[ "$found" = "psutil: zombie, 2 threads, 0 MB resident, cmdline() raises ZombieProcess, wait(0.3) raises TimeoutExpired
its other thread: state S, more than 5 MB resident; its exit code later: 7" ] || {
	echo "not as it was with psutil 7.2.2"
	exit 1
}
