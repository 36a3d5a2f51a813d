#!/usr/bin/env bash
# Guess: NOT over two conditions means the same in both libraries.
# Seen: haystack-ai 3.4.1 lets pass what does not meet both, llama-index-core 0.14.25 what meets neither (each in
# its store in memory). An OR of no conditions lets nothing pass in haystack-ai, everything in llama-index-core.
# Why it matters: a filter that is carried over from one to the other keeps its form; "not private and not
# archived" then shows what is private, as long as it is not archived.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check haystack-ai==3.4.1 llama-index-core==0.14.25
venv/bin/python - <<'PY'
from haystack import Document
from haystack.document_stores.in_memory import InMemoryDocumentStore
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores import MetadataFilter, MetadataFilters, SimpleVectorStore, VectorStoreQuery

memories = {"both": ("y", "y"), "private": ("y", "n"), "archived": ("n", "y"), "neither": ("n", "n")}
metadata = {name: {"private": private, "archived": archived} for name, (private, archived) in memories.items()}
haystack = InMemoryDocumentStore()
haystack.write_documents([Document(id=name, content=name, meta=given) for name, given in metadata.items()])
llama_index = SimpleVectorStore()
llama_index.add([TextNode(id_=name, embedding=[1.0, 0.0], metadata=given) for name, given in metadata.items()])


def found(condition, *fields):
    of_haystack = [{"field": f"meta.{field}", "operator": "==", "value": "y"} for field in fields]
    filters = MetadataFilters(filters=[MetadataFilter(key=field, value="y") for field in fields], condition=condition)
    query = VectorStoreQuery(query_embedding=[1.0, 0.0], similarity_top_k=9, filters=filters)
    return (
        sorted(d.id for d in haystack.filter_documents({"operator": condition.upper(), "conditions": of_haystack})),
        sorted(llama_index.query(query).ids),
    )


of_two, nothing = found("not", "private", "archived"), found("or")
assert of_two == (["archived", "neither", "private"], ["neither"]), of_two
assert nothing == ([], sorted(memories)), nothing
print(f"seen: NOT of two finds {of_two[0]} in haystack-ai, {of_two[1]} in llama-index-core; OR of none {nothing[0]} and {nothing[1]}")
PY
