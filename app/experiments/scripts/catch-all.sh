#!/usr/bin/env bash
# Traps every signal that it can, and prints each name at once.
#
# bash runs a trap only between two commands, so a `sleep` in the foreground would hold it back until it ends.
# A trapped signal interrupts `read -t` and `wait`, and the answer is immediate.  Here it is `read`, from a sleep that
# never prints: in `wait` bash 5.2 forgets the first of two signals that come within a millisecond, one time in ten.
# It is `-t`, because WINCH and CHLD let a plain `read` go on, and so short, because bash overlooks a signal that comes
# right before it begins to read.  A second signal can also interrupt the `echo` of the first, which is then said again.

for number in $(seq 1 64); do
  name=$(kill -l "$number" 2>/dev/null)
  case $name in
    "") continue ;;          # 32 and 33 belong to the C library
    KILL | STOP) continue ;; # the kernel lets nobody catch these
    CHLD) continue ;;        # set last: every $(…) of this loop ends a child
    PIPE) trap 'echo PIPE || exit 1' PIPE ;; # who prints to a broken pipe gets the next one
    INT) trap 'echo INT; exit 0' INT ;;
    *) trap "echo $name 2>/dev/null || echo $name" "$name" ;;
  esac
done
trap 'kill "$sleeper_PID" 2>/dev/null' EXIT

coproc sleeper { exec sleep infinity; }
exec 3<&"${sleeper[0]}"
rest() { read -r -t 0.2 -u 3 _; }
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 502)); then # an older `read -t` takes ALRM for itself
  rest() { wait "$sleeper_PID"; }
fi
trap 'echo CHLD' CHLD
echo "ready: process $$ waits for signals"
until rest; do
  kill -0 "$sleeper_PID" 2>/dev/null || break
done
echo "the sleep has ended, and so does this script"
