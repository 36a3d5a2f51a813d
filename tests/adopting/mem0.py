"""mem0's memories in pgvector."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from memdb import transcripts
from memdb.engine.database import Tenant
from tests.adopting.langgraph import embed

PACKAGES = ("mem0ai",)
TABLES: Mapping[str, str] = {}
QUERIES = ("violin", "car")
MEMORIES = (
    ("00000000-0000-4000-8000-000000000001", {"data": "Plays the violin.", "user_id": "ada", "hash": "h1", "year": 2026}),
    ("00000000-0000-4000-8000-000000000002", {"data": "Has a red car.", "user_id": "bob", "hash": "h2", "tags": ["a", "b"]}),
    ("00000000-0000-4000-8000-000000000003", {"data": "Has a red car.", "user_id": "bob", "hash": "h2"}),
)


def write(dsn: str) -> Any:
    from mem0.vector_stores.pgvector import PGVector

    def store(name: str) -> Any:
        return PGVector("", name, 384, "", "", "", 0, False, True, connection_string=dsn)

    memories = store("mem0")
    payloads = [
        payload | {"created_at": f"2026-01-0{day}T10:00:00.123456-07:00", "text_lemmatized": payload["data"].lower()}
        for day, (_, payload) in enumerate(MEMORIES, 1)
    ]
    memories.insert(embed([payload["data"] for payload in payloads]), payloads, [id for id, _ in MEMORIES])
    store("mem0_entities").insert(
        embed(["Ada"]), [{"data": "Ada", "user_id": "ada", "linked_memory_ids": [MEMORIES[0][0]]}], [MEMORIES[0][0]]
    )
    return seen(memories)


async def read(tenant: Tenant) -> Any:
    from memdb.adapters.mem0 import MemdbVectorStore

    return await asyncio.to_thread(seen, MemdbVectorStore(tenant=tenant))


def write_file(path: str) -> Any:
    from mem0.memory.storage import SQLiteManager

    history = SQLiteManager(path)
    for number, (event, old, new) in enumerate(
        (("ADD", None, "Has a car."), ("UPDATE", "Has a car.", "Has a red car."), ("DELETE", "Has a red car.", None))
    ):
        moment = f"2026-01-0{number + 1}T10:00:00.5-07:00"
        history.add_history(
            MEMORIES[1][0], old, new, event, created_at=moment, updated_at=moment, is_deleted=int(event == "DELETE"), actor_id="bob"
        )
    history.add_history(MEMORIES[0][0], None, "Plays the violin.", "ADD", created_at="2026-01-01T00:00:00Z")
    history.save_messages([{"role": "user", "content": "Hello.\n"}, {"role": "assistant", "content": "ä", "name": "bot"}], "user_id=ada")
    found = {id: history.get_history(id) for id, _ in MEMORIES[:2]}
    last = history.get_last_messages("user_id=ada")
    history.close()
    return {"history": found, "messages": last}


async def read_history(tenant: Tenant) -> Any:
    """From the transcripts that it becomes: mem0 itself reads its file, whatever its vector store is."""
    found = {id: [each.value for each in await transcripts.history(tenant, id=id, namespace="mem0/history")] for id, _ in MEMORIES[:2]}
    last = await transcripts.history(tenant, id="user_id=ada", namespace="mem0/messages")
    return {"history": found, "messages": [each.value for each in last]}


def seen(store: Any) -> Any:
    everything = sorted([[each.id, each.payload] for each in store.list(top_k=100)[0]])
    found = {query: [[each.id, round(each.score, 2)] for each in store.search(query, embed([query])[0], 3)] for query in QUERIES}
    return {"all": everything, "found": {query: sorted(hits) for query, hits in found.items()}, "one": store.get(MEMORIES[1][0]).payload}
