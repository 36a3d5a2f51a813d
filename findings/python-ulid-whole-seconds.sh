#!/usr/bin/env bash
# Guess: ULID.from_timestamp(time.time()) and ULID.from_timestamp(int(time.time())) differ by less than a
# second.
# Seen: python-ulid 4.1.0: a float is seconds, an int is milliseconds. The whole number of seconds becomes a day
# in January 1970.
# Why it matters: times that come from a database's extract(epoch ...), a JSON document or a test are often
# whole; the ids made of them sort before all others.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-ulid==4.1.0
venv/bin/python - <<'PY'
from ulid import ULID

seconds = 1_767_254_400
dates = [ULID.from_timestamp(value).datetime.date().isoformat() for value in (float(seconds), seconds, seconds * 1000)]
assert dates == ["2026-01-01", "1970-01-21", "2026-01-01"], dates
assert ULID.from_timestamp(float(seconds)) > ULID.from_timestamp(seconds)
print(f"seen: {float(seconds)} is {dates[0]}, {seconds} is {dates[1]}")
PY
