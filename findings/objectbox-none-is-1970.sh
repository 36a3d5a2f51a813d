#!/usr/bin/env bash
# Guess: an object that is stored with None for a text, a number or a time has None when it is read.
# Seen: objectbox 5.0.0 reads '', 0 and 1970-01-01, though a query with is_null() finds the object: the
# absence is stored. A Date rounds 08:00:00.999999 up to the next second, a DateNano keeps it.
# Why it matters: 'never' becomes 'in 1970', 'unknown' becomes zero, and saving what was read writes it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check objectbox==5.0.0
venv/bin/python - <<'PY'
from datetime import datetime

from objectbox import Date, DateNano, Entity, Id, Int64, Store, String


@Entity()
class Memory:
    id = Id()
    text = String()
    rating = Int64()
    seen = Date(py_type=datetime)
    exact = DateNano(py_type=datetime)


box = Store(directory="store").box(Memory)
box.put(Memory(text=None, rating=None, seen=None, exact=None))
nulls = [len(box.query(field.is_null()).build().find()) for field in (Memory.text, Memory.rating, Memory.seen)]
read = box.get(1)
values = read.text, read.rating, str(read.seen.date())
box.put(read)
after = len(box.query(Memory.text.is_null()).build().find())
late = datetime(2026, 5, 13, 8, 0, 0, 999999)
times = box.get(box.put(Memory(text="x", rating=1, seen=late, exact=late)))
times = str(times.seen.time()), str(times.exact.time())
assert nulls == [1, 1, 1] and after == 0, (nulls, after)
assert values == ("", 0, "1970-01-01"), values
assert times == ("08:00:01", "08:00:00.999999"), times
print(f"seen: None, None, None are read as {values}; is_null finds {nulls}, {after} after saving again; times {times}")
PY
