#!/bin/bash
# Runs the command in a file again and again; reads the file anew only when it is told to, by HUP.

config=$1

load() {
  command=$(cat "$config")
  echo "watch: I read $(basename "$config")"
}

trap load HUP

load
while :; do
  eval "$command"
  sleep 1 # in the foreground: the trap waits until it ends
done
