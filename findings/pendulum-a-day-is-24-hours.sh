#!/usr/bin/env bash
# Guess: two durations that are equal, added to one time, give one time; and with datetime's timedelta a
# DateTime, which is a datetime, does what a datetime does.
# Seen: pendulum 3.3.0, in the night in which the clocks go back: with timedelta(days=1) it is 24 hours later
# (00:30), with pendulum.duration(days=1), which equals that timedelta, a day later (01:30). datetime gives
# 01:30 for both, and so does whenever 0.11.0 for days=1.
# Why it matters: a reminder 'tomorrow at the same time' or a daily window moves by an hour on two days of the
# year, depending on which of the two equal durations a caller passes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pendulum==3.3.0 whenever==0.11.0 tzdata==2026.6
venv/bin/python - <<'PY'
import datetime
import zoneinfo

import pendulum
import whenever

start = pendulum.datetime(2026, 10, 25, 1, 30, tz="Europe/Berlin")
plain = datetime.datetime(2026, 10, 25, 1, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
zoned = whenever.ZonedDateTime(2026, 10, 25, 1, 30, tz="Europe/Berlin")
delta, duration = datetime.timedelta(days=1), pendulum.duration(days=1)
assert delta == duration and isinstance(start, datetime.datetime) and start == plain
seen = {
    "pendulum + timedelta": f"{start + delta:%d %H:%M}",
    "pendulum + duration": f"{start + duration:%d %H:%M}",
    "datetime + timedelta": f"{plain + delta:%d %H:%M}",
    "datetime + duration": f"{plain + duration:%d %H:%M}",
    "whenever": zoned.add(days=1).format_iso()[8:16].replace("T", " "),
}
assert list(seen.values()) == ["26 00:30", "26 01:30", "26 01:30", "26 01:30", "26 01:30"], seen
print(f"seen: {seen}")
PY
