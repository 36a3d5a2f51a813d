"""LangGraph over memdb: a checkpointer of graphs.

    async with memdb.connect(dsn) as db:
        graph = builder.compile(checkpointer=MemdbSaver(db.tenant(org_id)))

or, as with the savers of langgraph-checkpoint-postgres, from a connection string, for graphs that are awaited and for those that are not:

    async with MemdbSaver.from_conn_string(dsn) as saver: ...
    with MemdbSaver.from_conn_string(dsn) as saver: ...
"""

from memdb.errors import ExtraMissing

try:
    from memdb.adapters.langgraph.saver import MemdbSaver
except ImportError as error:
    raise ExtraMissing("LangGraph's checkpointer", "langgraph") from error

__all__ = ["MemdbSaver"]
