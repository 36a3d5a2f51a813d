"""LangChain over memdb: a chat message history, and a vector store.

    async with memdb.connect(dsn) as db:
        tenant = db.tenant(org_id)
        history = MemdbChatMessageHistory("session-1", tenant)
        store = MemdbVectorStore(tenant, embedding, collection="handbook")

or from a connection string, for asynchronous and synchronous code:

    async with MemdbVectorStore.from_conn_string(dsn, embedding) as store: ...
    with MemdbVectorStore.from_conn_string(dsn, embedding) as store: ...
"""

from memdb.errors import ExtraMissing

try:
    from memdb.adapters.langchain.history import MemdbChatMessageHistory
    from memdb.adapters.langchain.vectors import MemdbVectorStore
except ImportError as error:
    raise ExtraMissing("LangChain's adapter", "langchain") from error

__all__ = ["MemdbChatMessageHistory", "MemdbVectorStore"]
