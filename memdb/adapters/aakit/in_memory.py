"""A backend in the process, for tests."""

from __future__ import annotations

import time
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import msgspec

from memdb.adapters.aakit.config import MemoryConfig
from memdb.adapters.aakit.keeping import KeepingBackend
from memdb.adapters.aakit.kinds import ConfigurationError
from memdb.adapters.aakit.messages import SessionInfo
from memdb.adapters.aakit.rows import Row


class _Session:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.saved_at = time.time()


class InMemoryBackend(KeepingBackend):
    """Keeps messages in this process, until it ends.

    - `max_sessions`: how many sessions are kept; beyond that, the least recently changed are removed. None means all.
    - `max_messages_per_session`, `ttl`: `max_messages` and `ttl` of the configuration.
    """

    name = "memory"

    def __init__(
        self,
        max_sessions: int | None = None,
        max_messages_per_session: int | None = None,
        ttl: float | None = None,
        *,
        config: MemoryConfig | dict[str, Any] | None = None,
    ) -> None:
        for name, value in (("max_sessions", max_sessions), ("max_messages_per_session", max_messages_per_session)):
            if value is not None and (type(value) is not int or value < 1):
                raise ConfigurationError(f"{name} must be an int of 1 or more, not {value!r:.40}", name)
        super().__init__(config, max_messages=max_messages_per_session, ttl=ttl)
        self._max_sessions = max_sessions
        # Sorted by their last change.
        self._kept: dict[str, _Session] = {}

    def _forget_ended(self) -> None:
        for name in [name for name, each in self._kept.items() if self.has_ended(each.saved_at)]:
            del self._kept[name]

    async def _append(self, session_id: str, rows: Sequence[Row]) -> int:
        self._forget_ended()
        session = self._kept.pop(session_id, None) or _Session()
        self._kept[session_id] = session
        session.rows += rows
        session.saved_at = time.time()
        if self.config.max_messages is not None:
            del session.rows[: -self.config.max_messages]
        while self._max_sessions is not None and len(self._kept) > self._max_sessions:
            del self._kept[next(iter(self._kept))]
        return len(session.rows)

    async def _rows(self, session_id: str, limit: int | None) -> list[Row]:
        self._forget_ended()
        session = self._kept.get(session_id)
        found = session.rows[-limit if limit else None :] if session else []
        # The caller may change what it is given.
        return [msgspec.structs.replace(each, metadata=deepcopy(each.metadata)) for each in found]

    async def _replace(self, session_id: str, old: Sequence[Row], new: Row) -> bool:
        session = self._kept.get(session_id)
        if session is None or session.rows[: len(old)] != list(old):
            return False
        session.rows[: len(old)] = [new]
        return True

    async def _remove(self, session_id: str | None) -> None:
        if session_id is None:
            self._kept.clear()
        else:
            self._kept.pop(session_id, None)

    async def _sessions(self) -> list[SessionInfo]:
        self._forget_ended()
        return [SessionInfo(name, _time(each.rows[0]), _time(each.rows[-1]), len(each.rows)) for name, each in self._kept.items()]

    async def _disconnect(self) -> None:
        self._kept.clear()


def _time(row: Row) -> datetime:
    return datetime.fromtimestamp(row.timestamp, UTC)
