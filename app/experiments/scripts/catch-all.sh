#!/usr/bin/env bash
# Traps every signal that it can, and prints each name at once.
#
# bash runs a trap only between two commands, so a `sleep` in the foreground would hold it back until it ends.
# `wait` is interrupted by a trapped signal: with the sleep in the background the answer is immediate.

for number in $(seq 1 64); do
  name=$(kill -l "$number" 2>/dev/null)
  case $name in
    "") continue ;;          # 32 and 33 belong to the C library
    KILL | STOP) continue ;; # the kernel lets nobody catch these
    CHLD) continue ;;        # set last: every $(…) of this loop ends a child
    PIPE) trap 'echo PIPE || exit 1' PIPE ;; # who prints to a broken pipe gets the next one
    INT) trap 'echo INT; exit 0' INT ;;
    *) trap "echo $name" "$name" ;;
  esac
done
trap 'kill "$sleeper" 2>/dev/null' EXIT

sleep infinity &
sleeper=$!
trap 'echo CHLD' CHLD
echo "ready: process $$ waits for signals"
while kill -0 "$sleeper" 2>/dev/null; do
  wait "$sleeper"
done
echo "the sleep has ended, and so does this script"
