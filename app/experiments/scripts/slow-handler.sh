#!/usr/bin/env bash
# A handler that needs four seconds to leave everything in order.

trap 'echo "handler: writing everything down"; sleep 4; echo "handler: done"; exit 0' TERM
echo "ready"
while :; do
  sleep 600 &
  wait $!
done
