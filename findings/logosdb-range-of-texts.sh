#!/usr/bin/env bash
# Guess: search_ts_range gives the rows whose time lies in the range; those without a time lie in none.
# Seen: logosdb 1.0.2: rows without a timestamp are in every range, and times are compared as texts: 01:00+02:00
# on 1 January is 23:00 UTC the day before, and is not found there, but from midnight UTC on.
# Why it matters: 'what was said yesterday' brings what has no date at all, and loses what was written with an
# offset. Write Z, and give every row a time.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check logosdb==1.0.2 numpy==2.4.6
venv/bin/python - <<'PY'
from logosdb import DB

db = DB("rows", 2)
for text, timestamp in (("undated", ""), ("in UTC", "2025-12-31T23:00:00Z"), ("same moment", "2026-01-01T01:00:00+02:00")):
    db.put([1.0, 0.0], text, timestamp=timestamp)


def between(since, until):
    return sorted(hit.text for hit in db.search_ts_range([1.0, 0.0], 9, since, until))


seen = between("2025-12-31T22:00:00Z", "2025-12-31T23:30:00Z"), between("2026-01-01T00:00:00Z", "2026-01-01T02:00:00Z")
assert seen == (["in UTC", "undated"], ["same moment", "undated"]), seen
print(f"seen: from 22:00 to 23:30 UTC {seen[0]}; from midnight to 02:00 UTC {seen[1]}")
PY
