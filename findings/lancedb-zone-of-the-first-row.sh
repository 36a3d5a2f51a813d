#!/usr/bin/env bash
# Guess: a time without an offset is UTC, or refused, and `timestamp '2026-05-01T08:00:00Z'` in a filter is
# that moment.
# Seen: lancedb 0.40.0: a column of times has the offset of the table's first row. A time that has none is
# taken as one there, +02:00 in one table and UTC in the next; so is the literal of a filter, whose Z is not
# looked at: it finds 08:00+02:00, and not 08:00 of UTC.
# Why it matters: who wrote first decides what "since eight" finds, and what the times of a writer without
# offsets mean.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check lancedb==0.40.0
venv/bin/python - <<'PY'
from datetime import UTC, datetime, timedelta, timezone

import lancedb

db = lancedb.connect("db")
eight = datetime(2026, 5, 1, 8)


def seen(name, zone):
    table = db.create_table(name, [{"id": "first", "vector": [1.0, 0.0], "at": eight.replace(tzinfo=zone)}])
    for id, at in (("naive", eight), ("utc", eight.replace(tzinfo=UTC))):
        table.add([{"id": id, "vector": [1.0, 0.0], "at": at}])
    times = {row["id"]: row["at"].astimezone(UTC).hour for row in table.to_arrow().to_pylist()}
    found = table.search().where("at = timestamp '2026-05-01T08:00:00Z'").to_list()
    assert times["utc"] == 8, times
    return times["naive"], sorted(row["id"] for row in found)


in_zurich, in_utc = seen("zurich", timezone(timedelta(hours=2))), seen("utc", UTC)
assert in_zurich == (6, ["first", "naive"]), in_zurich
assert in_utc == (8, ["first", "naive", "utc"]), in_utc
print(f"seen: 08:00 is {in_zurich[0]}:00 of UTC after a first row with +02:00, and 08:00Z finds {in_zurich[1]}")
PY
