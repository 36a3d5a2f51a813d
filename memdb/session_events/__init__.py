"""Session events: what happened in a session, in order, for replaying or following it. They are only ever appended."""

from memdb.session_events.appending import append, append_many
from memdb.session_events.following import count, page, progress, tail
from memdb.session_events.structs import NewSessionEvent, Progress, SessionEvent

__all__ = [
    "NewSessionEvent",
    "Progress",
    "SessionEvent",
    "append",
    "append_many",
    "count",
    "page",
    "progress",
    "tail",
]
