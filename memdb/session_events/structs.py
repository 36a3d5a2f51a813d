"""What an event of a session is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import JsonObject

Kind: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Number: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class SessionEvent(msgspec.Struct, frozen=True):
    """One event of a session. `number` counts from 1 without gaps, in the order in which the events became visible.

    `created_at` is when the writer's transaction began: of events that were appended at once, a later one may be the older.
    """

    cursor_fields = ("number",)

    session_id: UUID
    number: int
    id: UUID
    kind: str
    data: JsonObject
    created_at: datetime


class NewSessionEvent(msgspec.Struct, frozen=True):
    """What `append_many` takes: the arguments of `append`."""

    kind: str
    data: JsonObject | None = None
    id: UUID | None = None


class Progress(msgspec.Struct, frozen=True):
    """The number of a session's last event, 0 before the first, and whether it takes more."""

    last_event: int
    is_open: bool
