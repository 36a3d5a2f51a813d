#!/usr/bin/env bash
# Guess: a filter of Qdrant's form means to veclite, which takes it 'Qdrant-style', what it means to Qdrant:
# a match with 'tea' finds the record whose tags are tea and milk.
# Seen: it does in qdrant-client 1.20.0's local mode; veclite 0.1.1 finds only the record whose tag is the
# text tea, and with must_not the list passes.
# Why it matters: tags are lists; a filter carried over finds nothing, and one that excludes lets all
# through.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check hivellm-veclite==0.1.1 qdrant-client==1.20.0
venv/bin/python - <<'PY'
import veclite
from qdrant_client import QdrantClient, models

payloads = {1: {"tags": ["tea", "milk"]}, 2: {"tags": "tea"}, 3: {"tags": ["coffee"]}}
condition = {"key": "tags", "match": {"value": "tea"}}
qdrant = QdrantClient(":memory:")
qdrant.create_collection("facts", vectors_config=models.VectorParams(size=2, distance=models.Distance.COSINE))
qdrant.upsert("facts", [models.PointStruct(id=i, vector=[1.0, 0.0], payload=payload) for i, payload in payloads.items()])
lite = veclite.Database.memory().create_collection("facts", dimension=2, metric="cosine")
for i, payload in payloads.items():
    lite.upsert(str(i), [1.0, 0.0], payload)
seen = {}
for clause in ("must", "must_not"):
    filters = {clause: [condition]}
    points = qdrant.query_points("facts", query=[1.0, 0.0], query_filter=models.Filter(**filters)).points
    hits = lite.search([1.0, 0.0], limit=10, filter=filters)
    seen[clause] = sorted(point.id for point in points), sorted(int(hit["id"]) for hit in hits)
assert seen == {"must": ([1, 2], [2]), "must_not": ([3], [1, 3])}, seen
print(f"seen (qdrant-client, veclite): {seen}")
PY
