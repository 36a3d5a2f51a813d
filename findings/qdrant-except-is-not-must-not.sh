#!/usr/bin/env bash
# Guess: `MatchExcept(except=["private"])` finds what must_not with "private" finds: what has no such tag.
# Seen: qdrant-client 1.20.0, local mode: it finds what has some other tag. A memory tagged private and work
# passes, one without tags does not; must_not decides both the other way round. An empty list of exceptions
# lets no untagged memory pass, either.
# Why it matters: who shortens the one to the other shows what is tagged private, and loses all that has no
# tags.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check qdrant-client==1.20.0
venv/bin/python - <<'PY'
from qdrant_client import QdrantClient, models

client = QdrantClient(":memory:")
client.create_collection("m", vectors_config=models.VectorParams(size=2, distance="Cosine"))
payloads = [{"tags": ["private", "work"]}, {"tags": ["private"]}, {"tags": ["work"]}, {"tags": []}, {}]
client.upsert("m", [models.PointStruct(id=i, vector=[1.0, 0.0], payload=payload) for i, payload in enumerate(payloads)])


def found(**filter):
    points, _ = client.scroll("m", scroll_filter=models.Filter(**filter))
    return [point.payload.get("tags") for point in points]


def tags(match):
    return models.FieldCondition(key="tags", match=match)


excepted = found(must=[tags(models.MatchExcept(**{"except": ["private"]}))])
must_not = found(must_not=[tags(models.MatchAny(any=["private"]))])
nothing = found(must=[tags(models.MatchExcept(**{"except": []}))])
assert excepted == [["private", "work"], ["work"]], excepted
assert must_not == [["work"], [], None], must_not
assert nothing == [["private", "work"], ["private"], ["work"]], nothing
print(f"seen: except finds {excepted}, must_not {must_not}")
PY
