#!/usr/bin/env bash
# Guess: a whole number that does not fit is refused; 2**70 is.
# Seen: surrealdb 2.0.0, embedded: 2**63 is stored as -9223372036854775808, 2**64 - 1 as -1, without an
# error; 2**70 is an error that names CBOR.
# Why it matters: unsigned 64-bit hashes are common as keys for texts and chunks: half of them come back as
# another number.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check surrealdb==2.0.0
venv/bin/python - <<'PY'
from surrealdb import Surreal

with Surreal("mem://") as db:
    db.use("test", "test")
    read = {number: db.create("fact", {"n": number})["n"] for number in (2**63 - 1, 2**63, 2**64 - 1)}
    try:
        larger = db.create("fact", {"n": 2**70})
    except Exception as error:
        larger = str(error)
assert list(read.values()) == [2**63 - 1, -(2**63), -1], read
assert "CBOR" in str(larger), larger
print(f"seen: {read}; 2**70: {larger}")
PY
