"""The class of checkpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import JsonObject

Turn: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Checkpoint(msgspec.Struct, frozen=True):
    """One turn of a session. `latency_ms` is in milliseconds; `messages_hash` and `completion_hash` are SHA-256, in hexadecimal."""

    cursor_fields = ("turn",)

    session_id: UUID
    turn: int
    request_id: str | None
    messages_hash: str | None
    completion_hash: str | None
    input_tokens: int
    output_tokens: int
    latency_ms: int
    model: str | None
    provider: str | None
    provider_request_id: str | None
    is_streaming: bool
    is_complete: bool
    state: JsonObject
    created_at: datetime
