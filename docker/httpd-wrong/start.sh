#!/bin/bash
# The mistake: httpd becomes a child of this shell, and the shell gets the signals that were meant for httpd.
echo "start.sh: preparing"
httpd -D FOREGROUND
