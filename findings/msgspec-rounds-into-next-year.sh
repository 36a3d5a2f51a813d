#!/usr/bin/env bash
# Guess: a time with more than six digits of fraction is cut to microseconds, as datetime.fromisoformat does.
# Seen: msgspec 0.22.0 rounds: 2026-12-31T23:59:59.99999999Z is read as 2027-01-01T00:00:00Z; Python (3.11 and
# newer) cuts it to .999999 in 2026.
# Why it matters: exports of other languages carry nanoseconds. Two readers of one JSONL put an event on another
# day, month or year: into another partition, or behind the end of a period.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check msgspec==0.22.0
venv/bin/python - <<'PY'
import datetime, msgspec

text = "2026-12-31T23:59:59.99999999Z"
ours = msgspec.json.decode(f'"{text}"', type=datetime.datetime)
theirs = datetime.datetime.fromisoformat(text)
assert ours.year == 2027 and (theirs.year, theirs.microsecond) == (2026, 999999), (ours, theirs)
print(f"seen: msgspec {ours.isoformat()}, Python {theirs.isoformat()}")
PY
