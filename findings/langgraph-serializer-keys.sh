#!/usr/bin/env bash
# Guess: the keys of a dict in the state survive a checkpoint, or are refused.
# Seen: langgraph-checkpoint 4.3.2, JsonPlusSerializer: int, float, None and tuple keys survive; UUIDs, dates
# and str enums come back as plain strings, though as values they all keep their types.
# Why it matters: a state that looks memories up by their UUID works in the first run and finds nothing once the
# thread has been resumed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langgraph-checkpoint==4.3.2
venv/bin/python - <<'PY'
import datetime, enum, uuid
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

class Kind(str, enum.Enum):
    FACT = "fact"

serde = JsonPlusSerializer(allowed_msgpack_modules=[Kind])
keys = [1, 1.5, None, (1, 2), uuid.UUID(int=1), datetime.date(2026, 1, 1), Kind.FACT]

def through(value):
    return serde.loads_typed(serde.dumps_typed(value))

types = [(type(key).__name__, type(next(iter(through({key: "x"})))).__name__) for key in keys]
values = [type(through([key])[0]) is type(key) for key in keys if not isinstance(key, tuple)]
changed = [before for before, after in types if before != after]
assert changed == ["UUID", "date", "Kind"] and all(values), (types, values)
assert {after for before, after in types if before in changed} == {"str"}, types
print(f"seen: as keys {changed} become str; as values they stay")
PY
