#!/usr/bin/env bash
# Guess: `get_all(top_k=5)` gives five memories if there are five that have not expired.
# Seen: mem0ai 2.2.1: it fetches four times as many as were asked for, at least 60, and leaves out the
# expired ones afterwards. With 1000 expired ones and five others it gives fewer than five; with `top_k=1000`
# all five.
# Why it matters: expired memories stay until somebody deletes them, and push out the living with time: a
# list of what is known about somebody gets shorter, with no error, the longer they have been known.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mem0ai==2.2.1
venv/bin/python - <<'PY'
import os

os.environ |= {"MEM0_TELEMETRY": "False", "MEM0_DIR": os.getcwd()}

from mem0 import Memory
from mem0.embeddings.mock import MockEmbeddings

# infer=False asks no model, and the vectors are made up.
of_openai = {"provider": "openai", "config": {"api_key": "none"}}
qdrant = {"path": "qdrant", "collection_name": "memories", "embedding_model_dims": 10}
memory = Memory.from_config(
    {
        "vector_store": {"provider": "qdrant", "config": qdrant},
        "history_db_path": "history.db",
        "embedder": of_openai,
        "llm": of_openai,
    }
)
memory.embedding_model = MockEmbeddings()

for number in range(1000):
    memory.add(f"old {number}", user_id="ada", infer=False, expiration_date="2026-01-01")
for number in range(5):
    memory.add(f"new {number}", user_id="ada", infer=False)

few = len(memory.get_all(filters={"user_id": "ada"}, top_k=5)["results"])
many = len(memory.get_all(filters={"user_id": "ada"}, top_k=1000)["results"])
memory.vector_store.client.close()
assert few < 5 and many == 5, (few, many)
print(f"seen: of five memories that have not expired, top_k=5 gives {few}, top_k=1000 gives {many}")
PY
