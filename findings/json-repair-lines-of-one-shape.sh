#!/usr/bin/env bash
# Guess: of several JSON documents in a text json_repair gives a list of all; what is valid JSON in a line
# is not changed.
# Seen: json-repair 0.64.6: {'a': 1} and {'b': 2} are a list of two; {'a': 1} and {'a': 2} are the second
# alone, and of three lines with the same keys only the last is left. 10:30 is read as 10, 1_000 as 1000 and
# 10% as 10.
# Why it matters: facts that a model answers a line each have the same keys: all but the last are lost, and
# the result looks like an answer with a single fact.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check json-repair==0.64.6
venv/bin/python - <<'PY'
from json_repair import loads

different = loads('{"a": 1}\n{"b": 2}')
same = loads('{"fact": "tea"}\n{"fact": "piano"}\n{"fact": "Oslo"}')
listed = loads('[{"fact": "tea"}, {"fact": "piano"}, {"fact": "Oslo"}]')
numbers = [loads('{"n": %s}' % text)["n"] for text in ("10:30", "1_000", "10%")]
assert different == [{"a": 1}, {"b": 2}], different
assert same == {"fact": "Oslo"} and len(listed) == 3, (same, listed)
assert numbers == [10, 1000, 10], numbers
print(f"seen: {different}; three lines of one shape: {same}; 10:30, 1_000, 10%: {numbers}")
PY
