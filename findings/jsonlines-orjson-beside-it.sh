#!/usr/bin/env bash
# Guess: jsonlines reads what it wrote, whatever else is installed.
# Seen: jsonlines 4.0.0 writes with json, and reads with orjson 3.13.0 if that is installed: then 2**64 comes
# back as the float 1.8446744073709552e+19, and lines with NaN, Infinity or half an emoji are invalid, so
# `skip_invalid=True` leaves them out. Without orjson all come back.
# Why it matters: another package brings orjson along, and a dump that was complete yesterday is read with
# other numbers and fewer lines, without an error.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check jsonlines==4.0.0
cat > again.py <<'PY'
import io
import sys

import jsonlines

file = io.StringIO()
jsonlines.Writer(file).write_all([2**64, [float("inf")], "cut \ud83d", "tea"])
file.seek(0)
seen = ascii(list(jsonlines.Reader(file).iter(skip_invalid=True)))
assert seen == sys.argv[2], seen
print(f"seen: {sys.argv[1]} orjson: {seen}")
PY
venv/bin/python again.py without "[18446744073709551616, [inf], 'cut \\ud83d', 'tea']"
venv/bin/pip install --quiet --disable-pip-version-check orjson==3.13.0
venv/bin/python again.py with "[1.8446744073709552e+19, 'tea']"
