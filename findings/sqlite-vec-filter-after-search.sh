#!/usr/bin/env bash
# Guess: the nearest five of agent bob are the same whether the agent is compared as it is, without case, or
# through a join.
# Seen: sqlite-vec 0.1.9: agent = 'bob' is applied before the nearest are chosen and finds both of bob's rows;
# upper(agent) = 'BOB', COLLATE NOCASE and a join are applied to the nearest five of everybody and find none. No
# error and no warning.
# Why it matters: a harmless rewriting of a condition empties an agent's memory as soon as others have nearer
# rows.
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
db.execute("CREATE VIRTUAL TABLE m USING vec0(id integer primary key, agent text, e float[2])")
db.execute("CREATE TABLE owners (id integer, agent text)")
for i in range(20):
    agent = "ann" if i < 18 else "bob"
    db.execute("INSERT INTO m VALUES (?, ?, ?)", (i, agent, f"[{i},0]"))
    db.execute("INSERT INTO owners VALUES (?, ?)", (i, agent))
nearest = "e MATCH '[0,0]' AND k = 5"
found = [
    len(db.execute(f"SELECT m.id FROM m {rest}").fetchall())
    for rest in (
        f"WHERE {nearest} AND agent = 'bob'",
        f"WHERE {nearest} AND upper(agent) = 'BOB'",
        f"WHERE {nearest} AND agent = 'BOB' COLLATE NOCASE",
        f"JOIN owners AS o ON o.id = m.id WHERE {nearest} AND o.agent = 'bob'",
    )
]
assert found == [2, 0, 0, 0], found
print(f"seen: rows found as it is, by upper(), without case, by a join: {found}")
PY
