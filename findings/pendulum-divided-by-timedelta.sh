#!/usr/bin/env bash
# Guess: the difference of two times is a timedelta and can be divided by one: (later - earlier) /
# timedelta(hours=1) are the hours.
# Seen: pendulum 3.3.0: as soon as one of the two is a DateTime, the difference is an Interval, which is a
# timedelta, and dividing it by a timedelta (/, //, %) is an AttributeError ('_to_microseconds'). Dividing a
# timedelta by it works, and so does total_seconds().
# Why it matters: code that takes any aware datetime, as a driver's codec or a decay by age does, fails on the
# first caller that uses pendulum, though isinstance says datetime.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pendulum==3.3.0
venv/bin/python - <<'PY'
import datetime
import operator

import pendulum

hour = datetime.timedelta(hours=1)
earlier = datetime.datetime(2026, 1, 1, 8, tzinfo=datetime.UTC)
later = pendulum.datetime(2026, 1, 1, 10)
assert isinstance(later, datetime.datetime) and isinstance(later - earlier, datetime.timedelta)
failed = {}
for name in ("truediv", "floordiv", "mod"):
    try:
        failed[name] = getattr(operator, name)(later - earlier, hour)
    except AttributeError as error:
        failed[name] = str(error)
assert set(failed.values()) == {"'datetime.timedelta' object has no attribute '_to_microseconds'"}, failed
assert hour / (later - earlier) == 0.5 and (later - earlier).total_seconds() == 7200
print(f"seen: {failed}")
PY
