#!/usr/bin/env bash
# Guess: an id that equals its text is found by its text in a set or dict, too.
# Seen: python-ulid 4.1.0: a ULID equals its text, its bytes and its int, but has a hash of its own: `id ==
# text` and `text in [id]` are true, `text in {id}` is false. It does not equal the uuid.UUID of the same bits.
# Why it matters: rows read with text ids, looked up in a dict by ULID, are all 'missing', though comparing any
# two by hand says that they are the same.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-ulid==4.1.0
venv/bin/python - <<'PY'
from ulid import ULID

made = ULID()
text = str(made)
equal = made == text, made == made.bytes, made == int(made), made == made.to_uuid()
found = text in [made], text in {made}, text in {made: "row"}
assert equal == (True, True, True, False) and found == (True, False, False), (equal, found)
print(f"seen: equal to text, bytes, int, UUID: {equal}; text in list, set, dict: {found}")
PY
