"""Threads: the state of a graph after each of its steps, as agent frameworks store it.

    await threads.put(tenant, thread_id="t-1", id="0001", versions={"messages": 1}, values=[NewValue("messages", 1, "msgpack", b"...")])
    newest = await threads.latest(tenant, thread_id="t-1")

Whoever runs the graph chooses the names of threads, namespaces (of nested graphs), checkpoints, channels and tasks. Only the reader of a
value can interpret it: it is stored as bytes, with a word that says how to read them.
"""

from memdb.threads.reading import ancestors, count, get, history, latest, page, writes
from memdb.threads.removing import HistoryNeeded, delete, delete_runs, prune, restore
from memdb.threads.structs import Ancestor, NewValue, NewWrite, Thread, ThreadCheckpoint, Value, Values, Write, Writes
from memdb.threads.writing import copy, put, put_writes

__all__ = [
    "Ancestor",
    "HistoryNeeded",
    "NewValue",
    "NewWrite",
    "Thread",
    "ThreadCheckpoint",
    "Value",
    "Values",
    "Write",
    "Writes",
    "ancestors",
    "copy",
    "count",
    "delete",
    "delete_runs",
    "get",
    "history",
    "latest",
    "page",
    "prune",
    "put",
    "put_writes",
    "restore",
    "writes",
]
