#!/usr/bin/env bash
# Guess: a text's or a datetime's own offset stands; tzinfo= is for those that have none. The next hour is
# an hour later.
# Seen: arrow 1.4.0: arrow.get('2026-05-13T10:00:00+00:00', tzinfo='Europe/Oslo') is 10:00+02:00, two hours
# earlier, and so is that of an aware datetime; a zone as second argument does the same. In the night when
# the clocks go back, shift(hours=1) from 02:30+02:00 is 03:30+01:00, two hours later, and a range of hours
# leaves one out.
# Why it matters: messages of mixed sources are read with a default zone; those that had an offset are
# moved, and an hourly summary misses an hour a year.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check arrow==1.4.0
venv/bin/python - <<'PY'
from datetime import datetime, timezone

import arrow

text = "2026-05-13T10:00:00+00:00"
right = datetime(2026, 5, 13, 10, tzinfo=timezone.utc)
moved = [
    arrow.get(text, tzinfo="Europe/Oslo") - right,
    arrow.get(right, tzinfo="Europe/Oslo") - right,
    arrow.get(right, "Europe/Oslo") - right,
]
before = arrow.get("2026-10-25T02:30:00+02:00").to("Europe/Oslo")
shifted = before.shift(hours=1)
hours = [hour.to("UTC").hour for hour in arrow.Arrow.range("hour", arrow.get("2026-10-24T23:00Z").to("Europe/Oslo"), limit=4)]
assert [move.total_seconds() for move in moved] == [-7200] * 3, moved
assert str(shifted) == "2026-10-25T03:30:00+01:00" and shifted.timestamp() - before.timestamp() == 7200, shifted
assert hours == [23, 0, 2, 3], hours
print(f"seen: moved by {[str(move) for move in moved]}; {before} and an hour: {shifted}; hours of a range, in UTC: {hours}")
PY
