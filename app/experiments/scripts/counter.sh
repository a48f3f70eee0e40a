#!/bin/bash
# Counts, by the number in a file.  HUP: read it again.  TERM: tell the parent, and end.

config=$1
count=0

load() {
  by=$(cat "$config")
  echo "counter: counts by $by"
}

trap load HUP
trap 'echo "counter: TERM, so TERM to my parent"; kill -s TERM "$PPID"; exit 0' TERM

load
while :; do
  count=$((count + by))
  echo "counter: $count"
  sleep 1 &
  wait $!
done
