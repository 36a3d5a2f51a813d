#!/usr/bin/env bash
# Guess: a filter `n > 5` passes over an entry whose n is a text.
# Seen: llama-index-core 0.14.25, SimpleVectorStore: the whole query raises TypeError; an entry without n is
# passed over.
# Why it matters: one memory whose metadata was read from a CSV stops every filtered search of the store.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check llama-index-core==0.14.25
venv/bin/python - <<'PY'
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores import SimpleVectorStore
from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters, VectorStoreQuery

filters = MetadataFilters(filters=[MetadataFilter(key="n", value=5, operator=">")])


def found(*values):
    store = SimpleVectorStore()
    store.add([TextNode(id_=str(i), text="x", metadata=value, embedding=[1.0, 0.0]) for i, value in enumerate(values)])
    try:
        return store.query(VectorStoreQuery(query_embedding=[1.0, 0.0], similarity_top_k=5, filters=filters)).ids
    except TypeError as error:
        return str(error)


without, text = found({"n": 7}, {}), found({"n": 7}, {"n": "7"})
assert without == ["0"] and text == "'>' not supported between instances of 'str' and 'int'", (without, text)
print(f"seen: {without} beside one without n; beside one with a text: {text}")
PY
