"""LangGraph's saver and store."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from memdb.adapters.langgraph import MemdbSaver, MemdbStore
from memdb.engine.database import Tenant

PACKAGES = ("langgraph-checkpoint-postgres",)
TABLES: Mapping[str, str] = {}
THREADS = ("t-1", "t-2", "t.3")
QUERIES = ("violin", "car", "alpha", "beta")


class State(TypedDict):
    said: Annotated[list[str], operator.add]
    tags: set[str]
    count: int


def embed(texts: list[str]) -> list[list[float]]:
    """Stands for a model: vectors of the counts of letters."""
    return [[float(text.lower().count(chr(number))) for number in range(384)] for text in texts]


INDEX: Any = {"dims": 384, "embed": embed, "fields": ["text", "parts[*].t"]}


def write(dsn: str) -> Any:
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.graph import START, StateGraph
    from langgraph.store.postgres import PostgresStore

    with PostgresSaver.from_conn_string(dsn) as saver:
        saver.setup()
        builder = StateGraph(State)
        builder.add_node("answer", lambda state: {"said": [f"answer {len(state['said'])}\0"], "tags": {"a", "b"}, "count": 2**40})
        builder.add_edge(START, "answer")
        graph = builder.compile(checkpointer=saver)
        for thread in THREADS:
            for number in range(2):
                graph.invoke(
                    {"said": [f"question {number}"], "count": number}, {"configurable": {"thread_id": thread}, "metadata": {"n": 1}}
                )
        last = saver.get_tuple({"configurable": {"thread_id": "t-1"}})
        assert last is not None
        saver.put_writes(last.config, [("said", ["pending"]), ("__error__", "lost")], "task-1", "~ path")
        checkpoints = [shown(saver.list({"configurable": {"thread_id": thread}})) for thread in THREADS]
    with PostgresStore.from_conn_string(dsn, index=INDEX) as store:
        store.setup()
        store.put(("users", "ada"), "1", {"text": "plays the violin", "n": 2**53 + 1, "nested": {"a": [1, None]}})
        store.put(("users", "ada"), "", {"text": "has a red car"}, ttl=60)
        store.put(("users",), "parts", {"parts": [{"t": "alpha"}, {"t": "beta"}]})
        store.put(("ünïcode", 'qu"ote'), "key / 'x'", {"text": "ä\n"}, index=False)
        found = items(store)
        # What the store goes on to find by what it no longer says is not adopted.
        store.put(("users", "ada"), "stale", {"text": "violin violin"})
        store.put(("users", "ada"), "stale", {"text": "nothing"}, index=False)
    return {"checkpoints": checkpoints, "items": found}


async def read(tenant: Tenant) -> Any:
    saver = MemdbSaver(tenant)
    checkpoints = [shown([each async for each in saver.alist({"configurable": {"thread_id": thread}})]) for thread in THREADS]
    store = MemdbStore(tenant, index=INDEX)
    await store.adelete(("users", "ada"), "stale")
    found = {query: ranked(await store.asearch((), query=query, limit=3)) for query in QUERIES}
    return {"checkpoints": checkpoints, "items": {"all": listed(await store.asearch((), limit=100)), "found": found}}


def items(store: Any) -> Any:
    found = {query: ranked(store.search((), query=query, limit=3)) for query in QUERIES}
    return {"all": listed(store.search((), limit=100)), "found": found}


def listed(found: Any) -> Any:
    return [[list(each.namespace), each.key, each.value, each.created_at.isoformat(), each.updated_at.isoformat()] for each in found]


def ranked(found: Any) -> Any:
    """With scores that half precision has, too."""
    return sorted([[*each.namespace, each.key, round(each.score, 2)] for each in found])


def shown(found: Any) -> Any:
    return [
        [each.config["configurable"], plain(each.checkpoint), each.metadata, each.parent_config, plain(each.pending_writes)]
        for each in found
    ]


def plain(value: Any) -> Any:
    """With sets as what JSON has, too."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, set):
        return {"set": sorted(value)}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value
