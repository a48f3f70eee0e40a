#!/bin/bash
# The wrapper that many images have: prepares something, then starts the server as its child.
echo "preparing"
python3 -m http.server 8080
echo "ended"
