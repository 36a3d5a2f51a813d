#!/usr/bin/env bash
# Guess: with an aware RELATIVE_BASE 'in 2 hours' is an aware time, two hours later.
# Seen: dateparser 1.5.0: the base's zone is dropped and the result is naive. In the night in which the clocks
# go forward 'in 2 hours' from 01:30 is 03:30 on the clock, one hour later.
# Why it matters: compared with an aware time it raises TypeError; stored as UTC it is off by the whole offset.
# Give TIMEZONE and RETURN_AS_TIMEZONE_AWARE as well, and count hours yourself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dateparser==1.5.0 tzdata==2026.6
venv/bin/python - <<'PY'
import datetime
import zoneinfo

import dateparser

berlin = zoneinfo.ZoneInfo("Europe/Berlin")
base = datetime.datetime(2026, 3, 29, 1, 30, tzinfo=berlin)
seen = dateparser.parse("in 2 hours", languages=["en"], settings={"RELATIVE_BASE": base})
assert seen == datetime.datetime(2026, 3, 29, 3, 30) and seen.tzinfo is None, seen
hours = (seen.replace(tzinfo=berlin).astimezone(datetime.UTC) - base.astimezone(datetime.UTC)).total_seconds() / 3600
assert hours == 1, hours
print(f"seen: in 2 hours from {base.isoformat()} is {seen.isoformat()}, without a zone and {hours:.0f} hour later")
PY
