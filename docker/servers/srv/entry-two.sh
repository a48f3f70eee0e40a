#!/bin/bash
# Two servers in one container; ends with the first of them.
memcached -l 127.0.0.1 -p 8081 &
python3 -m http.server 8080 &
wait -n
