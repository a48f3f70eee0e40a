#!/bin/bash
# The same wrapper, but the server takes its place.
echo "preparing"
exec "$@"
