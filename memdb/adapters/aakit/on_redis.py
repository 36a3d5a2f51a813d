"""A backend on Redis, or Valkey."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from redis import Redis as SyncRedis
from redis.asyncio import Redis, WatchError, from_url
from redis.connection import SSLConnection
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import RedisError

from memdb.adapters.aakit.config import MemoryConfig
from memdb.adapters.aakit.keeping import KeepingBackend
from memdb.adapters.aakit.kinds import ConfigurationError
from memdb.adapters.aakit.messages import SessionInfo
from memdb.adapters.aakit.rows import Row, row_of
from memdb.adapters.opening import without_secrets

_URL: Final = "redis://localhost:6379"
_PREFIX: Final = "agentz:memory:"
_GLOB: Final = re.compile(r"([*?\[\]\\^-])")
_BATCH: Final = 500
_PLACE: Final = ("host", "port", "db", "path", "username", "password")


class RedisBackend(KeepingBackend):
    """Keeps each session in a list, newest message first, like AA Kit's own backend, whose lists it reads.

    - `redis_url`: a URL, or a client, which stays open: of `redis.asyncio`, or of `redis`, for which an asynchronous one is created as
      well. `url` and `client` are other names for it.
    - `prefix`, or `key_prefix`: the beginning of the keys, before the session's id.
    - `ttl`, `max_messages`, `compression`: those of the configuration.

    A client for a URL is created on each event loop.
    """

    name = "redis"
    unreachable = (Unreachable, OSError)
    failures = (RedisError, UnicodeError, json.JSONDecodeError, KeyError)

    def __init__(
        self,
        redis_url: str | Redis | SyncRedis | None = None,
        key_prefix: str | None = None,
        ttl: float | None = None,
        *,
        client: Redis | SyncRedis | None = None,
        url: str | None = None,
        prefix: str = _PREFIX,
        max_messages: int | None = None,
        compression: bool = False,
        config: MemoryConfig | dict[str, Any] | None = None,
    ) -> None:
        super().__init__(config, ttl=ttl, max_messages=max_messages, compression=compression)
        places = [each for each in (redis_url, client, url) if each is not None]
        if len(places) > 1:
            raise ConfigurationError("client, url and redis_url are one and the same: give one of them", "client")
        place = places[0] if places else _URL
        self._prefix = prefix if key_prefix is None else key_prefix
        self._place = place
        self._made: tuple[asyncio.AbstractEventLoop, Redis] | None = None
        self.shown_place = without_secrets(place) if isinstance(place, str) else ""
        try:
            _client_of(place)
        except (ValueError, AttributeError) as error:
            raise ConfigurationError(f"client or url must be one of Redis: {error}", "client") from error

    def _client(self) -> Redis:
        if isinstance(self._place, Redis):
            return self._place
        loop = asyncio.get_running_loop()
        if self._made is None or self._made[0] is not loop:
            self._made = loop, _client_of(self._place)
        return self._made[1]

    def _key(self, session_id: str) -> str:
        return f"{self._prefix}{session_id}"

    async def _append(self, session_id: str, rows: Sequence[Row]) -> int:
        key, client = self._key(session_id), self._client()
        async with client.pipeline(transaction=True) as pipe:
            pipe.lpush(key, *(_text(session_id, each) for each in rows))
            if self.config.max_messages is not None:
                pipe.ltrim(key, 0, self.config.max_messages - 1)
            if self.config.ttl is not None:
                pipe.pexpire(key, max(1, round(self.config.ttl * 1000)))
            pipe.llen(key)
            *_, length = await pipe.execute()
        return int(length)

    async def _rows(self, session_id: str, limit: int | None) -> list[Row]:
        client = self._client()
        found = await client.lrange(self._key(session_id), 0, -1 if limit is None else limit - 1)
        return [row_of(json.loads(each)) for each in reversed(found)]

    async def _replace(self, session_id: str, old: Sequence[Row], new: Row) -> bool:
        key, client = self._key(session_id), self._client()
        async with client.pipeline(transaction=True) as pipe:
            while True:
                try:
                    await pipe.watch(key)
                    oldest = await pipe.lrange(key, -len(old), -1)
                    if [row_of(json.loads(each)) for each in reversed(oldest)] != list(old):
                        return False
                    pipe.multi()  # type: ignore[no-untyped-call]
                    pipe.rpop(key, len(old))
                    pipe.rpush(key, _text(session_id, new))
                    # An empty list does not exist, and has lost its time to live.
                    if self.config.ttl is not None:
                        pipe.pexpire(key, max(1, round(self.config.ttl * 1000)))
                    await pipe.execute()
                except WatchError:
                    continue
                return True

    async def _remove(self, session_id: str | None) -> None:
        client = self._client()
        keys = [self._key(session_id)] if session_id is not None else [self._key(each) for each in await names_of(client, self._prefix)]
        for start in range(0, len(keys), _BATCH):
            await client.unlink(*keys[start : start + _BATCH])

    async def _sessions(self) -> list[SessionInfo]:
        client = self._client()
        names = await names_of(client, self._prefix)
        found: list[SessionInfo] = []
        for start in range(0, len(names), _BATCH):
            some = names[start : start + _BATCH]
            async with client.pipeline(transaction=False) as pipe:
                for each in some:
                    pipe.lindex(self._key(each), -1)
                    pipe.lindex(self._key(each), 0)
                    pipe.llen(self._key(each))
                told = await pipe.execute()
            found += [
                SessionInfo(name, _time(first), _time(last), int(length))
                for name, first, last, length in zip(some, told[::3], told[1::3], told[2::3], strict=True)
                # One may have ended meanwhile.
                if length
            ]
        return found

    async def _disconnect(self) -> None:
        made, self._made = self._made, None
        if made is not None and made[0] is asyncio.get_running_loop():
            await made[1].aclose()


async def names_of(client: Redis, prefix: str) -> list[str]:
    """The sessions whose lists have keys with this prefix."""
    pattern = _GLOB.sub(r"\\\1", prefix) + "*"
    found = {_decoded(key) async for key in client.scan_iter(match=pattern, count=_BATCH, _type="list")}
    return sorted(each.removeprefix(prefix) for each in found)


def _client_of(place: str | Redis | SyncRedis) -> Redis:
    if isinstance(place, str):
        return from_url(place)
    if isinstance(place, Redis):
        return place
    pool = place.connection_pool
    known = {name: value for name, value in pool.connection_kwargs.items() if name in _PLACE or name.startswith("ssl_")}
    if "path" in known:
        known["unix_socket_path"] = known.pop("path")
    return Redis(**known, ssl=issubclass(pool.connection_class, SSLConnection))


def _text(session_id: str, row: Row) -> str:
    return json.dumps({"session_id": session_id, "metadata": {}, **row.as_json()})


def _time(text: Any) -> datetime:
    return datetime.fromtimestamp(json.loads(text)["timestamp"], UTC)


def _decoded(key: bytes | str) -> str:
    return key.decode() if isinstance(key, bytes) else key
