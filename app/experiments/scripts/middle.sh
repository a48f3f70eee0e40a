#!/bin/bash
# Starts a child and waits for it.  When this is killed, the child goes on, with another parent.

sleep 801 &
wait
