#!/usr/bin/env bash
# Guess: array_to_buffer(vector, 'int8') scales an embedding to -127..127, or refuses one with fractions.
# Seen: redisvl 0.28.0 cuts the fractions off: of [0.6, -0.8, 0] three zeros are left, as of nearly any vector
# of unit length.
# Why it matters: whoever turns 'float32' into 'int8' in the schema to save space stores zero vectors: no error,
# and no neighbours. Scale before.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check redisvl==0.28.0
venv/bin/python - <<'PY'
from redisvl.redis.utils import array_to_buffer, buffer_to_array

vectors = [0.6, -0.8, 0.0], [0.36, 0.48, 0.8]
seen = [buffer_to_array(array_to_buffer(list(vector), "int8"), "int8") for vector in vectors]
assert seen == [[0, 0, 0], [0, 0, 0]], seen
assert buffer_to_array(array_to_buffer([76.2, -101.6, 0.0], "int8"), "int8") == [76, -101, 0]
print(f"seen: {vectors} are {seen}")
PY
