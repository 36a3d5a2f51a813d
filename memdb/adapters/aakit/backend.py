"""The two interfaces of a backend: the one that AA Kit's agents call, and the one in its documentation."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Generator, Sequence
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Any, Self

from memdb.adapters.aakit.config import MemoryConfig, configured
from memdb.adapters.aakit.kinds import MemoryError, MemoryRecord, ShippedBackend
from memdb.adapters.aakit.messages import Message, SessionInfo, moment


class MemoryBackend(ShippedBackend):
    """The base of all backends, including custom ones, which define `save`, `load` and `clear`, and `list_sessions` if it is needed.

    - `config`: for a custom backend any dict, which becomes its `config`, or a MemoryConfig.

    A backend may be awaited, and returns itself, so `await create_memory(...)` is the same as `create_memory(...)`.
    """

    name = "custom"
    config: Any

    def __init__(self, config: MemoryConfig | dict[str, Any] | None = None) -> None:
        self.config = config if isinstance(config, dict) else configured(config)

    @abstractmethod
    async def save(self, session_id: str, messages: Sequence[Message]) -> None:
        """Append messages to a session, all or none. The first ones create it."""

    @abstractmethod
    async def load(self, session_id: str, limit: int | None = None) -> list[Message]:
        """The last `limit` messages of a session, None for all, oldest first; [] if there is no such session.

        A custom backend may omit `limit`.
        """

    @abstractmethod
    async def clear(self, session_id: str | None = None) -> None:
        """Remove a session, or all of them, permanently."""

    async def list_sessions(self) -> list[SessionInfo]:
        """The sessions, last changed first."""
        raise NotImplementedError(f"{type(self).__name__} does not list its sessions")

    async def close(self) -> None:
        """Close the connection; later calls raise MemoryError."""

    async def store(self, session_id: str, role: str, content: str, metadata: dict[str, Any] | None = None) -> None:
        """Append one message to a session."""
        await self.save(session_id, [Message(role, content, metadata=metadata or {})])

    async def retrieve(self, session_id: str, limit: int | None = None, offset: int = 0) -> list[MemoryRecord]:
        """The last `limit` messages before the last `offset`, oldest first."""
        self._check_count("offset", offset)
        self._check_count("limit", limit)
        found = await self._last(session_id, None if limit is None else limit + offset)
        return [_record(session_id, each) for each in found[: len(found) - offset if offset else None]]

    async def get_sessions(self) -> list[str]:
        return [each.session_id for each in await self.list_sessions()]

    async def get_session_info(self, session_id: str) -> SessionInfo | None:
        return next((each for each in await self.list_sessions() if each.session_id == session_id), None)

    async def get_recent_messages(self, session_id: str, limit: int = 10) -> list[Message]:
        return await self._last(session_id, limit)

    async def search(self, query: str, session_id: str | None = None, limit: int = 10) -> list[Message]:
        """The newest messages whose content contains the query, ignoring case, each with its session."""
        self._check_count("limit", limit)
        if not isinstance(query, str):
            raise MemoryError(f"query must be a str, not {type(query).__name__}", self.name, "INVALID_INPUT")
        sessions = [session_id] if session_id is not None else await self.get_sessions()
        wanted = query.casefold()
        found = [each for session in sessions for each in await self._of(session) if wanted in each.content.casefold()]
        return sorted(found, key=lambda each: each.timestamp or datetime.min, reverse=True)[:limit]

    async def clear_old_sessions(self, older_than: datetime) -> int:
        """Remove the sessions whose last message is older than a time, which is local if it has no zone; returns their number."""
        if not isinstance(older_than, datetime):
            raise MemoryError(f"older_than must be a datetime, not {type(older_than).__name__}", self.name, "INVALID_INPUT")
        before = older_than.astimezone()
        old = [each.session_id for each in await self.list_sessions() if each.updated_at < before]
        for each in old:
            await self.clear(each)
        return len(old)

    async def _last(self, session_id: str, limit: int | None) -> list[Message]:
        """What `load` returns, even if it takes no `limit`, as in AA Kit's documentation of custom backends."""
        if _takes_limit(type(self)):
            return await self.load(session_id, limit=limit)
        found = await self.load(session_id)
        return found if limit is None else found[max(len(found) - limit, 0) :]

    async def _of(self, session_id: str) -> list[Message]:
        return [Message(each.role, each.content, each.timestamp, each.metadata, session_id) for each in await self.load(session_id)]

    def _check_count(self, field: str, value: Any) -> None:
        if value is not None and (type(value) is not int or value < 0):
            raise MemoryError(f"{field} must be an int of 0 or more, not {value!r:.40}", self.name, "INVALID_INPUT")

    def __await__(self) -> Generator[None, None, Self]:
        return self
        yield

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()


@cache
def _takes_limit(backend: type[MemoryBackend]) -> bool:
    return "limit" in inspect.signature(backend.load).parameters


def _record(session_id: str, message: Message) -> MemoryRecord:
    said = message.timestamp
    assert said is not None
    return MemoryRecord(session_id, said.timestamp(), message.role, message.content, dict(message.metadata))


def message_of(record: MemoryRecord) -> Message:
    return Message(record.role, record.content, moment(record.timestamp), dict(record.metadata))
