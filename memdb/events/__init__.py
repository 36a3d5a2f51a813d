"""Events: what happened, as it came in. None is changed after, and none deleted but by retention."""

from memdb.events.reading import get, page, page_of_agent, page_of_session, page_of_user, search, search_exact, unembedded
from memdb.events.structs import Event, EventCursor, EventHit, NewEvent
from memdb.events.writing import add, add_many, embed, insert

__all__ = [
    "Event",
    "EventCursor",
    "EventHit",
    "NewEvent",
    "add",
    "add_many",
    "embed",
    "get",
    "insert",
    "page",
    "page_of_agent",
    "page_of_session",
    "page_of_user",
    "search",
    "search_exact",
    "unembedded",
]
