"""Messages, sessions and the result of a migration, as in AA Kit's documentation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from memdb.errors import InvalidInput


@dataclass
class Message:
    """A message.

    `timestamp`: None means now; without a zone it is local time; also as ISO-8601, or in seconds since 1970. `session_id` is set for search
    results.
    """

    role: str
    content: str
    timestamp: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    session_id: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        said = moment(self.timestamp)
        self.timestamp = (datetime.now(UTC) if said is None else said).astimezone(UTC)

    def to_dict(self) -> dict[str, Any]:
        """The message in JSON's types; `timestamp` is ISO-8601."""
        assert self.timestamp is not None
        return {"role": self.role, "content": self.content, "timestamp": self.timestamp.isoformat(), "metadata": self.metadata}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Message:
        """The message from `to_dict`'s result; `timestamp` and `metadata` may be omitted."""
        return cls(data["role"], data["content"], data.get("timestamp"), dict(data.get("metadata") or {}))


@dataclass
class SessionInfo:
    """A session: the times of its first and last message, and their number."""

    session_id: str
    created_at: datetime
    updated_at: datetime
    message_count: int
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass
class MigrationResult:
    """The result of `migrate_memory`: the numbers of copied sessions and messages, the seconds taken, and the sessions that failed."""

    success: bool
    total_sessions: int = 0
    total_messages: int = 0
    failed_sessions: list[str] = field(default_factory=list)
    duration: float = 0.0
    errors: list[str] = field(default_factory=list)


def moment(said: datetime | str | float | None) -> datetime | None:
    """Raises InvalidInput for what is no time."""
    try:
        if isinstance(said, str):
            return datetime.fromisoformat(said)
        if isinstance(said, int | float):
            return datetime.fromtimestamp(said, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidInput("timestamp", f"must be a datetime, ISO-8601 or seconds since 1970, not {said!r:.40}") from error
    if said is not None and not isinstance(said, datetime):
        raise InvalidInput("timestamp", f"must be a datetime, ISO-8601 or seconds since 1970, not {type(said).__name__}")
    return said
