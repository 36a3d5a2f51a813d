"""orbiter-memory over memdb: its memory stores, its kinds of items and its embeddings.

    async with PostgresMemoryStore(dsn) as store:
        await store.add(HumanMemory(content="I play the violin.", metadata=MemoryMetadata(user_id="ada")))
        await store.search(query="violin")

or on a tenant: `PostgresMemoryStore(db.tenant(org_id))`.
"""

from memdb.errors import ExtraMissing

try:
    from memdb.adapters.orbiter.embeddings import Embeddings, OpenAIEmbeddings
    from memdb.adapters.orbiter.kinds import (
        AIMemory,
        HumanMemory,
        MemoryError,
        MemoryItem,
        MemoryMetadata,
        MemoryStatus,
        MemoryStore,
        SystemMemory,
        ToolMemory,
    )
    from memdb.adapters.orbiter.local import SQLiteMemoryStore
    from memdb.adapters.orbiter.stores import PostgresMemoryStore, VectorMemoryStore
except ImportError as error:
    raise ExtraMissing("orbiter-memory's adapter", "orbiter") from error

__all__ = [
    "AIMemory",
    "Embeddings",
    "HumanMemory",
    "MemoryError",
    "MemoryItem",
    "MemoryMetadata",
    "MemoryStatus",
    "MemoryStore",
    "OpenAIEmbeddings",
    "PostgresMemoryStore",
    "SQLiteMemoryStore",
    "SystemMemory",
    "ToolMemory",
    "VectorMemoryStore",
]
