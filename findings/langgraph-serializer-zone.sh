#!/usr/bin/env bash
# Guess: a datetime with a ZoneInfo keeps its zone in a checkpoint, as a ZoneInfo by itself does.
# Seen: langgraph-checkpoint 4.3.2: the datetime comes back with the fixed offset of that day; half a year added
# to 09:00 in Paris is then 10:00 there.
# Why it matters: a reminder that repeats ('every day at nine') moves by an hour when the clocks change, but
# only if the thread has been resumed in between.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langgraph-checkpoint==4.3.2 tzdata==2025.2
venv/bin/python - <<'PY'
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

serde, paris = JsonPlusSerializer(), ZoneInfo("Europe/Paris")

def through(value):
    return serde.loads_typed(serde.dumps_typed(value))

nine = datetime(2026, 1, 15, 9, tzinfo=paris)
later = timedelta(days=180)
kept, lost = (nine + later).hour, (through(nine) + later).astimezone(paris).hour
assert through(paris) == paris and (kept, lost) == (9, 10), (kept, lost)
print(f"seen: 180 days on it is {kept} o'clock, after a checkpoint {lost} o'clock; tzinfo {through(nine).tzinfo!r}")
PY
