#!/bin/bash
# Passes SIGTERM on to a server in the background, and waits for it.
python3 -m http.server 8080 &
server=$!
trap 'kill -TERM "$server"' TERM
wait "$server"
