#!/usr/bin/env bash
# Guess: keys are found and ordered as Python has it: 1, 1.0 and True are one key of a dict, and -2.0 comes
# before 1.5.
# Seen: rocksdict 0.3.29: they are three keys, and negative floats come after all others, the least of them
# last: 0.0, 1.5, 100.0, -1.5, -2.0. From -2.0 on there is -2.0 alone. Whole numbers are in order, negative
# ones, too.
# Why it matters: scores, coordinates and times before 1970 as keys leave ranges incomplete, without an error;
# a key counted up from 0 to 0.5 and 1.0 is not found by 1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check rocksdict==0.3.29
venv/bin/python - <<'PY'
from rocksdict import Rdict

floats = Rdict("floats")
for key in (1.5, -1.5, 0.0, 100.0, -2.0):
    floats[key] = "x"
order, from_least = list(floats.keys()), list(floats.keys(from_key=-2.0))
whole = Rdict("whole")
for key in (3, -1, -300, 256, 2**70):
    whole[key] = "x"
assert list(whole.keys()) == [-300, -1, 3, 256, 2**70], list(whole.keys())
mixed = Rdict("mixed")
for key in (1, 1.0, True):
    mixed[key] = repr(key)
ones = [mixed[key] for key in (1, 1.0, True)]
assert order == [0.0, 1.5, 100.0, -1.5, -2.0] and from_least == [-2.0], (order, from_least)
assert ones == ["1", "1.0", "True"], ones
for each in (floats, whole, mixed):
    each.close()
print(f"seen: floats are {order}, from -2.0 on {from_least}; 1, 1.0 and True have {ones}")
PY
