#!/bin/bash
# The same trap, but the command is in the background and bash waits for it: a signal interrupts `wait`.

trap 'echo "wait: the trap runs"' USR1
while :; do
  echo "wait: sleeping for 5 s"
  sleep 5 &
  wait $!
done
