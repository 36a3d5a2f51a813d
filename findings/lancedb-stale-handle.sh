#!/usr/bin/env bash
# Guess: a table opened before another connection adds a row sees that row in its next count or search.
# Seen: lancedb 0.40.0: it sees the version it was opened at until it is told otherwise (checkout_latest(), or
# connect(read_consistency_interval=...)); the table's own writes bring it up to date, so the rows of others
# appear together with its next own one.
# Why it matters: two workers on one folder: each keeps answering without what the other has remembered, for as
# long as it only reads.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check lancedb==0.40.0
venv/bin/python - <<'PY'
import lancedb

row = {"id": 1, "vector": [1.0, 0.0]}
writer = lancedb.connect("db").create_table("memories", [row])
reader = lancedb.connect("db").open_table("memories")
writer.add([row | {"id": 2}])
stale = reader.count_rows(), len(reader.search([1.0, 0.0]).to_list())
reader.add([row | {"id": 3}])
after_own = reader.count_rows()
assert (stale, after_own, writer.count_rows()) == ((1, 1), 3, 2), (stale, after_own, writer.count_rows())
writer.checkout_latest()
assert writer.count_rows() == 3
print(f"seen: of two rows the reader counts {stale[0]} and finds {stale[1]}; after a write of its own it counts {after_own}")
PY
