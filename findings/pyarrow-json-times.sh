#!/usr/bin/env bash
# Guess: pyarrow's JSON reader gives strings for strings, or reads every ISO time alike.
# Seen: pyarrow 26.0.1: a column of texts like 2026-01-01 becomes a timestamp, whether it is a time or
# somebody's words; '...T10:00:00+02:00' becomes a timestamp without a zone (08:00, UTC unsaid); with a fraction
# of a second the same column stays a string with its offset.
# Why it matters: whether a time is a time depends on whether one of its rows has microseconds, so two exports
# of one table have two schemas.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyarrow==26.0.1
venv/bin/python - <<'PY'
import io, json
from pyarrow import json as reader

def column(*values):
    lines = "".join(json.dumps({"c": value}) + "\n" for value in values)
    read = reader.read_json(io.BytesIO(lines.encode()))["c"]
    return str(read.type), str(read[0].as_py())

got = [
    column("2026-01-01", "2026-02-01"),
    column("2026-01-01T10:00:00+02:00"),
    column("2026-01-01T10:00:00+02:00", "2026-01-01T10:00:00.5+02:00"),
]
assert got == [
    ("timestamp[s]", "2026-01-01 00:00:00"),
    ("timestamp[s]", "2026-01-01 08:00:00"),
    ("string", "2026-01-01T10:00:00+02:00"),
], got
print(f"seen: {got}")
PY
