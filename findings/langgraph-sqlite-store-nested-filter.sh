#!/usr/bin/env bash
# Guess: LangGraph's store in SQLite answers the same filters as the one in memory, and its items have aware
# times.
# Seen: langgraph-checkpoint-sqlite 3.1.2: a filter by a nested dict, found in memory, is 'Unsupported
# operator'; {'$ne': 1} passes over None; {'$lt': 10} finds a text and passes over None, in memory it is a
# TypeError. created_at and updated_at have no zone and whole seconds.
# Why it matters: what was tested with the store in memory fails in use, or finds less; comparing an item's
# time with now is a TypeError.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langgraph==1.2.24 langgraph-checkpoint==4.3.2 langgraph-checkpoint-sqlite==3.1.2
venv/bin/python - <<'PY'
import sqlite3

from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore

sqlite = SqliteStore(sqlite3.connect(":memory:", isolation_level=None))
sqlite.setup()


def keys(store, criteria):
    for key, value in {"one": 1, "nine": 9, "text": "1", "none": None}.items():
        store.put(("facts",), key, {"n": value, "who": {"name": "Ann"}})
    try:
        return sorted(item.key for item in store.search(("facts",), filter=criteria))
    except (TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


seen = {}
for criteria in ({"who": {"name": "Ann"}}, {"n": {"$ne": 1}}, {"n": {"$lt": 10}}):
    seen[str(criteria)] = keys(InMemoryStore(), criteria), keys(sqlite, criteria)
nested, unequal, less = seen.values()
updated = sqlite.get(("facts",), "one").updated_at
assert len(nested[0]) == 4 and nested[1] == "ValueError: Unsupported operator: name", nested
assert unequal == (["nine", "none", "text"], ["nine", "text"]), unequal
assert less[0].startswith("TypeError") and less[1] == ["nine", "one", "text"], less
assert updated.tzinfo is None and updated.microsecond == 0, updated
print(f"seen (in memory, SQLite): {seen}; updated_at: {updated}")
PY
