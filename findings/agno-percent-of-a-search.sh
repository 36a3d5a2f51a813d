#!/usr/bin/env bash
# Guess: `search_content` finds the memories that contain that text.
# Seen: agno 3.1.10: in SQLite, % and _ in it stand for any text and any character: 100% finds "100 cats" and
# b_b finds Bob. In memory and in JSON files it is the text.
# Why it matters: a text that a user typed, or a tool made, finds others' memories beside the right one; tests
# with the store in memory do not see it.
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
    for id, text in (("sure", "100% sure"), ("cats", "100 cats"), ("name", "Bob"), ("file", "b_b.txt")):
        db.upsert_user_memory(UserMemory(memory=text, memory_id=id, user_id="ada"))
    seen[type(db).__name__] = [sorted(m.memory_id for m in db.get_user_memories(search_content=text)) for text in ("100%", "b_b")]
plain = [["sure"], ["file"]]
assert seen == {"SqliteDb": [["cats", "sure"], ["file", "name"]], "InMemoryDb": plain, "JsonDb": plain}, seen
print(f"seen: 100% and b_b find {seen}")
PY
