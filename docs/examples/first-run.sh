#!/usr/bin/env bash
# A first run by the API, with curl: an experiment is started, told USR1, and stopped.  Prints what the lab says of it.
#
#   SIGNAL_LAB_TOKEN=$(cat ~/.local/state/signal-lab/token) docs/examples/first-run.sh http://127.0.0.1:9015
set -euo pipefail
lab=${1:-http://127.0.0.1:9015}/api/v1
events_pid=""
trap '[ -z "$events_pid" ] || kill "$events_pid" 2>/dev/null || true' EXIT

# The token comes from a file that only this shell has: every user of a machine can read the words of a command line.
token() { printf 'Authorization: Bearer %s\n' "$SIGNAL_LAB_TOKEN"; }
post() { # PATH JSON
  curl --silent --show-error --fail-with-body --header @<(token) --header 'Content-Type: application/json' --data "$2" "$lab$1"
}
field() { sed -E "s/.*\"$1\": *\"?([^\",}]*).*/\1/"; } # with jq at hand: jq -r .run
# The next event of this kind that has these words; what comes before it is passed by.
until_told() { # KIND WORDS
  local line
  while IFS= read -r line <&3; do
    if [[ $line == data:*"\"kind\":\"$1\""* && $line == *"$2"* ]]; then printf '%s\n' "${line#data: }"; return; fi
  done
  echo "the stream ended before $1 $2" >&2
  return 1
}

run=$(post /runs '{"experiment": "catch-all"}' | field run)
echo "started $run"
# One stream for all that follows: every event of this run from its beginning, and then each as it happens.
exec 3< <(exec curl --silent --no-buffer --header @<(token) "$lab/events?run=$run")
events_pid=$!

until_told output ready >/dev/null # its traps are set
post "/targets/$run.script/signals" '{"signal": "USR1"}' >/dev/null
until_told output USR1 >/dev/null
echo "its trap has printed USR1"

# It catches TERM too, and goes on: SIGKILL comes after a second.
stop=$(post "/targets/$run.script/stop" '{"timeout_s": 1}' | field event_id)
echo "exit code $(until_told stop_finished "\"stop\":$stop" | field exit_code)"
until_told verdict "\"request\":$stop," | sed -E 's/.*"held":[^,]*,"text":"([^"]*)".*/\1/'
