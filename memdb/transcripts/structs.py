"""What a transcript and its entries are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import JsonValue
from memdb.engine.json_values import of_verbatim
from memdb.errors import MemdbError

# Sizes are in bytes where the database checks them, so that keys fit into their indexes.
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
"""The revision to expect where there must be no transcript yet."""


class RevisionConflict(MemdbError):
    """The transcript `id` has not the expected revision: it was changed, begun or removed since it was read. Nothing was changed."""

    def __init__(self, id: str) -> None:
        super().__init__(f"the transcript {id!r} was changed, begun or removed since it was read; read it again and decide anew")
        self.id = id


class Transcript(msgspec.Struct, frozen=True):
    """A transcript. `id` is the caller's name for it in its `namespace`, `key` memdb's.

    - `scope`: a text to list transcripts by, such as a user or a channel of the caller's.
    - `length`: the number of entries from the first to the head, the newest. `head_id` is the id of that one, if it has one.
    - `branches`: the ids of entries at which other branches end.
    - `revision`: changes with each write. `updated_at`: as given to the last `write`; after `append` and `pop` right to the minute.
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
        """What `state_text` says, decoded anew each time; None where there is none."""
        return None if self.state_text is None else of_verbatim(self.state_text)


class Entry(msgspec.Struct, frozen=True):
    """An entry of a transcript: `text` is the JSON of its value. Positions ascend from each entry to the next, not always by one.

    `parent_id` is the id of the entry before it, if both have one.
    """

    position: int
    id: str | None
    parent_id: str | None
    text: str
    created_at: datetime

    @property
    def value(self) -> Any:
        """What `text` says, decoded anew each time: equal to what was given, with a list for a tuple."""
        return of_verbatim(self.text)


class NewEntry(NamedTuple):
    """A value with an id of the caller's, which is unique in its transcript and needed to branch from it."""

    value: JsonValue
    id: str | None = None
