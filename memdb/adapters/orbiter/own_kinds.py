"""orbiter-memory's kinds of items, its status, error and protocol, for use without it: it is in no package index."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field


def _now() -> str:
    return datetime.now(UTC).isoformat()


class MemoryError(Exception):
    """A store refused an operation, or a transition does not exist."""


class MemoryStatus(StrEnum):
    """A draft can be accepted or discarded, an accepted item can be discarded, and a discarded one stays so."""

    DRAFT = "draft"
    ACCEPTED = "accepted"
    DISCARD = "discard"


_NEXT: Final = {MemoryStatus.DRAFT: {MemoryStatus.ACCEPTED, MemoryStatus.DISCARD}, MemoryStatus.ACCEPTED: {MemoryStatus.DISCARD}}


class MemoryMetadata(BaseModel):
    """An item's owners and origin. `extra` is any JSON object."""

    model_config = ConfigDict(frozen=True)

    user_id: str | None = None
    session_id: str | None = None
    task_id: str | None = None
    agent_id: str | None = None
    extra: dict[str, Any] = Field(default_factory=dict)


class MemoryItem(BaseModel):
    """Something to remember. `created_at` and `updated_at` are ISO-8601."""

    id: str = Field(default_factory=lambda: uuid.uuid4().hex)
    content: str
    memory_type: str
    status: MemoryStatus = MemoryStatus.ACCEPTED
    metadata: MemoryMetadata = Field(default_factory=MemoryMetadata)
    created_at: str = Field(default_factory=_now)
    updated_at: str = Field(default_factory=_now)

    def transition(self, new_status: MemoryStatus) -> None:
        """Take a status, now. Raises MemoryError if the item cannot take it."""
        if new_status not in _NEXT.get(self.status, set()):
            raise MemoryError(f"Cannot transition from {self.status!r} to {new_status!r}")
        self.status = new_status
        self.updated_at = _now()


class SystemMemory(MemoryItem):
    """A prompt or another instruction."""

    memory_type: str = "system"


class HumanMemory(MemoryItem):
    """A user's message."""

    memory_type: str = "human"


class AIMemory(MemoryItem):
    """A model's answer, and the tools that it called."""

    memory_type: str = "ai"
    tool_calls: list[dict[str, Any]] = Field(default_factory=list)


class ToolMemory(MemoryItem):
    """A tool's result."""

    memory_type: str = "tool"
    tool_call_id: str = ""
    tool_name: str = ""
    is_error: bool = False


@runtime_checkable
class MemoryStore(Protocol):
    """The interface of every store."""

    async def add(self, item: MemoryItem) -> None: ...

    async def get(self, item_id: str) -> MemoryItem | None: ...

    async def search(
        self,
        *,
        query: str = "",
        metadata: MemoryMetadata | None = None,
        memory_type: str | None = None,
        status: MemoryStatus | None = None,
        limit: int = 10,
    ) -> list[MemoryItem]: ...

    async def clear(self, *, metadata: MemoryMetadata | None = None) -> int: ...
