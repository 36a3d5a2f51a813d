#!/usr/bin/env bash
# Guess: a filter with an operator that there is not is refused, and $or is one, as in other vector stores.
# Seen: agentvec 0.2.1: {'n': {'$greater': 5}} finds every record, those without n, too; {'$or': [...]}
# none. {'n': 1} does not find 1.0, {'n': {'$gte': 1, '$lte': 1}} finds both.
# Why it matters: a misspelt operator, or one brought along from another store, lets everything pass or
# nothing, and neither looks like an error.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check agentvec==0.2.1 numpy==2.4.6
venv/bin/python - <<'PY'
from agentvec import AgentVec

facts = AgentVec("facts.avdb").collection("facts", dim=2, metric="cosine")
for name, n in {"one": 1, "one as a float": 1.0, "nine": 9}.items():
    facts.upsert(name, [1.0, 0.0], {"n": n})
facts.upsert("no n", [1.0, 0.0], {})


def found(where):
    return sorted(hit.id for hit in facts.search([1.0, 0.0], k=10, where_=where))


misspelt = found({"n": {"$greater": 5}})
either = found({"$or": [{"n": 1}, {"n": 9}]})
one, between = found({"n": 1}), found({"n": {"$gte": 1, "$lte": 1}})
assert misspelt == ["nine", "no n", "one", "one as a float"], misspelt
assert either == [], either
assert (one, between) == (["one"], ["one", "one as a float"]), (one, between)
print(f"seen: $greater 5: {misspelt}; $or: {either}; n: 1: {one}; from 1 to 1: {between}")
PY
