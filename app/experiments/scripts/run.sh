#!/bin/bash
# Starts a counter and a health check, passes TERM on to both when it is told to end, and waits for them.

here=$(dirname "$0")
stopping=

pass_on() {
  [ "$stopping" ] && return # the counter tells us that it was told: one round is enough
  stopping=yes
  echo "run: $1, so TERM to both"
  # TERM also for INT: children in the background of a script ignore INT and cannot undo that.
  kill -s TERM "$counter" "$healthcheck" 2>/dev/null
}

"$here/counter.sh" "$1" &
counter=$!
"$here/healthcheck.sh" &
healthcheck=$!
trap 'pass_on TERM' TERM
trap 'pass_on INT' INT

while [ ! "$stopping" ]; do
  echo "run: run, Forrest, run!"
  sleep 1 &
  wait $!
done
wait "$counter" "$healthcheck"
echo "run: both have ended, and so do I"
