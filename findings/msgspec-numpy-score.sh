#!/usr/bin/env bash
# Guess: numpy.float64 is a float (isinstance says so, and json.dumps writes it), so msgspec writes it, too.
# Seen: msgspec 0.22.0: 'Encoding objects of type numpy.float64 is unsupported', and so for every subclass of
# float, int or str; subclasses of list and dict are written.
# Why it matters: scores that come out of numpy, or strings that a framework subclasses, are fine with json and
# fail when the encoder is replaced by the faster one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check msgspec==0.22.0 numpy==2.4.6
venv/bin/python - <<'PY'
import json, msgspec, numpy as np

score = np.float64(0.5)
assert isinstance(score, float) and json.dumps(score) == "0.5"

class Text(str): ...
class Items(list): ...

refused = []
for value in (score, Text("a"), Items([1])):
    try:
        msgspec.json.encode(value)
    except TypeError:
        refused.append(type(value).__name__)
assert refused == ["float64", "Text"], refused
print(f"seen: refused: {refused}; a subclass of list is written")
PY
