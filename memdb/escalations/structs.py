"""The class of escalations."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

Kind: TypeAlias = Literal["contradiction", "duplicate", "update", "other"]
Status: TypeAlias = Literal["pending", "resolved", "dismissed"]
Decision: TypeAlias = Literal["resolved", "dismissed"]


class Escalation(msgspec.Struct, frozen=True):
    """A conflict of two memories. `subject` is what it is about, `resolution` the decision."""

    id: UUID
    memory_id: UUID
    candidate_id: UUID
    kind: Kind
    status: Status
    subject: str | None
    reason: str | None
    created_by: str | None
    created_at: datetime
    resolved_by: str | None
    resolved_at: datetime | None
    resolution: str | None
