#!/usr/bin/env bash
# Guess: an id made by uuid-utils, a drop-in replacement for uuid, equals the same id read back from JSON or
# a database.
# Seen: uuid-utils 1.2.0: its UUID is no uuid.UUID, and never equal to one, though their hashes are the same;
# comparing the two by `<` raises TypeError. `uuid_utils.compat` makes uuid.UUID.
# Why it matters: drivers take it and give back a uuid.UUID, as JSON's readers do: what was stored is then
# not found in a dict or set of what was made, and is stored again, or taken to be lost.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uuid-utils==1.2.0
venv/bin/python - <<'PY'
import uuid

import uuid_utils
import uuid_utils.compat

made = uuid_utils.uuid7()
read = uuid.UUID(str(made))
found, equal, same_hash = read in {made}, made == read, hash(made) == hash(read)
try:
    order = sorted([made, read])
except TypeError as error:
    order = str(error)
assert (found, equal, same_hash, isinstance(made, uuid.UUID)) == (False, False, True, False), (found, equal, same_hash)
assert "'<' not supported" in order, order
assert isinstance(uuid_utils.compat.uuid7(), uuid.UUID)
print(f"seen: equal {equal}, found in a set {found}, with the same hash {same_hash}; sorted: {order}")
PY
