#!/usr/bin/env bash
# Guess: INSERT OR REPLACE, OR IGNORE or ON CONFLICT replaces or skips a memory whose id is there.
# Seen: sqlite-vec 0.1.9: OR REPLACE and OR IGNORE both raise 'UNIQUE constraint failed', and ON CONFLICT is
# refused ('UPSERT not implemented for virtual table'). Delete and insert works.
# Why it matters: a memory that is stored again under its id needs two statements in a transaction; what was
# written for an ordinary SQLite table fails only at the second save.
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
db.execute("CREATE VIRTUAL TABLE m USING vec0(id text primary key, e float[2])")
db.execute("INSERT INTO m VALUES ('a', '[1,0]')")
errors = []
for sql in (
    "INSERT OR REPLACE INTO m VALUES ('a', '[0,1]')",
    "INSERT OR IGNORE INTO m VALUES ('a', '[0,1]')",
    "INSERT INTO m VALUES ('a', '[0,1]') ON CONFLICT (id) DO UPDATE SET e = excluded.e",
):
    try:
        db.execute(sql)
    except apsw.Error as error:
        errors.append(str(error))
assert ["UNIQUE" in e for e in errors] == [True, True, False] and "UPSERT not implemented" in errors[2], errors
assert db.execute("SELECT vec_to_json(e) FROM m").fetchall() == [("[1.000000,0.000000]",)]
print(f"seen: {errors}")
PY
