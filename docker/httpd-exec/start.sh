#!/bin/bash
# The way to do it: prepare, and then become httpd.
echo "start.sh: preparing"
exec httpd -D FOREGROUND
