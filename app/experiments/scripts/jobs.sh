#!/usr/bin/env bash
# Two jobs in the background: one as a script starts it, one with job control, as at a prompt.

trap 'echo "script: INT"' INT

sleep 601 &
set -m # from here on each job gets a process group of its own
sleep 602 &
set +m
echo "script: two jobs are running"
while :; do
  wait
done
