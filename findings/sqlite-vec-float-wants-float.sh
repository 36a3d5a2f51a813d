#!/usr/bin/env bash
# Guess: a float column of a vec0 table takes the integer 1, as every REAL column of SQLite does.
# Seen: sqlite-vec 0.1.9 refuses it: 'Expected float for FLOAT metadata column importance, received INTEGER'.
# NULL is refused for metadata, too, though not for partition keys or auxiliary columns.
# Why it matters: importance read from JSON is 1 in some lines and 0.5 in others; an importer fails at the first
# round number.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sqlite-vec==0.1.9 apsw==3.54.1.0
venv/bin/python - <<'PY'
import apsw, sqlite_vec

db = apsw.Connection(":memory:")
db.enable_load_extension(True)
db.load_extension(sqlite_vec.loadable_path())
db.execute("CREATE TABLE plain (importance float)")
db.execute("INSERT INTO plain VALUES (1)")
db.execute("CREATE VIRTUAL TABLE m USING vec0(org text partition key, e float[2], importance float, +note text)")
db.execute("INSERT INTO m(org, e, importance, note) VALUES (NULL, '[1,0]', 1.0, NULL)")
errors = []
for value in (1, None):
    try:
        db.execute("INSERT INTO m(org, e, importance, note) VALUES ('a', '[1,0]', ?, 'x')", [value])
    except apsw.SQLError as error:
        errors.append(str(error))
assert len(errors) == 2 and "received INTEGER" in errors[0] and "received NULL" in errors[1], errors
print(f"seen: {errors}")
PY
