#!/usr/bin/env bash
# Guess: of four vectors that are all the same, the two nearest are the two that were stored first.
# Seen: in lancedb 0.40.0 they are; in langchain-core 1.8.3 and in qdrant-client 1.20.0 (local mode) the last
# two, the last first; in llama-index-core 0.14.25 the last two, in the order of storing, while all four, too,
# come in that order: the first of four is not the first of two.
# Why it matters: memories of the same text are the usual ties; which of them a search with a limit shows, the
# older or the newer, and whether a larger limit goes on where a smaller one ended, is the store's affair.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langchain-core==1.8.3 llama-index-core==0.14.25 qdrant-client==1.20.0 lancedb==0.40.0
venv/bin/python - <<'PY'
import lancedb
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores import SimpleVectorStore, VectorStoreQuery
from qdrant_client import QdrantClient, models

vector, names = [1.0, 0.0], [1, 2, 3, 4]


class Same(Embeddings):
    def embed_documents(self, texts):
        return [vector] * len(texts)

    def embed_query(self, text):
        return vector


langchain = InMemoryVectorStore(Same())
langchain.add_documents([Document("tea", id=str(name)) for name in names])
llama_index = SimpleVectorStore()
llama_index.add([TextNode(id_=str(name), embedding=vector) for name in names])
qdrant = QdrantClient(":memory:")
qdrant.create_collection("m", vectors_config=models.VectorParams(size=2, distance="Cosine"))
qdrant.upsert("m", [models.PointStruct(id=name, vector=vector) for name in names])
lance = lancedb.connect("db").create_table("m", [{"id": name, "vector": vector} for name in names])


def found(k):
    return {
        "lancedb": [row["id"] for row in lance.search(vector).limit(k).to_list()],
        "langchain-core": [int(document.id) for document in langchain.similarity_search("tea", k=k)],
        "qdrant-client": [point.id for point in qdrant.query_points("m", query=vector, limit=k).points],
        "llama-index-core": [int(id) for id in llama_index.query(VectorStoreQuery(query_embedding=vector, similarity_top_k=k)).ids],
    }


two, four = found(2), found(4)
assert two == {"lancedb": [1, 2], "langchain-core": [4, 3], "qdrant-client": [4, 3], "llama-index-core": [3, 4]}, two
assert four == {
    "lancedb": [1, 2, 3, 4],
    "langchain-core": [4, 3, 2, 1],
    "qdrant-client": [4, 3, 2, 1],
    "llama-index-core": [1, 2, 3, 4],
}, four
print(f"seen: of four equal ones two are {two}")
PY
