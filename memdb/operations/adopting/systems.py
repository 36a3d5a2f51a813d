"""The systems whose data memdb adopts, by the names of their tables."""

from __future__ import annotations

from typing import Final

from memdb.operations.adopting.declared import Shape, Stream, System

_THREADS: Final = "into/begin_threads.sql"
ITEMS: Final = Shape("items", ("into/items/put.sql", "into/items/put_rest.sql"))
CHECKPOINTS: Final = Shape("checkpoints", (_THREADS, "into/checkpoints/put.sql"))
VALUES: Final = Shape("values", (_THREADS, "into/values/put.sql"))
WRITES: Final = Shape("writes", (_THREADS, "into/writes/put.sql"))


def _columns(**tables: str) -> dict[str, frozenset[str]]:
    return {table: frozenset(columns.split()) for table, columns in tables.items()}


_CHECKPOINT: Final = "thread_id checkpoint_ns checkpoint_id"

LANGGRAPH: Final = System(
    "langgraph",
    "langgraph-checkpoint-postgres 2 and 3",
    {name: name for name in ("store", "store_vectors", "checkpoints", "checkpoint_blobs", "checkpoint_writes")},
    (
        Stream(
            "items",
            "langgraph/store.sql",
            ITEMS,
            _columns(store="prefix key value created_at updated_at expires_at ttl_minutes"),
            before=Stream(
                "items",
                "langgraph/store_without_ttl.sql",
                ITEMS,
                _columns(store="prefix key value created_at updated_at"),
                optional=True,
            ),
            optional=True,
        ),
        Stream(
            "vectors of items",
            "langgraph/vectors.sql",
            ITEMS,
            _columns(store="prefix key value updated_at", store_vectors="prefix key field_name embedding updated_at"),
            optional=True,
            left_out="langgraph/left_out_vectors.sql",
        ),
        Stream(
            "checkpoints",
            "langgraph/checkpoints.sql",
            CHECKPOINTS,
            _columns(checkpoints=f"{_CHECKPOINT} parent_checkpoint_id checkpoint metadata"),
            optional=True,
        ),
        Stream(
            "values of channels",
            "langgraph/values.sql",
            VALUES,
            _columns(checkpoint_blobs="thread_id checkpoint_ns channel version type blob"),
            optional=True,
            left_out="langgraph/left_out_values.sql",
        ),
        Stream(
            "writes of tasks",
            "langgraph/writes.sql",
            WRITES,
            _columns(checkpoint_writes=f"{_CHECKPOINT} task_id task_path idx channel type blob"),
            before=Stream(
                "writes of tasks",
                "langgraph/writes_without_path.sql",
                WRITES,
                _columns(checkpoint_writes=f"{_CHECKPOINT} task_id idx channel type blob"),
            ),
            optional=True,
        ),
    ),
)

MEM0: Final = System(
    "mem0",
    "mem0ai 2 with pgvector",
    {"memories": "mem0", "entities": "mem0_entities"},
    (
        Stream("memories", "mem0/memories.sql", ITEMS, _columns(memories="id vector payload")),
        Stream("entities", "mem0/entities.sql", ITEMS, _columns(entities="id vector payload"), optional=True),
    ),
)

SYSTEMS: Final = {system.name: system for system in (LANGGRAPH, MEM0)}
