#!/usr/bin/env bash
# Guess: vec_to_json gives a vector's numbers so that vec_f32 reads the same vector from them.
# Seen: sqlite-vec 0.1.9 writes six digits after the point, whatever the size: 1e-7 is 0.000000, and a vector of
# such numbers a zero vector. vec_normalize of a zero vector is [null,null], which vec_f32 does not read.
# Why it matters: an export as JSON loses what small numbers say; embeddings of 1,536 dimensions have components
# of about 0.02, of which five digits remain at most.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sqlite-vec==0.1.9 apsw==3.54.1.0
venv/bin/python - <<'PY'
import apsw
import sqlite_vec

db = apsw.Connection(":memory:")
db.enable_load_extension(True)
db.load_extension(sqlite_vec.loadable_path())


def one(sql, *values):
    return next(db.execute(sql, values))[0]


written = [one("SELECT vec_to_json(?)", text) for text in ("[1e-7,2e-7]", "[0.0123456789,1]")]
lost = one("SELECT vec_distance_l2(vec_f32(?), vec_f32(vec_to_json(?)))", "[1e-7,2e-7]", "[1e-7,2e-7]")
assert written == ["[0.000000,0.000000]", "[0.012346,1.000000]"] and lost > 0, (written, lost)
normalized = one("SELECT vec_to_json(vec_normalize(?))", "[0,0]")
assert normalized == "[null,null]", normalized
try:
    raise SystemExit(f"read: {one('SELECT vec_f32(?)', normalized)}")
except apsw.SQLError as error:
    print(f"seen: {written}; a zero vector normalized is {normalized}: {error}")
PY
