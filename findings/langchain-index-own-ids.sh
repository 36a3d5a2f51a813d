#!/usr/bin/env bash
# Guess: `index` stores a document under the id that it has.
# Seen: langchain-core 1.8.3: under a hash of its text and metadata. The own id finds nothing, deleting by it
# does nothing and says nothing, and of two documents with the same text and different ids the second is
# skipped.
# Why it matters: who moves from `add_documents` to `index` can no longer delete by the ids of the source, and
# sees no error.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langchain-core==1.8.3 numpy==2.4.6
venv/bin/python - <<'PY'
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.indexing import InMemoryRecordManager, index
from langchain_core.vectorstores import InMemoryVectorStore

store = InMemoryVectorStore(DeterministicFakeEmbedding(size=2))
records = InMemoryRecordManager("memories")
records.create_schema()
documents = [Document("Ada drinks tea", id=id, metadata={"source": "chat"}) for id in ("m-1", "m-2")]
result = index(documents, records, store, key_encoder="sha256")
by_id = store.get_by_ids(["m-1", "m-2"])
store.delete(["m-1", "m-2"])
left = [found.id for found in store.similarity_search("tea")]
assert (result["num_added"], result["num_skipped"], by_id) == (1, 1, []), (result, by_id)
assert len(left) == 1 and len(left[0]) == 64, left
print(f"seen: of m-1 and m-2 {result['num_added']} is added, as {left[0][:8]}..., and is there after both are deleted")
PY
