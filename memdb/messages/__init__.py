"""Messages: what was said in a session, in order."""

from memdb.messages.reading import get, page, page_of_newest, page_of_oldest, unembedded
from memdb.messages.searching import search, search_scope
from memdb.messages.structs import Content, Message, MessageHit, NewMessage, Part, Role, ToolCall, Window, WindowPart
from memdb.messages.windowing import CountTokens, window, window_parts
from memdb.messages.writing import append, append_many, change, delete, embed, insert, insert_new, update

__all__ = [
    "Content",
    "CountTokens",
    "Message",
    "MessageHit",
    "NewMessage",
    "Part",
    "Role",
    "ToolCall",
    "Window",
    "WindowPart",
    "append",
    "append_many",
    "change",
    "delete",
    "embed",
    "get",
    "insert",
    "insert_new",
    "page",
    "page_of_newest",
    "page_of_oldest",
    "search",
    "search_scope",
    "unembedded",
    "update",
    "window",
    "window_parts",
]
