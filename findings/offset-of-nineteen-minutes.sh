#!/usr/bin/env bash
# Guess: a time whose offset from UTC has seconds, as zones had before 1940, keeps its moment in JSON, or is
# refused.
# Seen: it is moved, and each moves it otherwise: noon of 1 May 1930 in Amsterdam, +00:19:32, is written with
# +00:20 by orjson 3.13.0 and msgspec 0.22.0, with +00:19 by pydantic 2.14.4. What datetime.isoformat writes,
# with the seconds, is refused by pydantic and msgspec.
# Why it matters: a time of birth or of a letter goes round through two services and comes back a minute off,
# and no longer equals itself; .astimezone(UTC) first keeps it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check orjson==3.13.0 msgspec==0.22.0 pydantic==2.14.4 tzdata==2026.6
venv/bin/python - <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import orjson
import pydantic
from pydantic_core import to_json

given = datetime(1930, 5, 1, 12, tzinfo=ZoneInfo("Europe/Amsterdam"))
assert given.isoformat() == "1930-05-01T12:00:00+00:19:32", given
written = {"orjson": orjson.dumps(given), "msgspec": msgspec.json.encode(given), "pydantic": to_json(given)}
moved = {name: (datetime.fromisoformat(text.decode().strip('"')) - given).total_seconds() for name, text in written.items()}
assert moved == {"orjson": -28.0, "msgspec": -28.0, "pydantic": 32.0}, (written, moved)
refused = []
for read, error in (
    (lambda: pydantic.TypeAdapter(datetime).validate_python(given.isoformat()), pydantic.ValidationError),
    (lambda: msgspec.convert(given.isoformat(), datetime), msgspec.ValidationError),
):
    try:
        raise SystemExit(f"read as {read()}")
    except error:
        refused.append(error.__module__)
print(f"seen: moved by seconds: {moved}; {given.isoformat()} is refused by {refused}")
PY
