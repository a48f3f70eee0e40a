#!/bin/bash
# Has a trap, but the server is in the foreground: the trap waits for its end.
trap 'echo stopping; exit 0' TERM
python3 -m http.server 8080
