"""LangChain's vector store and history of chat messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from memdb.adapters.langchain import MemdbChatMessageHistory, MemdbVectorStore
from memdb.engine.database import Tenant
from tests.adopting.langgraph import embed

PACKAGES = ("langchain-postgres",)
TABLES: Mapping[str, str] = {}
QUERIES = ("violin", "car")
SESSION = "00000000-0000-4000-8000-00000000000a"


class Letters(Embeddings):
    """Stands for a model."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return embed(texts)

    def embed_query(self, text: str) -> list[float]:
        return embed([text])[0]


def write(dsn: str) -> Any:
    import psycopg
    from langchain_postgres import PGVector, PostgresChatMessageHistory

    store = PGVector(Letters(), connection=dsn.replace("postgresql://", "postgresql+psycopg://"), collection_name="handbook")
    store.add_documents(
        [
            Document("Plays the violin.", metadata={"page": 9, "nested": {"a": [1]}}, id="one"),
            Document("Has a red car. ä", metadata={}, id="two"),
            Document("Has a red car. ä", metadata={"page": 9}, id="three"),
        ]
    )
    other = PGVector(Letters(), connection=dsn.replace("postgresql://", "postgresql+psycopg://"), collection_name="other")
    other.add_documents([Document("Of another collection.", id="four")])
    found = {query: sorted(map(_hit, store.similarity_search_with_score(query, k=3))) for query in QUERIES}
    with psycopg.connect(dsn) as connection:
        PostgresChatMessageHistory.create_tables(connection, "chat_history")
        history = PostgresChatMessageHistory("chat_history", SESSION, sync_connection=connection)
        call = {"name": "f", "args": {"x": 1}, "id": "c-1", "type": "tool_call"}
        history.add_messages([SystemMessage("Be kind."), HumanMessage("Hello. ä"), AIMessage("", tool_calls=[call])])
        history.add_messages([ToolMessage("1", tool_call_id="c-1"), AIMessage("One.")])
        messages = [_message(each) for each in history.messages]
    return {
        "found": found,
        "messages": messages,
        "documents": sorted(_document(each) for each in store.get_by_ids(["one", "two", "three"])),
    }


async def read(tenant: Tenant) -> Any:
    store = MemdbVectorStore(tenant, Letters(), collection="handbook")
    found = {query: sorted(map(_hit, await store.asimilarity_search_with_score(query, k=3))) for query in QUERIES}
    messages = [_message(each) for each in await MemdbChatMessageHistory(SESSION, tenant).aget_messages()]
    documents = sorted(_document(each) for each in await store.aget_by_ids(["one", "two", "three"]))
    return {"found": found, "messages": messages, "documents": documents}


def _hit(hit: tuple[Document, float]) -> list[Any]:
    document, distance = hit
    return [document.id, document.page_content, round(distance, 2)]


def _document(document: Document) -> list[Any]:
    return [document.id, document.page_content, document.metadata]


def _message(message: Any) -> Any:
    return message.model_dump(mode="json")
