"""Messages: what was said in a session, in order."""

from memdb.messages.reading import count, get, page, unembedded
from memdb.messages.searching import search
from memdb.messages.structs import Content, Message, MessageDetails, MessageHit, NewMessage, Part, Ranking, Role, ToolCall, Window
from memdb.messages.windowing import CountTokens, window
from memdb.messages.writing import append, append_many, delete, embed, restore, update

__all__ = [
    "Content",
    "CountTokens",
    "Message",
    "MessageDetails",
    "MessageHit",
    "NewMessage",
    "Part",
    "Ranking",
    "Role",
    "ToolCall",
    "Window",
    "append",
    "append_many",
    "count",
    "delete",
    "embed",
    "get",
    "page",
    "restore",
    "search",
    "unembedded",
    "update",
    "window",
]
