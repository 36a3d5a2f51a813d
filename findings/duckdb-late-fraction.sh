#!/usr/bin/env bash
# Guess: a JSONL of scores that are 1 thirty thousand times and 0.7 at the end is read right, or refused at that
# line.
# Seen: duckdb 2.0.1 takes the type from the first 20,480 lines and reads 0.7 as the integer 1, without a word.
# (A text in that place is refused.) With sample_size = -1 it is 0.7.
# Why it matters: exports of importance or confidence are full of round numbers; statistics and re-imports by
# way of DuckDB change the others.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1
venv/bin/python - <<'PY'
import duckdb

with open("memories.jsonl", "w") as file:
    file.writelines(f'{{"id":{i},"importance":1}}\n' for i in range(30000))
    file.write('{"id":30000,"importance":0.7}\n')
read = duckdb.sql("SELECT importance FROM 'memories.jsonl' WHERE id = 30000").fetchall()
whole = duckdb.sql("SELECT importance FROM read_json('memories.jsonl', sample_size = -1) WHERE id = 30000").fetchall()
assert read == [(1,)] and whole == [(0.7,)], (read, whole)
print(f"seen: 0.7 is read as {read[0][0]}; after looking at the whole file {whole[0][0]}")
PY
