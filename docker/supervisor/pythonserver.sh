#!/bin/bash
# Without `exec`: SIGTERM ends this shell, and its child is left behind.  An ordinary process, so it does end.
python3 -u -m http.server --directory /srv/www 8080
