#!/usr/bin/env bash
# Guess: metadata {"pinned": True} is found by a filter for True.
# Seen: llama-index-core 0.14.25: a MetadataFilter takes no True, not even in a list: ValidationError. In
# SimpleVectorStore 1 finds True, and 1.0 does, and each finds the number 1 as well; "true" finds nothing.
# Why it matters: a flag is the commonest metadata that there is. What stands in for it, 1 here, is up to the
# store: where flags and numbers differ, as in JSON, it finds nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check llama-index-core==0.14.25
venv/bin/python - <<'PY'
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores import MetadataFilter, MetadataFilters, SimpleVectorStore, VectorStoreQuery

store = SimpleVectorStore()
flags = {"true": True, "false": False, "one": 1, "text": "true"}
store.add([TextNode(id_=name, embedding=[1.0, 0.0], metadata={"pinned": flag}) for name, flag in flags.items()])


def found(value):
    try:
        filters = MetadataFilters(filters=[MetadataFilter(key="pinned", value=value)])
    except ValueError as error:
        return type(error).__name__
    return sorted(store.query(VectorStoreQuery(query_embedding=[1.0, 0.0], similarity_top_k=9, filters=filters)).ids)


seen = {repr(value): found(value) for value in (True, [True], 1, 1.0, "true")}
refused, numbers = "ValidationError", ["one", "true"]
assert seen == {"True": refused, "[True]": refused, "1": numbers, "1.0": numbers, "'true'": ["text"]}, seen
print(f"seen: {seen}")
PY
