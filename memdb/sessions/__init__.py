"""Sessions: each is one conversation of an agent. Their messages are in `messages`."""

from memdb.sessions.reading import Filters, count, get, get_by_external_id, page, to_extract
from memdb.sessions.structs import ClosedStatus, Session, Started, Status
from memdb.sessions.writing import close, delete, mark_extracted, reopen, restore, start, sweep_idle, update

__all__ = [
    "ClosedStatus",
    "Filters",
    "Session",
    "Started",
    "Status",
    "close",
    "count",
    "delete",
    "get",
    "get_by_external_id",
    "mark_extracted",
    "page",
    "reopen",
    "restore",
    "start",
    "sweep_idle",
    "to_extract",
    "update",
]
