"""The systems whose data memdb adopts, by the names of their tables."""

from __future__ import annotations

from typing import Final

from memdb.operations.adopting.declared import Shape, Stream, System

_THREADS: Final = "into/begin_threads.sql"
ITEMS: Final = Shape("items", ("into/items/put.sql", "into/items/put_rest.sql"))
CHECKPOINTS: Final = Shape("checkpoints", (_THREADS, "into/checkpoints/put.sql"))
VALUES: Final = Shape("values", (_THREADS, "into/values/put.sql"))
WRITES: Final = Shape("writes", (_THREADS, "into/writes/put.sql"))
TRANSCRIPTS: Final = Shape("transcripts", ("into/transcripts/put.sql",), ("namespace", "id", "scope", "state"))
ENTRIES: Final = Shape("entries", ("into/entries/put.sql",), ("namespace", "id", "position", "entry_id", "data"))


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

_HISTORY: Final = "id memory_id old_memory new_memory event created_at updated_at is_deleted actor_id role"
_MESSAGES: Final = "id session_scope role content name created_at"

MEM0: Final = System(
    "mem0",
    "mem0ai 2, in pgvector or its SQLite file",
    {"memories": "mem0", "entities": "mem0_entities", "history": "history", "messages": "messages"},
    (
        Stream("memories", "mem0/memories.sql", ITEMS, _columns(memories="id vector payload")),
        Stream("entities", "mem0/memories.sql", ITEMS, _columns(entities="id vector payload"), optional=True, of={"memories": "entities"}),
    ),
    (
        Stream("memories with a history", "mem0/memories_of_history.sql", TRANSCRIPTS, _columns(history=_HISTORY)),
        Stream("changes of memories", "mem0/history.sql", ENTRIES, _columns(history=_HISTORY)),
        Stream("sessions", "mem0/scopes_of_messages.sql", TRANSCRIPTS, _columns(messages=_MESSAGES), optional=True),
        Stream("messages", "mem0/messages.sql", ENTRIES, _columns(messages=_MESSAGES), optional=True),
    ),
)

_SESSIONS: Final = Stream(
    "sessions", "openai_agents/sessions.sql", TRANSCRIPTS, _columns(agent_sessions="session_id created_at updated_at")
)
_ITEMS: Final = _columns(agent_messages="id session_id message_data created_at")

OPENAI_AGENTS: Final = System(
    "openai-agents",
    "openai-agents 0.24, of its SQLAlchemySession or SQLiteSession",
    {"agent_sessions": "agent_sessions", "agent_messages": "agent_messages"},
    (_SESSIONS, Stream("items", "openai_agents/items.sql", ENTRIES, _ITEMS)),
    (_SESSIONS, Stream("items", "openai_agents/items_of_file.sql", ENTRIES, _ITEMS)),
)

_STATE: Final = "app_name state update_time"

GOOGLE_ADK: Final = System(
    "google-adk",
    "google-adk 2 with DatabaseSessionService, schema version 1, to which `adk migrate session` brings those of version 0",
    {name: name for name in ("sessions", "events", "app_states", "user_states")},
    (
        Stream(
            "sessions",
            "google_adk/sessions.sql",
            TRANSCRIPTS,
            _columns(sessions="app_name user_id id state create_time update_time"),
        ),
        # Tables of version 0 have no event_data, but data that only Python's pickle can read: ADK's own migration converts them.
        Stream("events", "google_adk/events.sql", ENTRIES, _columns(events="id app_name user_id session_id timestamp event_data")),
        Stream("states of apps", "google_adk/app_states.sql", ITEMS, _columns(app_states=_STATE)),
        Stream("states of users", "google_adk/user_states.sql", ITEMS, _columns(user_states=f"user_id {_STATE}")),
    ),
)

_COLLECTION: Final = "uuid name"
_MESSAGE: Final = _columns(chat_history="id session_id message created_at")

LANGCHAIN: Final = System(
    "langchain",
    "langchain-postgres 0.0, of its PGVector and PostgresChatMessageHistory",
    {name: name for name in ("langchain_pg_collection", "langchain_pg_embedding", "chat_history")},
    (
        Stream(
            "documents",
            "langchain/documents.sql",
            ITEMS,
            _columns(langchain_pg_collection=_COLLECTION, langchain_pg_embedding="id collection_id embedding document cmetadata"),
            before=Stream(
                "documents",
                "langchain/documents_of_custom_ids.sql",
                ITEMS,
                _columns(
                    langchain_pg_collection=_COLLECTION, langchain_pg_embedding="uuid custom_id collection_id embedding document cmetadata"
                ),
                left_out="langchain/left_out_documents.sql",
            ),
            optional=True,
            left_out="langchain/left_out_documents.sql",
        ),
        Stream("sessions", "langchain/sessions.sql", TRANSCRIPTS, _MESSAGE, optional=True),
        Stream("messages", "langchain/messages.sql", ENTRIES, _MESSAGE, optional=True),
    ),
)

_CHAT: Final = _columns(chatstore="key value")

LLAMA_INDEX: Final = System(
    "llama-index",
    "llama-index-vector-stores-postgres 0.9 and llama-index-storage-chat-store-postgres 0.5",
    {"vectors": "data_llamaindex", "chatstore": "chatstore"},
    (
        Stream(
            "nodes",
            "llama_index/nodes.sql",
            ITEMS,
            _columns(vectors="id text metadata_ node_id embedding"),
            optional=True,
            left_out="llama_index/left_out_nodes.sql",
        ),
        Stream("chats", "llama_index/chats.sql", TRANSCRIPTS, _CHAT, optional=True),
        Stream("messages", "llama_index/messages.sql", ENTRIES, _CHAT, optional=True),
    ),
)

SYSTEMS: Final = {system.name: system for system in (LANGGRAPH, MEM0, OPENAI_AGENTS, GOOGLE_ADK, LANGCHAIN, LLAMA_INDEX)}
