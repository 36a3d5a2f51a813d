"""Reading the Redis lists in which AA Kit keeps sessions, as `memdb adopt` reads tables."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from redis.asyncio import Redis, from_url
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import RedisError

from memdb.adapters.aakit.on_redis import names_of
from memdb.errors import InvalidInput, ServerUnreachable
from memdb.operations.adopting.declared import Stream, Tables
from memdb.operations.adopting.handing import READ_ROWS
from memdb.operations.adopting.records import RecordSource
from memdb.operations.adopting.rows import LeftOut, Row

TABLE: Final = "agent_conversations"
NAMESPACE: Final = ("aa-kit", f"public.{TABLE}")
"""PostgreSQLBackend's default namespace."""

_PATH: Final = "/".join(NAMESPACE)
_KEPT: Final = ("role", "content", "timestamp", "metadata", "sealed")
_Placed: TypeAlias = tuple[int, bytes]


class RedisLists(RecordSource):
    """Lists whose keys begin with a prefix, newest message first, each with the messages that it had when `columns` was called.

    Positions count from the oldest message, so that messages added meanwhile do not shift them.
    """

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._lengths: dict[str, int] = {}

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, tables: Mapping[str, str]) -> AsyncIterator[RedisLists]:
        """Raises InvalidInput, ServerUnreachable."""
        with _told():
            client = from_url(url)
        try:
            yield cls(client, tables["lists"])
        finally:
            await client.aclose()

    async def columns(self) -> Tables:
        with _told():
            names = await names_of(self._client, self._prefix)
            for start in range(0, len(names), READ_ROWS):
                some = names[start : start + READ_ROWS]
                async with self._client.pipeline(transaction=False) as pipe:
                    for name in some:
                        pipe.llen(self._prefix + name)
                    self._lengths |= dict(zip(some, await pipe.execute(), strict=True))
        return {"lists": frozenset()}

    async def left_out(self, stream: Stream) -> AsyncIterator[LeftOut]:
        nothing: tuple[LeftOut, ...] = ()
        for each in nothing:
            yield each

    async def rows(self, stream: Stream) -> AsyncGenerator[Sequence[Row], None]:
        """The rows of `sessions`, of `messages`, or of what is `searched` in them."""
        ready: list[Row] = []
        with _told():
            for name, length in self._lengths.items():
                async for some in self._ends(name, length) if stream.statement == "sessions" else self._messages(name, length):
                    ready += _READ[stream.statement](name, some)
                    if len(ready) >= READ_ROWS:
                        yield ready
                        ready = []
        if ready:
            yield ready

    async def _ends(self, name: str, length: int) -> AsyncIterator[list[_Placed]]:
        """The first and the last message of a session."""
        ends = await self._range(name, 1, 1), await self._range(name, length, length)
        if all(ends):
            yield [*ends[0], *ends[1]]

    async def _messages(self, name: str, length: int) -> AsyncIterator[list[_Placed]]:
        for first in range(1, length + 1, READ_ROWS):
            yield await self._range(name, first, min(first + READ_ROWS - 1, length))

    async def _range(self, name: str, first: int, last: int) -> list[_Placed]:
        """Messages by their positions, from 1 for the oldest."""
        found: list[Any] = await self._client.lrange(self._prefix + name, -last, -first)
        return list(enumerate(reversed(found), first))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (Unreachable, OSError) as error:
        raise ServerUnreachable(f"the source cannot be reached: {error}") from error
    except (RedisError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput("source", f"cannot be read: {error}") from error


def _record(text: bytes) -> dict[str, Any]:
    """The record, or an empty dict if it is not a message."""
    try:
        found = json.loads(text)
        kept: dict[str, Any] = {"role": str(found["role"]), "content": str(found["content"]), "timestamp": float(found["timestamp"])}
        return kept | {field: found[field] for field in ("metadata", "sealed") if found.get(field)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _session(name: str, ends: list[_Placed]) -> list[Row]:
    first, last = (_record(text).get("timestamp") for _, text in ends)
    row = {
        "namespace": _PATH,
        "id": name,
        "scope": None,
        "revision": "- adopted",
        "state": json.dumps({"saved_at": last or 0.0, "last": last or 0.0}),
        "created_at": _moment(first),
        "updated_at": _moment(last),
    }
    return [row]


def _entries(name: str, some: list[_Placed]) -> list[Row]:
    made: list[Row] = []
    for position, text in some:
        found = _record(text)
        kept: dict[str, Any] = {"id": str(position)} | {field: found[field] for field in _KEPT if field in found}
        row = {
            "namespace": _PATH,
            "id": name,
            "position": position,
            "entry_id": None,
            # What is not a message is not JSON either, and refused.
            "data": json.dumps(kept, separators=(",", ":")) if found else f"not a message: {text[:80]!r}",
            "created_at": _moment(found.get("timestamp")),
        }
        made.append(row)
    return made


def _searched(name: str, some: list[_Placed]) -> list[Row]:
    made: list[Row] = []
    for position, text in some:
        found = _record(text)
        if "aes" not in (found.get("sealed") or ""):
            told = {field: found.get(field) for field in ("timestamp", "role", "content", "sealed")}
            made.append({"session_id": name, "position": position, **told, "metadata": json.dumps(found.get("metadata") or {})})
    return made


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


_READ: Final = {"sessions": _session, "messages": _entries, "searched": _searched}
