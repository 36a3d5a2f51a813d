#!/usr/bin/env bash
# Guess: an event that begins at 12:00+02:00 begins at that moment when it is read again.
# Seen: icalendar 7.3.2: a datetime with an offset, as datetime.fromisoformat and every JSON parser give it,
# is written with TZID="UTC+02:00", for which there is no zone, and read as 12:00 of no zone. With a ZoneInfo
# or in UTC it is kept. `add("location", None)` writes the text None.
# Why it matters: other calendars place the event at 12:00 of wherever they are, and comparing it with an
# aware time is a TypeError; .astimezone(UTC) before adding helps.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6
venv/bin/python - <<'PY'
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from icalendar import Event


def kept(start):
    event = Event()
    event.add("dtstart", start)
    event.add("location", None)
    text = event.to_ical()
    return Event.from_ical(text), text.decode()


given = datetime.fromisoformat("2026-07-01T12:00:00+02:00")
read, text = kept(given)
assert given.utcoffset() == timedelta(hours=2) and 'DTSTART;TZID="UTC+02:00":20260701T120000' in text, text
assert read.start == datetime(2026, 7, 1, 12) and read.start.tzinfo is None, read.start
assert read["location"] == "None", read["location"]
for start in (datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin")), given.astimezone(timezone.utc)):
    assert kept(start)[0].start == given, start
print(f"seen: {given} is read as {read.start}, a location of None as {read['location']!r}")
PY
