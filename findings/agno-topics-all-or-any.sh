#!/usr/bin/env bash
# Guess: `get_user_memories(topics=[...])` asks the same of every database.
# Seen: agno 3.1.10: SqliteDb gives memories that have all of the topics, and all memories for an empty list;
# InMemoryDb gives those that have any of them, and none for an empty list.
# Why it matters: what is tested in memory finds fewer memories with a database; and a program that has no
# topic to ask for is given nothing in the test and everything in production.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check agno==3.1.10 "sqlalchemy[asyncio]==2.1.9"
venv/bin/python - <<'PY'
from agno.db.in_memory import InMemoryDb
from agno.db.schemas.memory import UserMemory
from agno.db.sqlite import SqliteDb


def found(db):
    for topic in ("drinks", "food"):
        db.upsert_user_memory(UserMemory(memory=topic, memory_id=topic, user_id="ada", topics=[topic]))
    return [sorted(m.memory for m in db.get_user_memories(topics=topics)) for topics in (["drinks", "food"], [])]


sqlite, memory = found(SqliteDb(db_file="agno.db")), found(InMemoryDb())
assert sqlite == [[], ["drinks", "food"]] and memory == [["drinks", "food"], []], (sqlite, memory)
print(f"seen, for two topics and for none: SqliteDb {sqlite}, InMemoryDb {memory}")
PY
