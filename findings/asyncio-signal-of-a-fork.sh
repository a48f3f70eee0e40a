#!/bin/sh
# Python 3.11.7: a child that multiprocessing forks out of an asyncio program with add_signal_handler(SIGTERM) is deaf to
# SIGTERM, and the *parent* hears it: terminate() does not end the child, and runs the parent's handler instead, as if somebody
# had asked the parent to stop.  A fork keeps both C handler and wakeup descriptor, and the descriptor is one end of a
# socket pair that the parent reads.  The documentation of terminate() says that it ends the process, by SIGTERM.
#
# Seen on Linux 6.18.44, each time of 10:
#
#     without a handler: the child ended by signal 15, the parent heard 0
#     with a handler: the child went on to its own end, the parent heard 1
#
# Hurts: a server with a graceful stop and a pool of forked workers; one worker that is to be ended stops the server, and lives.
# The lab: never forks out of its event loop; its keeper is a program of its own.
# Needs: Python 3.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

uname -sr
python3 --version
found=$(python3 -S -I -c '
import asyncio, multiprocessing, signal, time

async def tried(handler):
    heard = []
    loop = asyncio.get_running_loop()
    if handler:
        loop.add_signal_handler(signal.SIGTERM, heard.append, 1)
    forks = multiprocessing.get_context("fork")
    ready, says = forks.Pipe()

    def work():
        says.send("up")
        time.sleep(1.5)

    child = forks.Process(target=work)
    child.start()
    ready.recv()
    child.terminate()
    while child.is_alive():
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.05)
    if handler:
        loop.remove_signal_handler(signal.SIGTERM)
    ended = f"ended by signal {-child.exitcode}" if child.exitcode else "went on to its own end"
    return f"the child {ended}, the parent heard {len(heard)}"

print("without a handler:", asyncio.run(tried(False)))
print("with a handler:", asyncio.run(tried(True)))
')
echo "$found"
[ "$found" = "without a handler: the child ended by signal 15, the parent heard 0
with a handler: the child went on to its own end, the parent heard 1" ] || { echo "not as it was on Python 3.11.7"; exit 1; }
