#!/usr/bin/env bash
# Guess: a zero vector, which has no direction, is refused or found last; and a whole number comes back whole.
# Seen: kohakuvault 1.1.0: VectorKVault takes it, and from then on every search that would return it is an error
# ('Invalid column type Null ... distance'). KVault gives 2**70 back as the float 1.1805916207174113e+21.
# Why it matters: an empty text embedded as zeros stops the search over a whole small store, with a message that
# tells neither the row nor the reason.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check kohakuvault==1.1.0 numpy==2.4.6
venv/bin/python - <<'PY'
from kohakuvault import KVault, KohakuVaultError, VectorKVault

vault = VectorKVault("vectors.db", dimensions=2)
vault.insert([1.0, 0.0], "tea")
vault.insert([3.0, 4.0], "coffee")
before = [value for _, _, value in vault.search([1.0, 0.0], k=5)]
vault.insert([0.0, 0.0], "")
try:
    raise SystemExit(f"found: {vault.search([1.0, 0.0], k=5)}")
except KohakuVaultError as error:
    after = str(error)
values = KVault("values.db")
values["large"] = 2**70
assert before == ["tea", "coffee"] and "Invalid column type Null" in after, (before, after)
assert isinstance(values["large"], float), values["large"]
print(f"seen: {before}, then {after}; 2**70 is {values['large']}")
PY
