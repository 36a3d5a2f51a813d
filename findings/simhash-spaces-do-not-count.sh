#!/usr/bin/env bash
# Guess: texts of different words differ: "now here" is not "nowhere", C++ is not C#.
# Seen: simhash 2.1.2: distance 0. It puts all letters and digits together, in lower case, before it cuts them
# into pieces of four; spaces, signs, punctuation and emoji are gone, so texts of these alone equal the empty
# one.
# Why it matters: with a distance of 0 as the sure sign of a duplicate, "+5" is dropped for "-5", C# for C++,
# and every emoji for the first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check simhash==2.1.2 numpy==2.4.6
venv/bin/python - <<'PY'
from simhash import Simhash

pairs = [("we are now here", "we are nowhere"), ("C++", "C#"), ("it was -5", "it was +5"), ("👍", "👎"), ("?", "")]
seen = {pair: Simhash(pair[0]).distance(Simhash(pair[1])) for pair in pairs}
assert set(seen.values()) == {0}, seen
other = Simhash("we are here").distance(Simhash("we are there"))
assert other > 0, other
print(f"seen: {seen}; 'we are here' and 'we are there' have {other}")
PY
