"""Adopts the orphans among its descendants, and collects them when they end: what systemd and an init do.

subreaper.py yes|no COMMAND [ARGUMENT ...]
"""

import ctypes
import os
import sys

PR_SET_CHILD_SUBREAPER = 36

if sys.argv[1] == "yes":
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
if os.fork() == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
print("parent: waits for whoever ends", flush=True)
while True:
    try:
        pid, status = os.wait()
    except ChildProcessError:
        print("parent: I have no child left", flush=True)
        break
    print(f"parent: collected {pid}, status {os.waitstatus_to_exitcode(status)}", flush=True)
sys.stdin.read()
