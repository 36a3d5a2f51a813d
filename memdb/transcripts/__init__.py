"""Transcripts: what was said and done, in order, in any format of the caller's.

    await transcripts.append(tenant, id="t-1", items=[{"role": "user", "content": "Hello."}])
    entries = await transcripts.history(tenant, id="t-1", limit=20)

An entry is any JSON value, stored exactly; memdb does not interpret it. For windows, searches and summaries of conversations, use
`memdb.messages`.
"""

from memdb.transcripts.reading import count, get, history, page
from memdb.transcripts.removing import delete, pop
from memdb.transcripts.structs import ABSENT, Entry, NewEntry, RevisionConflict, Transcript
from memdb.transcripts.writing import append, write

__all__ = [
    "ABSENT",
    "Entry",
    "NewEntry",
    "RevisionConflict",
    "Transcript",
    "append",
    "count",
    "delete",
    "get",
    "history",
    "page",
    "pop",
    "write",
]
