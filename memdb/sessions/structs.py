"""What sessions are, and the values of their fields."""

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

    - `external_id` is the caller's own, unique among the agent's live sessions. `directive_number` is the version of the agent's directive
      that it runs under.
    - `messages` and `tokens` are those that are not deleted; a round begins with a user's message. `last_position` is the place of the last
      message ever appended, `extracted_position` the one up to which memories were extracted.
    - `input_tokens`, `output_tokens` and `latency_ms` (milliseconds) are the sums of its checkpoints.
    - `edits` counts changes of what messages say, and deletions of messages. `version` goes up by one with each change of the session
      itself, not with what is appended.
    - `active_at` is when the last message was sent, checkpoint recorded or (to the minute) event appended. `closed_at` and `archived_at`
      are None while it is not; `archived_to` is where a deep-archived session went.
    """

    cursor_fields = ("active_at", "id")

    id: UUID
    agent_id: UUID
    user_id: UUID | None
    external_id: str | None
    title: str | None
    status: str
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
    """What a start came to: the session, and whether it was made rather than found."""

    session: Session
    created: bool
