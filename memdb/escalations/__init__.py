"""Escalations: memories whose contents conflict while both are valid, to be decided by someone."""

from memdb.escalations.deciding import close, escalate
from memdb.escalations.reading import count, get, page
from memdb.escalations.structs import Decision, Escalation, Kind, Status

__all__ = [
    "Decision",
    "Escalation",
    "Kind",
    "Status",
    "close",
    "count",
    "escalate",
    "get",
    "page",
]
