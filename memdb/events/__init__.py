"""Events: what happened, as it came in. They never change, and are deleted only by retention."""

from memdb.events.reading import count, get, page, search, unembedded
from memdb.events.structs import Event, EventDetails, EventHit, Filters, NewEvent
from memdb.events.writing import add, add_many, embed

__all__ = [
    "Event",
    "EventDetails",
    "EventHit",
    "Filters",
    "NewEvent",
    "add",
    "add_many",
    "count",
    "embed",
    "get",
    "page",
    "search",
    "unembedded",
]
