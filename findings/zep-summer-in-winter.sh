#!/usr/bin/env bash
# Guess: a time without a zone is local time: 15 January is in winter, 15 July in summer.
# Seen: zep-cloud 4.0.1: both get the offset that the machine has today, so one of them is an hour off, and
# the same conversation, imported in July and in January, has two times.
# Why it matters: `created_at` of messages from another half of the year is an hour off, past midnight a day;
# pass aware times.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check zep-cloud==4.0.1 tzdata==2026.6
TZ=Europe/Berlin venv/bin/python - <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

from zep_cloud.core.jsonable_encoder import jsonable_encoder

winter, summer = datetime(2026, 1, 15, 12), datetime(2026, 7, 15, 12)
sent = [jsonable_encoder({"created_at": each})["created_at"] for each in (winter, summer)]
local = [each.replace(tzinfo=ZoneInfo("Europe/Berlin")).isoformat() for each in (winter, summer)]
assert local == ["2026-01-15T12:00:00+01:00", "2026-07-15T12:00:00+02:00"], local
assert sent[0][19:] == sent[1][19:] and sent != local, sent
print(f"seen: {sent}, local times are {local}")
PY
