#!/usr/bin/env bash
# Guess: `delete_all(user_id=...)` leaves nothing of what that user said.
# Seen: mem0ai 2.2.1: every former text is still in the history's database, where `history(memory_id)` reads
# it: what was added, what it was changed to, and a further copy from its deletion. The memory itself is
# gone.
# Why it matters: who has been asked to forget somebody has to clear history.db too; `reset()` does, for
# everybody at once.
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

memory_id = memory.add("Ada drinks tea", user_id="ada", infer=False)["results"][0]["id"]
memory.update(memory_id, "Ada drinks coffee")
memory.delete_all(user_id="ada")

left = memory.get_all(filters={"user_id": "ada"})["results"]
history = [(h["event"], h["old_memory"], h["new_memory"]) for h in memory.history(memory_id)]
memory.vector_store.client.close()
assert left == [] and history == [
    ("ADD", None, "Ada drinks tea"),
    ("UPDATE", "Ada drinks tea", "Ada drinks coffee"),
    ("DELETE", "Ada drinks coffee", None),
], (left, history)
print(f"seen: after delete_all {left}, and in the history {history}")
PY
