#!/usr/bin/env bash
# Guess: 'half an hour ago' is 30 minutes ago, 'five and a half hours' are 5.5, or a parser says that it
# does not know.
# Seen: arrow 1.4.0 and parsedatetime 2.6 take it for an hour ago; arrow takes '1,000 days ago' for now.
# timelength 3.0.4 reports success with half an hour for 'five and a half hours', and with five minutes for
# '-5 minutes'. 'yesterday at 5' is 9 o'clock in parsedatetime.
# Why it matters: times that users tell are stored as facts with a date; none of these is an error to catch.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check arrow==1.4.0 parsedatetime==2.6 timelength==3.0.4
venv/bin/python - <<'PY'
from datetime import datetime

import arrow
import parsedatetime
from timelength import TimeLength

now = datetime(2026, 5, 13, 10)
calendar = parsedatetime.Calendar()


def by_arrow(text):
    return arrow.get(now).dehumanize(text).strftime("%d %H:%M")


def by_parsedatetime(text):
    return calendar.parseDT(text, now)[0].strftime("%d %H:%M")


half = by_arrow("half an hour ago"), by_parsedatetime("half an hour ago")
days, at_five = by_arrow("1,000 days ago"), by_parsedatetime("yesterday at 5")
lengths = {text: TimeLength(text).result for text in ("five and a half hours", "-5 minutes")}
lengths = {text: (result.success, result.seconds) for text, result in lengths.items()}
assert half == ("13 09:00", "13 09:00"), half
assert (days, at_five) == ("13 10:00", "12 09:00"), (days, at_five)
assert list(lengths.values()) == [(True, 1800.0), (True, 300.0)], lengths
print(f"seen: half an hour before 10:00 is {half}; 1,000 days ago {days}; yesterday at 5: {at_five}; {lengths}")
PY
