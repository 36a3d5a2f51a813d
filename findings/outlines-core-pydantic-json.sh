#!/usr/bin/env bash
# Guess: what pydantic writes for a model matches the regular expression that outlines makes of that model's
# schema, and numbers out of bounds do not.
# Seen: outlines-core 0.2.14, pydantic 2.14.4: a datetime with an offset other than Z, or with microseconds,
# does not match; nor does text with letters escaped as \u00e9, as json.dumps writes it, or JSON with
# indentation. A whole number of 11 matches ge=0, le=10.
# Why it matters: a model that is held to the expression cannot say 08:00+02:00, and says 06:00Z or a wrong
# 08:00Z instead; examples that were made with json.dumps are sequences it may not produce.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check outlines-core==0.2.14 pydantic==2.14.4
venv/bin/python - <<'PY'
import datetime
import json
import re

from outlines_core.json_schema import build_regex_from_schema
from pydantic import BaseModel, Field


class Memory(BaseModel):
    text: str = ""
    at: datetime.datetime = datetime.datetime(2026, 1, 1, 8, tzinfo=datetime.UTC)
    importance: int = Field(0, ge=0, le=10)


expression = build_regex_from_schema(json.dumps(Memory.model_json_schema()))


def matches(text):
    return re.fullmatch(expression, text) is not None


east = datetime.timezone(datetime.timedelta(hours=2))
seen = {
    "as pydantic writes it": matches(Memory(text="caf\u00e9").model_dump_json()),
    "as json.dumps writes it": matches(json.dumps(Memory(text="caf\u00e9").model_dump(mode="json"))),
    "indented": matches(Memory().model_dump_json(indent=2)),
    "with an offset": matches(Memory(at=datetime.datetime(2026, 1, 1, 8, tzinfo=east)).model_dump_json()),
    "with microseconds": matches(Memory(at=datetime.datetime(2026, 1, 1, 8, 0, 0, 7, tzinfo=datetime.UTC)).model_dump_json()),
    "11 of 10": matches(Memory().model_dump_json().replace('"importance":0', '"importance":11')),
}
assert list(seen.values()) == [True, False, False, False, False, True], seen
print(f"seen: {seen}")
PY
