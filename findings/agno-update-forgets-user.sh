#!/usr/bin/env bash
# Guess: a memory that is stored again under its id, with a new text and no user, is the same in every
# database: of its user still, or of none.
# Seen: agno 3.1.10: in SQLite it stays its user's; in memory and in JSON files it is nobody's, and is no longer
# among the user's memories. Topics are gone in all three.
# Why it matters: code that corrects a text by id works in production and loses memories in tests, or the
# other way round.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check agno==3.1.10 sqlalchemy==2.1.9 greenlet==3.5.6 aiosqlite==0.22.1
venv/bin/python - <<'PY'
from agno.db.in_memory import InMemoryDb
from agno.db.json import JsonDb
from agno.db.schemas import UserMemory
from agno.db.sqlite import SqliteDb

seen = {}
for db in (SqliteDb(db_file="memories.db"), InMemoryDb(), JsonDb(db_path="memories")):
    db.upsert_user_memory(UserMemory(memory="tea", memory_id="1", user_id="ada", topics=["drinks"]))
    db.upsert_user_memory(UserMemory(memory="coffee", memory_id="1"))
    stored = db.get_user_memory("1")
    assert stored.memory == "coffee" and not stored.topics, stored
    seen[type(db).__name__] = stored.user_id, len(db.get_user_memories(user_id="ada"))
assert seen == {"SqliteDb": ("ada", 1), "InMemoryDb": (None, 0), "JsonDb": (None, 0)}, seen
print(f"seen: the memory's user, and how many memories of Ada there are: {seen}")
PY
