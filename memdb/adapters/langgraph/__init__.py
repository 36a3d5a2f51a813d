"""LangGraph over memdb: a checkpointer for graphs, and a store of what agents know across threads.

    async with memdb.connect(dsn) as db:
        tenant = db.tenant(org_id)
        graph = builder.compile(checkpointer=MemdbSaver(tenant), store=MemdbStore(tenant))

or, as in langgraph-checkpoint-postgres, from a connection string, for asynchronous and synchronous graphs:

    async with MemdbSaver.from_conn_string(dsn) as saver: ...
    with MemdbSaver.from_conn_string(dsn) as saver: ...
"""

from memdb.errors import ExtraMissing

try:
    from memdb.adapters.langgraph.saver import MemdbSaver
    from memdb.adapters.langgraph.store import MemdbStore
except ImportError as error:
    raise ExtraMissing("LangGraph's adapter", "langgraph") from error

__all__ = ["MemdbSaver", "MemdbStore"]
