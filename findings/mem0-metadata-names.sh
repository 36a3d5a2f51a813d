#!/usr/bin/env bash
# Guess: metadata comes back with the memory, or is refused.
# Seen: mem0ai 2.2.1: what is called `id`, `data`, `hash` or `role` is gone without a word; of `user_id` and
# `actor_id` a warning tells that they were ignored; `created_at` becomes the memory's own. `memory` and
# `score`, which name fields of the answer as well, are kept.
# Why it matters: `id` and `hash` are what an importer calls the key and the checksum of the source: without
# them the next import cannot tell what is already there.
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

kept = {}
for name in ("id", "data", "hash", "role", "memory", "score", "source"):
    added = memory.add("Ada drinks tea", user_id="ada", infer=False, metadata={name: "x"})["results"][0]
    kept[name] = memory.get(added["id"])["metadata"]
memory.vector_store.client.close()
gone = [name for name, metadata in kept.items() if metadata is None]
assert gone == ["id", "data", "hash", "role"], kept
assert all(kept[name] == {name: "x"} for name in ("memory", "score", "source")), kept
print(f"seen: metadata called {', '.join(gone)} comes back as None, the others as given")
PY
