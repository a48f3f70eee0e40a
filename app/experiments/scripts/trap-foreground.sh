#!/bin/bash
# A trap, and a long command in the foreground: bash runs the trap when that command has ended.

trap 'echo "foreground: the trap runs"' USR1
while :; do
  echo "foreground: sleeping for 5 s"
  sleep 5
done
