#!/bin/bash
# A shell that stays: it passes SIGTERM on, and waits until the server has ended.
trap 'echo "trap: SIGTERM, so TERM to the server"; kill -s TERM "$server"' TERM
python3 /server.py &
server=$!
wait "$server" # a trapped signal ends this wait, not the server
wait "$server"
