#!/bin/bash
# The other way: stay, and pass on what was meant for httpd.  For who has work to do after httpd has ended.
trap 'echo "start.sh: USR2, so WINCH to httpd"; kill -s WINCH "$httpd"' USR2
trap 'echo "start.sh: TERM to httpd"; kill -s TERM "$httpd"' TERM INT

httpd -D FOREGROUND &
httpd=$!
while kill -0 "$httpd" 2>/dev/null; do
  wait "$httpd" # a trapped signal ends the wait, not httpd
done
wait "$httpd"
code=$?
echo "start.sh: httpd has ended with $code"
exit "$code"
