"""The classes of transcripts and their entries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import JsonValue
from memdb.engine.json_values import of_verbatim
from memdb.errors import MemdbError

# The database checks these sizes in bytes, so that keys fit into their indexes.
TranscriptId: TypeAlias = Annotated[str, Meta(max_length=1024)]
Namespace: TypeAlias = Annotated[str, Meta(max_length=512)]
Scope: TypeAlias = Annotated[str, Meta(max_length=512)]
EntryId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
Revision: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
ExpectedRevision: TypeAlias = Annotated[str, Meta(max_length=256)]
EntryIds: TypeAlias = Annotated[list[EntryId | None], Meta(max_length=10_000)]
Branches: TypeAlias = Annotated[list[EntryId], Meta(max_length=10_000)]
Text: TypeAlias = Annotated[str, Meta(max_length=256 * 1024 * 1024)]
Texts: TypeAlias = Annotated[list[Text], Meta(max_length=10_000)]
StateText: TypeAlias = Annotated[str, Meta(max_length=16 * 1024 * 1024)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]

ABSENT = ""
"""The expected revision if there must be no transcript yet."""


class RevisionConflict(MemdbError):
    """The transcript `id` does not have the expected revision; nothing was changed.

    It was changed, created or removed since it was read.
    """

    def __init__(self, id: str) -> None:
        super().__init__(f"the transcript {id!r} was changed, begun or removed since it was read; read it again and decide anew")
        self.id = id


class Transcript(msgspec.Struct, frozen=True):
    """A transcript. `id` is the caller's name for it in its `namespace`, `key` is memdb's id.

    - `scope`: a text by which to list transcripts, such as a user or a channel of the caller's.
    - `length`: the number of entries from the first to the head, the newest. `head_id` is the head's id, if it has one.
    - `branches`: the ids of entries at which other branches end.
    - `revision`: changes with each write. `updated_at`: as given to the last `write`; after `append` and `pop`, accurate to the minute.
    - `state_text`: the caller's own state as JSON.
    """

    cursor_fields = ("updated_at", "key")

    id: str
    namespace: str
    key: UUID
    agent_id: UUID | None
    user_id: UUID | None
    scope: str | None
    length: int
    head_id: str | None
    branches: list[str]
    revision: str
    state_text: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def state(self) -> Any:
        """`state_text`, decoded anew each time; None if there is none."""
        return None if self.state_text is None else of_verbatim(self.state_text)


class Entry(msgspec.Struct, frozen=True):
    """An entry of a transcript. `text` is the JSON of its value. Positions ascend from each entry to the next, not always by one.

    `parent_id` is the id of the entry before it, if both have one.
    """

    position: int
    id: str | None
    parent_id: str | None
    text: str
    created_at: datetime

    @property
    def value(self) -> Any:
        """`text`, decoded anew each time: equal to the given value, except that a tuple becomes a list."""
        return of_verbatim(self.text)


class NewEntry(NamedTuple):
    """A value with the caller's own id, which is unique in its transcript and is needed to branch from the entry."""

    value: JsonValue
    id: str | None = None
