#!/usr/bin/env bash
# Guess: `forget(record_ids=[])` deletes nothing.
# Seen: crewai 1.15.30, with its store in LanceDB: it deletes everything, as `forget()` does; so does
# `categories=[]`.
# Why it matters: ids to forget are what another query found; on the day on which it finds none, the memory is
# empty.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check crewai==1.15.30
venv/bin/python - <<'PY'
import os

os.environ |= {"CREWAI_DISABLE_TELEMETRY": "true", "OTEL_SDK_DISABLED": "true", "CREWAI_STORAGE_DIR": os.getcwd(), "HOME": os.getcwd()}

from crewai.memory.storage.lancedb_storage import LanceDBStorage
from crewai.memory.types import MemoryRecord
from crewai.memory.unified_memory import Memory


def left(folder, **criteria):
    store = LanceDBStorage(folder, vector_dim=2)
    scopes = {"tea": "/ada", "cake": "/ada", "beer": "/bob"}
    store.save([MemoryRecord(id=i, content=i, scope=scope, categories=["x"], embedding=[1.0, 0.0]) for i, scope in scopes.items()])
    memory = Memory(storage=store, embedder=lambda texts: [[1.0, 0.0] for _ in texts])
    deleted = memory.forget(**criteria)
    return deleted, sorted(record.id for record in memory.list_records())


of_none = left("ids", record_ids=[])
of_all = left("all")
of_no_category = left("categories", categories=[])
assert of_none == of_no_category == of_all == (3, []), (of_none, of_no_category, of_all)
print(f"seen: record_ids=[] deletes {of_none[0]} of 3, categories=[] {of_no_category[0]}")
PY
