"""What memdb's own backends have in common: they store rows according to their configuration."""

from __future__ import annotations

import inspect
import logging
import time
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Final

from memdb.adapters.aakit.backend import MemoryBackend
from memdb.adapters.aakit.config import MemoryConfig, configured
from memdb.adapters.aakit.kinds import MemoryConnectionError, MemoryError
from memdb.adapters.aakit.messages import Message, SessionInfo
from memdb.adapters.aakit.rows import Row, Sealer
from memdb.adapters.fields import as_fields
from memdb.errors import InvalidInput, MemdbError

_log: Final = logging.getLogger(__name__)


class KeepingBackend(MemoryBackend):
    """Defines both interfaces in terms of stored rows. Failures are MemoryErrors with AA Kit's codes and their cause."""

    failures: tuple[type[Exception], ...] = ()
    """The errors that the storage raises, besides memdb's own."""
    unreachable: tuple[type[Exception], ...] = ()
    """The errors that the storage raises if it cannot be reached; `shown_place` says where it is."""
    shown_place = ""
    fields: ClassVar[Mapping[str, str]] = {}
    """The names that callers know of what memdb's errors may name."""
    config: MemoryConfig

    def __init__(self, config: MemoryConfig | dict[str, Any] | None = None, **given: Any) -> None:
        self.config = configured(config, **given)
        self._sealer = Sealer(self.config)
        self._is_closed = False

    @abstractmethod
    async def _append(self, session_id: str, rows: Sequence[Row]) -> int:
        """Add the rows and return the number of the session's rows. Rows beyond `max_messages` may be removed."""

    @abstractmethod
    async def _rows(self, session_id: str, limit: int | None) -> list[Row]:
        """The last `limit` rows, oldest first; none for a session that has ended."""

    @abstractmethod
    async def _replace(self, session_id: str, old: Sequence[Row], new: Row) -> bool:
        """Replace the oldest rows by a new one, unless they have changed."""

    @abstractmethod
    async def _remove(self, session_id: str | None) -> None: ...

    @abstractmethod
    async def _sessions(self) -> list[SessionInfo]:
        """The sessions that have not ended."""

    @abstractmethod
    async def _disconnect(self) -> None: ...

    async def save(self, session_id: str, messages: Sequence[Message]) -> None:
        with self._failing("STORE_FAILED"):
            rows = [self._sealer.seal(self._named(session_id), each) for each in _listed(messages)]
            length = await self._append(session_id, rows) if rows else 0
        if self.config.auto_summarize and length > self.config.summarize_threshold:
            await self._summarize(session_id)

    async def load(self, session_id: str, limit: int | None = None) -> list[Message]:
        self._check_count("limit", limit)
        most = min((each for each in (limit, self.config.max_messages) if each is not None), default=None)
        if limit == 0:
            return []
        with self._failing("RETRIEVE_FAILED"):
            rows = await self._rows(self._named(session_id), most)
            return [self._opened(session_id, each) for each in rows]

    async def clear(self, session_id: str | None = None) -> None:
        with self._failing("CLEAR_FAILED"):
            await self._remove(None if session_id is None else self._named(session_id))

    async def list_sessions(self) -> list[SessionInfo]:
        with self._failing("GET_SESSIONS_FAILED"):
            return sorted(await self._sessions(), key=lambda each: each.updated_at, reverse=True)

    async def close(self) -> None:
        self._is_closed = True
        await self._disconnect()

    def has_ended(self, saved_at: float) -> bool:
        """Whether a session whose last message was saved at that time has ended."""
        return self.config.ttl is not None and saved_at + self.config.ttl <= time.time()

    def _opened(self, session_id: str, row: Row) -> Message:
        message = self._sealer.open(session_id, row)
        message.session_id = None
        return message

    async def _summarize(self, session_id: str) -> None:
        """Summarize the session, if necessary. If that fails, the messages stay saved, and the next save tries again."""
        with self._failing("RETRIEVE_FAILED"):
            rows = await self._rows(session_id, None)
        old = rows[: -(self.config.summarize_threshold // 2)]
        if len(rows) <= self.config.summarize_threshold or self.config.summarizer is None:
            return
        try:
            made = self.config.summarizer([self._opened(session_id, each) for each in old])
            text = await made if inspect.isawaitable(made) else made
            summary = Message("system", text, metadata={"summary": True, "messages": len(old)})
            summary.timestamp = self._opened(session_id, old[-1]).timestamp
            with self._failing("STORE_FAILED"):
                await self._replace(session_id, old, self._sealer.seal(session_id, summary))
        except Exception:
            _log.warning("the summary of a session failed; its messages stay", exc_info=True)

    def _named(self, session_id: Any) -> str:
        if not isinstance(session_id, str):
            raise InvalidInput("session_id", f"must be a str, not {type(session_id).__name__}")
        return session_id

    @contextmanager
    def _failing(self, code: str) -> Iterator[None]:
        if self._is_closed:
            raise MemoryError(f"the {self.name} backend is closed", self.name, "CLOSED")
        caught: tuple[type[Exception], ...] = (MemdbError, *self.failures)
        try:
            with as_fields(self.fields):
                yield
        except MemoryConnectionError:
            raise
        except self.unreachable as error:
            raise MemoryConnectionError(self.name, self.shown_place, error) from error
        except caught as error:
            raise MemoryError(f"the {self.name} backend failed: {error}", self.name, code) from error


def _listed(messages: Any) -> list[Message]:
    if not isinstance(messages, Iterable) or isinstance(messages, str):
        raise InvalidInput("messages", f"must be a list of Message objects, not {type(messages).__name__}")
    return list(messages)
