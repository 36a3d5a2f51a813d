#!/usr/bin/env bash
# Guess: functions of one library that score 0 to 100 agree at the ends: what WRatio calls the same is alike to
# ratio, too, and C++ is not C#.
# Seen: thefuzz 0.22.1: WRatio and the token functions clean the names first, ratio does not. C++ and C# are 100
# by WRatio and 40 by ratio, 'ANN LEE' and 'ann lee' 100 and 14. process.extractOne cleans in thefuzz; in
# rapidfuzz 3.14.6, which it is built upon, it does not, and finds 'Ann Roe' for 'ANN LEE'.
# Why it matters: entities are merged by such a score: with one function C, C++ and C# become one, with the
# other nothing that was written in capitals is found.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check thefuzz==0.22.1 rapidfuzz==3.14.6
venv/bin/python - <<'PY'
import rapidfuzz.process
from thefuzz import fuzz, process

seen = {pair: (fuzz.WRatio(*pair), fuzz.ratio(*pair)) for pair in (("C++", "C#"), ("ANN LEE", "ann lee"))}
names = ["ann lee", "Ann Roe"]
best = process.extractOne("ANN LEE", names)[0], rapidfuzz.process.extractOne("ANN LEE", names)[0]
assert list(seen.values()) == [(100, 40), (100, 14)], seen
assert best == ("ann lee", "Ann Roe"), best
print(f"seen: WRatio and ratio {seen}; best for ANN LEE: thefuzz {best[0]}, rapidfuzz {best[1]}")
PY
