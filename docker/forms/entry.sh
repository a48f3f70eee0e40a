#!/bin/sh
# What has to be done before, and then the server in place of this shell.
echo "entry: preparing"
exec python3 /server.py
