#!/usr/bin/env bash
# Guess: insert with a known id is refused or makes a second row, as in Milvus; upsert replaces the row.
# Seen: milvus-lite 3.2.2 with pymilvus 3.0.2: insert replaces the row, with all its fields; upsert keeps
# the old fields that are not given. Deleting an unknown id names it as deleted.
# Why it matters: a retried insert overwrites what was changed in between, and a field that was meant to
# vanish with upsert stays.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pymilvus==3.0.2 milvus-lite==3.2.2
venv/bin/python - <<'PY'
from pymilvus import MilvusClient

client = MilvusClient("facts.db")
client.create_collection("facts", dimension=2, id_type="string", max_length=64, auto_id=False)


def fields(name):
    return {key: value for key, value in dict(client.get("facts", ids=[name])[0]).items() if key not in ("id", "vector")}


for name in ("inserted", "upserted"):
    client.insert("facts", [{"id": name, "vector": [1.0, 0.0], "text": "tea", "rating": 5}])
client.insert("facts", [{"id": "inserted", "vector": [1.0, 0.0], "text": "coffee"}])
client.upsert("facts", [{"id": "upserted", "vector": [1.0, 0.0], "text": "coffee"}])
inserted, upserted = fields("inserted"), fields("upserted")
count = len(client.query("facts", filter='text == "coffee"', output_fields=["id"]))
deleted = client.delete("facts", ids=["unknown"])
assert (inserted, upserted, count) == ({"text": "coffee"}, {"text": "coffee", "rating": 5}, 2), (inserted, upserted, count)
assert "unknown" in str(deleted), deleted
print(f"seen: insert leaves {inserted}, upsert {upserted}; deleting an unknown id: {deleted}")
PY
