"""LlamaIndex over memdb: a vector store, a chat store and a key-value store.

    async with memdb.connect(dsn) as db:
        store = MemdbVectorStore(db.tenant(org_id), embed_dim=384)
        index = VectorStoreIndex.from_vector_store(store, embed_model=...)

or, as with those of LlamaIndex for PostgreSQL, from a connection string, in any thread:

    store = MemdbVectorStore.from_params(connection_string=dsn, table_name="papers", embed_dim=384)
"""

from memdb.errors import ExtraMissing

try:
    from memdb.adapters.llama_index.chats import MemdbChatStore
    from memdb.adapters.llama_index.keys import MemdbKVStore
    from memdb.adapters.llama_index.vectors import MemdbVectorStore
except ImportError as error:
    raise ExtraMissing("LlamaIndex's stores", "llama-index") from error

__all__ = ["MemdbChatStore", "MemdbKVStore", "MemdbVectorStore"]
