"""The classes of sessions, and the types of their fields."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import JsonObject

Status: TypeAlias = Literal["active", "completed", "abandoned", "error", "cold_archived", "deep_archived"]
ClosedStatus: TypeAlias = Literal["completed", "abandoned", "error"]
ExternalId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
Title: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]


class Session(msgspec.Struct, frozen=True):
    """A live session.

    - `external_id` is the caller's own id, unique among the agent's live sessions. `directive_number` is the version of the agent's
      directive under which it runs.
    - `messages`, `rounds` and `tokens` count what is not deleted; a round begins with a user's message. `last_position` is the position of
      the last message ever appended, `extracted_position` that of the last message from which memories were extracted.
    - `input_tokens`, `output_tokens` and `latency_ms` (milliseconds) are the sums over its checkpoints.
    - `edits` counts changes of messages' contents and deletions of messages. `version` increases by one with each change of the session
      itself, not when something is appended.
    - `active_at` is when the last message was sent, checkpoint recorded or (to the minute) event appended. `closed_at` and `archived_at`
      are None until then. `archived_to` is where a deep-archived session was stored.
    """

    cursor_fields = ("active_at", "id")

    id: UUID
    agent_id: UUID
    user_id: UUID | None
    external_id: str | None
    title: str | None
    status: Status
    model: str | None
    provider: str | None
    directive_number: int | None
    metadata: JsonObject
    messages: int
    rounds: int
    tokens: int
    input_tokens: int
    output_tokens: int
    latency_ms: int
    last_position: int
    extracted_position: int
    edits: int
    version: int
    active_at: datetime
    closed_at: datetime | None
    archived_at: datetime | None
    archived_to: str | None
    created_at: datetime
    updated_at: datetime


class Started(msgspec.Struct, frozen=True):
    """The result of `start`: the session, and whether it was created rather than found."""

    session: Session
    created: bool
