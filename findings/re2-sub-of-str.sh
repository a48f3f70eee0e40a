#!/bin/sh
# google-re2 1.1.20251105: sub() with a replacement that is a str writes each of its letters beyond ASCII as two others, e with an
# acute accent as A with a tilde and a copyright sign; a *function* that returns the same str is right.  Python's re, for which
# the package says to be a drop-in replacement, gives the same for both.  No error, no warning.
#
# Seen on Linux 6.18.44, Python 3.11.7, each time of 10:
#
#     re: str 'b\xe9b', function 'b\xe9b'
#     re2: str 'b\xc3\xa9b', function 'b\xe9b'
#
# Hurts: whoever masks or rewrites text by re2.sub because the patterns come from others and must run in linear time.
# The lab: masks secrets by re2, with functions (app/events/masking.py).
# Needs: Python 3 and its package index.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
python3 -m venv "$d/venv"
"$d/venv/bin/pip" install -qq google-re2==1.1.20251105

uname -sr
"$d/venv/bin/python" --version
found=$("$d/venv/bin/python" - <<'end'
import re, re2

for each in (re, re2):
    text = each.sub("a", "\xe9", "bab"), each.sub("a", lambda _: "\xe9", "bab")
    print(f"{each.__name__}: str {ascii(text[0])}, function {ascii(text[1])}")
end
)
echo "$found"
[ "$found" = "re: str 'b\\xe9b', function 'b\\xe9b'
re2: str 'b\\xc3\\xa9b', function 'b\\xe9b'" ] || { echo "not as it was on google-re2 1.1.20251105"; exit 1; }
