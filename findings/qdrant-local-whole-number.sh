#!/usr/bin/env bash
# Guess: a payload of 7.0 is found by a match with 7, as it is by a range from 7 to 7.
# Seen: qdrant-client 1.20.0 in local mode: the range finds 7 and 7.0, the match only 7; so `must_not` match
# 7 keeps 7.0.
# Why it matters: JSON has one kind of number: what went through JavaScript or jsonb as 7.0 is 7, and the
# reverse.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check qdrant-client==1.20.0
venv/bin/python - <<'PY'
from qdrant_client import QdrantClient, models

client = QdrantClient(":memory:")
client.create_collection("memories", vectors_config=models.VectorParams(size=2, distance=models.Distance.DOT))
client.upsert("memories", [models.PointStruct(id=i, vector=[1, 0], payload={"n": n}) for i, n in ((1, 7), (2, 7.0))])


def found(**conditions):
    return [point.id for point in client.scroll("memories", scroll_filter=models.Filter(**conditions))[0]]


match = models.FieldCondition(key="n", match=models.MatchValue(value=7))
between = models.FieldCondition(key="n", range=models.Range(gte=7, lte=7))
seen = (found(must=[between]), found(must=[match]), found(must_not=[match]))
assert seen == ([1, 2], [1], [2]), seen
print(f"seen: range {seen[0]}, match {seen[1]}, not match {seen[2]}")
PY
