#!/usr/bin/env bash
# Guess: `forget(scope="/ada", older_than=a month ago)` deletes what is in that scope and older, here nothing.
# Seen: crewai 1.15.30, with its store in LanceDB: everything in the scope, however new. Without an age the
# scope's memories go and, with them, those of the root scope "/". Given categories as well, both conditions
# hold: nothing is deleted.
# Why it matters: a nightly job that lets old memories go takes today's, too, and says how many they were as if
# all was well.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check crewai==1.15.30
venv/bin/python - <<'PY'
import os

os.environ |= {"CREWAI_DISABLE_TELEMETRY": "true", "OTEL_SDK_DISABLED": "true", "CREWAI_STORAGE_DIR": os.getcwd(), "HOME": os.getcwd()}

from datetime import datetime, timedelta

from crewai.memory.storage.lancedb_storage import LanceDBStorage
from crewai.memory.types import MemoryRecord
from crewai.memory.unified_memory import Memory


def left(folder, **criteria):
    store = LanceDBStorage(folder, vector_dim=2)
    scopes = {"tea": "/ada", "cake": "/ada/food", "beer": "/bob", "rules": "/"}
    store.save([MemoryRecord(id=i, content=i, scope=scope, categories=["x"], embedding=[1.0, 0.0]) for i, scope in scopes.items()])
    memory = Memory(storage=store, embedder=lambda texts: [[1.0, 0.0] for _ in texts])
    deleted = memory.forget(**criteria)
    return deleted, sorted(record.id for record in memory.list_records())


month_ago = datetime.now() - timedelta(days=30)
by_age = left("age", older_than=month_ago)
by_age_in_scope = left("both", scope="/ada", older_than=month_ago)
in_scope = left("scope", scope="/ada")
with_category = left("category", scope="/ada", older_than=month_ago, categories=["x"])
everything = ["beer", "cake", "rules", "tea"]
assert by_age == with_category == (0, everything), (by_age, with_category)
assert by_age_in_scope == (2, ["beer", "rules"]), by_age_in_scope
assert in_scope == (3, ["beer"]), in_scope
print(f"seen: of four new memories, {by_age_in_scope[1]} are left of those older than a month in /ada; without an age {in_scope[1]}")
PY
