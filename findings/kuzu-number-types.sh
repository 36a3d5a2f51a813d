#!/usr/bin/env bash
# Guess: 1.9 for an INT64 property is refused, and the sum of integers is an integer.
# Seen: kuzu 0.11.3 rounds: 1.9 is stored as 2, 2.5 as 2, 3.5 as 4. sum() over INT64 gives Python a
# decimal.Decimal. A text for the same property is refused. [][1] is the first element, [1:2] the first two,
# though Cypher counts lists from 0.
# Why it matters: a score in a column that was declared an integer changes without a word, a sum cannot be
# written as JSON, and queries from another Cypher pick the neighbour.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check kuzu==0.11.3
venv/bin/python - <<'PY'
import decimal

import kuzu

db = kuzu.Connection(kuzu.Database(":memory:"))
db.execute("CREATE NODE TABLE Memory (id INT64 PRIMARY KEY, score INT64)")
for number, score in enumerate([1.9, 2.5, 3.5]):
    db.execute("CREATE (:Memory {id: $id, score: $score})", {"id": number, "score": score})
scores = [row[0] for row in db.execute("MATCH (m:Memory) RETURN m.score ORDER BY m.id").get_all()]
total = db.execute("MATCH (m:Memory) RETURN sum(m.score)").get_next()[0]
listed = db.execute("RETURN [10, 20, 30][1], [10, 20, 30][1:2]").get_next()
try:
    db.execute("CREATE (:Memory {id: 9, score: $score})", {"score": "5"})
    raise SystemExit("a text was taken")
except RuntimeError as error:
    assert "Implicit cast is not supported" in str(error), error
assert scores == [2, 2, 4], scores
assert total == 8 and type(total) is decimal.Decimal, total
assert listed == [10, [10, 20]], listed
print(f"seen: 1.9, 2.5 and 3.5 are stored as {scores}, their sum is {total!r}; [10, 20, 30] [1] and [1:2] are {listed}")
PY
