#!/usr/bin/env bash
# Guess: after `mark_deleted(id)` the id is not in the index, and the index is shorter by one.
# Seen: voyager 2.2.3: `id in index`, `index.ids` and `len(index)` are as before, though `get_vector(id)`
# says that it is not found. `query(k=len(index))` is refused, with the advice to rebuild the index with a
# higher M.
# Why it matters: `in` is how a program tells whether a memory has to be added or is there, and a limit of
# `min(k, len(index))` fails from the first memory forgotten on, with a message about something else.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check voyager==2.2.3
venv/bin/python - <<'PY'
from voyager import Index, RecallError, Space

index = Index(Space.Cosine, num_dimensions=2)
for number, vector in enumerate([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]):
    index.add_item(vector, number)
index.mark_deleted(1)
try:
    vector = index.get_vector(1)
except RuntimeError as error:
    vector = str(error)
try:
    all_of_them = index.query([1.0, 0.0], k=len(index))
except RecallError as error:
    all_of_them = str(error)
counted = 1 in index, 1 in list(index.ids), len(index)
assert counted == (True, True, 3), counted
assert vector == "Label 1 not found in index.", vector
assert "only found 2 of 3" in all_of_them and "higher M" in all_of_them, all_of_them
print(f"seen: in, in ids, len: {counted}; get_vector: {vector}; query: {all_of_them}")
PY
