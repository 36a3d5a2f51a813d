#!/usr/bin/env bash
# Guess: a list of dicts given as a parameter comes back as it was, or is refused if their keys differ.
# Seen: kuzu 0.11.3 takes the keys of the last: [{'drink': 'tea'}, {'city': 'Oslo'}] is [{'city': 'tea'},
# {'city': 'Oslo'}]. The values stay, under the other's names.
# Why it matters: UNWIND over a list of properties is how many rows are written at once; rows with different
# keys are stored under wrong names, without an error.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check kuzu==0.11.3
venv/bin/python - <<'PY'
import kuzu

db = kuzu.Connection(kuzu.Database(":memory:"))
given = [{"drink": "tea"}, {"city": "Oslo"}]
read = db.execute("RETURN $rows", {"rows": given}).get_next()[0]
rows = db.execute("UNWIND $rows AS row RETURN row.city", {"rows": given}).get_all()
assert read == [{"city": "tea"}, {"city": "Oslo"}], read
assert rows == [["tea"], ["Oslo"]], rows
print(f"seen: {given} is read as {read}")
PY
