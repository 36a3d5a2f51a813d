#!/usr/bin/env bash
# Guess: a job for 02:30 each day has one time a day.
# Seen: croniter 7.0.0: in the night in which the clocks go back it has two, 02:30 before and 02:30 after. In
# spring, when there is no 02:30, it has 03:00.
# Why it matters: what runs each night over the memories (to summarise, to expire, to bill) runs twice in one
# night of the year, an hour apart, unless it can be repeated without harm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check croniter==7.0.0 tzdata==2026.6
venv/bin/python - <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

from croniter import croniter

berlin = ZoneInfo("Europe/Berlin")


def times(start, count):
    schedule = croniter("30 2 * * *", start)
    return [schedule.get_next(datetime).isoformat() for _ in range(count)]


autumn = times(datetime(2026, 10, 24, 12, tzinfo=berlin), 3)
spring = times(datetime(2026, 3, 28, 12, tzinfo=berlin), 2)
assert autumn == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-26T02:30:00+01:00"], autumn
assert spring == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"], spring
print(f"seen: {autumn} in autumn, {spring} in spring")
PY
