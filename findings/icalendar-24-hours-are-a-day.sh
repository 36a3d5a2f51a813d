#!/usr/bin/env bash
# Guess: PT24H is 24 hours, and P1D a day (RFC 5545 keeps them apart); of a daily event from 02:30 to 03:30 each
# occurrence lasts an hour ("the same exact duration", says the RFC of an event with DTEND).
# Seen: icalendar 7.3.2: an event of PT24H that begins at noon before the clocks go back ends 25 hours later, and
# is written again as P1D. recurring-ical-events 3.8.2: in that night the hour from 02:30 on lasts two hours.
# Why it matters: reminders, shifts and what an agent remembers of a meeting's end are an hour off in two nights
# of the year, and a calendar read and written again means another time by then.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2 tzdata==2026.6
venv/bin/python - <<'PY'
from datetime import UTC, timedelta

import recurring_ical_events
from icalendar import Calendar

lines = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//memories//EN
BEGIN:VEVENT
UID:shift
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:20261024T120000
DURATION:PT24H
END:VEVENT
BEGIN:VEVENT
UID:nightly
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:20261024T023000
DTEND;TZID=Europe/Berlin:20261024T033000
RRULE:FREQ=DAILY;COUNT=3
END:VEVENT
END:VCALENDAR
"""
calendar = Calendar.from_ical(lines.replace("\n", "\r\n"))


def lasts(start, end):
    return end.astimezone(UTC) - start.astimezone(UTC)


shift = calendar.events[0]
written = shift["DURATION"].to_ical().decode()
shift_lasts = lasts(shift.start, shift.end)
nightly = [
    lasts(event["DTSTART"].dt, event["DTEND"].dt)
    for event in recurring_ical_events.of(calendar).between((2026, 10, 24), (2026, 10, 27))
    if event["UID"] == "nightly"
]
assert written == "P1D" and shift_lasts == timedelta(hours=25), (written, shift_lasts)
assert nightly == [timedelta(hours=1), timedelta(hours=2), timedelta(hours=1)], nightly
print(f"seen: PT24H lasts {shift_lasts} and is written as {written}; the nightly hour lasts {', '.join(map(str, nightly))}")
PY
