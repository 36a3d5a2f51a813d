#!/usr/bin/env bash
# Guess: of two times, later - (later - earlier) is earlier, as it is with datetime.
# Seen: pendulum 3.3.0: an Interval that is taken away counts its months and then all of its days, which hold
# the months already: from 15 March less the interval from 10 January one comes to 12 November of the year
# before. Adding it is right, adding its negative, too, and with a datetime instead of a DateTime on the left
# also the difference.
# Why it matters: 'the same span before' (the former session, the former period of a report) is computed like
# this; over less than a month it is right, and so the test.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pendulum==3.3.0
venv/bin/python - <<'PY'
import datetime

import pendulum

earlier, later = pendulum.datetime(2026, 1, 10), pendulum.datetime(2026, 3, 15)
span = later - earlier
back = later - span
assert earlier + span == later and later + -span == earlier
assert datetime.datetime(2026, 3, 15) - span == datetime.datetime(2026, 1, 10)
assert back == pendulum.datetime(2025, 11, 12), back
near = pendulum.datetime(2026, 3, 1)
assert later - (later - near) == near
print(f"seen: {later:%Y-%m-%d} - ({later:%Y-%m-%d} - {earlier:%Y-%m-%d}) is {back:%Y-%m-%d}")
PY
