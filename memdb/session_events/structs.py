"""The classes of session events."""

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
    """An event of a session. `number` counts from 1 without gaps, in the order in which the events became visible.

    `created_at` is when the writer's transaction began. Of events appended concurrently, a later one may have the earlier time.
    """

    cursor_fields = ("number",)

    session_id: UUID
    number: int
    id: UUID
    kind: str
    data: JsonObject
    created_at: datetime


class NewSessionEvent(msgspec.Struct, frozen=True):
    """An item of `append_many`; the fields are the parameters of `append`."""

    kind: str
    data: JsonObject | None = None
    id: UUID | None = None


class Progress(msgspec.Struct, frozen=True):
    """The number of a session's last event, 0 before the first, and whether it takes more."""

    last_event: int
    is_open: bool
