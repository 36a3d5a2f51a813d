"""LlamaIndex's vector store and chat store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from llama_index.core.llms import ChatMessage
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery

from memdb.adapters.llama_index import MemdbChatStore, MemdbVectorStore
from memdb.engine.database import Tenant
from tests.adopting.langgraph import embed

PACKAGES = ("llama-index-vector-stores-postgres", "llama-index-storage-chat-store-postgres")
TABLES: Mapping[str, str] = {"vectors": "data_docs", "chatstore": "chat"}
QUERIES = ("violin", "car")


def _node(id: str, text: str, **metadata: Any) -> TextNode:
    related = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id="doc-1")}
    return TextNode(id_=id, text=text, metadata=metadata, relationships=related, embedding=embed([text])[0])


def write(dsn: str) -> Any:
    from llama_index.storage.chat_store.postgres import PostgresChatStore
    from llama_index.vector_stores.postgres import PGVectorStore

    urls = [dsn.replace("postgresql://", f"postgresql+{driver}://") for driver in ("psycopg", "asyncpg")]
    vectors = PGVectorStore(connection_string=urls[0], async_connection_string=urls[1], table_name="docs", embed_dim=384)
    vectors.add([_node("n-1", "Plays the violin.", page=9), _node("n-2", "Had a blue car.", page=10), _node("n-3", "ä", tags=["a"])])
    # A second row of the same node.
    vectors.add([_node("n-2", "Has a red car.", page=11)])
    chats = PostgresChatStore.from_params(table_name="chat", connection_string=urls[0], async_connection_string=urls[1])
    chats.set_messages(
        "ada", [ChatMessage("Hello. ä", role="user"), ChatMessage("", role="assistant", additional_kwargs={"tool_calls": []})]
    )
    chats.add_message("ada", ChatMessage("Bye.", role="user"))
    chats.set_messages("bob", [ChatMessage("Hello.", role="user")])
    nodes = {each.node_id: each for each in sorted(vectors.get_nodes(["n-1", "n-2", "n-3"]), key=lambda node: str(node.metadata))}
    return {"nodes": sorted(map(_shown, nodes.values())), "found": _found(vectors), "chats": _chats(chats)}


async def read(tenant: Tenant) -> Any:
    return await asyncio.to_thread(_read, MemdbVectorStore(tenant, table_name="docs"), MemdbChatStore(tenant, table_name="chat"))


def _read(vectors: Any, chats: Any) -> Any:
    return {"nodes": sorted(map(_shown, vectors.get_nodes(["n-1", "n-2", "n-3"]))), "found": _found(vectors), "chats": _chats(chats)}


def _shown(node: Any) -> Any:
    related = {str(kind): each.node_id for kind, each in node.relationships.items()}
    return [node.node_id, node.get_content(), {key: node.metadata[key] for key in ("page", "tags") if key in node.metadata}, related]


def _found(store: Any) -> Any:
    found = {query: store.query(VectorStoreQuery(query_embedding=embed([query])[0], similarity_top_k=1)) for query in QUERIES}
    return {query: [[node.node_id, node.get_content()] for node in result.nodes] for query, result in found.items()}


def _chats(store: Any) -> Any:
    return {key: [each.model_dump(mode="json") for each in store.get_messages(key)] for key in sorted(store.get_keys())}
