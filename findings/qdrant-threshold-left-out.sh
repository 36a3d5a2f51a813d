#!/usr/bin/env bash
# Guess: `score_threshold` is the lowest score, or the largest distance, that still passes.
# Seen: qdrant-client 1.20.0, local mode: what has exactly that score is left out, in each metric. A threshold
# of 1.0 finds nothing by cosine, one of 0.0 nothing by Euclid, not even the same vector, whose score is that.
# Why it matters: a search for what is known already, with the score that a former search gave, finds nothing,
# and the memory is stored again.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check qdrant-client==1.20.0
venv/bin/python - <<'PY'
from qdrant_client import QdrantClient, models

client = QdrantClient(":memory:")


def found(distance, query, threshold=None):
    return [(point.id, point.score) for point in client.query_points(distance, query=query, score_threshold=threshold).points]


seen = {}
for distance, best, second in (("Cosine", 1.0, 0.0), ("Dot", 1.0, 0.0), ("Euclid", 0.0, 5.0)):
    client.create_collection(distance, vectors_config=models.VectorParams(size=2, distance=distance))
    other = [3.0, 4.0] if distance == "Euclid" else [0.0, 1.0]
    query = [0.0, 0.0] if distance == "Euclid" else [1.0, 0.0]
    client.upsert(distance, [models.PointStruct(id=1, vector=query), models.PointStruct(id=2, vector=other)])
    assert found(distance, query) == [(1, best), (2, second)], found(distance, query)
    seen[distance] = found(distance, query, best), found(distance, query, second)
    assert seen[distance] == ([], [(1, best)]), seen
print(f"seen: with the best score as the threshold, and with the second's: {seen}")
PY
