"""LlamaIndex's retrieval over documents, and a chat about them: with a fake embedder and a fake model, on the embedded server.

    python examples/llama_index_rag.py

Of an example for LlamaIndex's PGVectorStore, PostgresChatStore and PostgresKVStore only the imports and the connection have changed.
"""

from __future__ import annotations

import sys

from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.base.llms.types import CompletionResponse
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.storage.docstore.keyval_docstore import KVDocumentStore
from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

from memdb.adapters.llama_index import MemdbChatStore, MemdbKVStore, MemdbVectorStore


class Letters(BaseEmbedding):
    """Stands for an embedder: a vector of the counts of letters."""

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(text.lower().count(chr(number))) for number in range(384)]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


class Script(MockLLM):
    """Stands for a model that has one answer."""

    def complete(self, prompt: str, formatted: bool = False, **named: object) -> CompletionResponse:
        return CompletionResponse(text="Four.")


DOCUMENTS = [
    Document(text="A violin has four strings.", doc_id="violin", metadata={"strings": 4}),
    Document(text="A guitar has six strings.", doc_id="guitar", metadata={"strings": 6}),
]


def main(dsn: str) -> list[str]:
    vectors = MemdbVectorStore.from_params(connection_string=dsn, table_name="instruments", embed_dim=384)
    documents = KVDocumentStore(MemdbKVStore(vectors.client))
    storage = StorageContext.from_defaults(vector_store=vectors, docstore=documents)
    documents.add_documents(DOCUMENTS)
    VectorStoreIndex.from_documents(DOCUMENTS, storage, embed_model=Letters())
    vectors.close()

    # Another process, as it were: nothing is left of the first but what it saved.
    vectors = MemdbVectorStore.from_params(connection_string=dsn, table_name="instruments", embed_dim=384)
    chats = MemdbChatStore(vectors.client)
    index = VectorStoreIndex.from_vector_store(vectors, embed_model=Letters())
    few = MetadataFilters(filters=[MetadataFilter(key="strings", value=5, operator=FilterOperator.LT)])
    told = [each.get_content() for each in index.as_retriever(similarity_top_k=5, filters=few).retrieve("strings")]
    memory = ChatMemoryBuffer.from_defaults(chat_store=chats, chat_store_key="ada", token_limit=1000)
    index.as_chat_engine(chat_mode="context", llm=Script(), memory=memory).chat("How many strings has a violin?")
    told += [str(each.content) for each in chats.get_messages("ada")]
    told += sorted(KVDocumentStore(MemdbKVStore(vectors.client)).docs)
    print("\n".join(told))
    vectors.close()
    return told


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/llama-index")
