"""Backends by their names and URLs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from memdb.adapters.aakit.backend import MemoryBackend
from memdb.adapters.aakit.config import MemoryConfig
from memdb.adapters.aakit.in_memory import InMemoryBackend
from memdb.adapters.aakit.kinds import ConfigurationError
from memdb.adapters.aakit.on_redis import RedisBackend
from memdb.adapters.aakit.on_sqlite import SQLiteBackend
from memdb.adapters.aakit.postgresql import PostgreSQLBackend

_BACKENDS: Final[Mapping[str, Callable[..., MemoryBackend]]] = {
    "memory": InMemoryBackend,
    "redis": RedisBackend,
    "sqlite": SQLiteBackend,
    "postgres": PostgreSQLBackend,
}
_SCHEMES: Final = {
    "memory": "memory",
    "redis": "redis",
    "rediss": "redis",
    "unix": "redis",
    "sqlite": "sqlite",
    "postgres": "postgres",
    "postgresql": "postgres",
    "embedded": "postgres",
}


def create_memory(
    backend: str | Mapping[str, Any] | MemoryConfig | MemoryBackend = "memory", session_id: str | None = None, **options: Any
) -> MemoryBackend:
    """A backend, not yet connected: by its name (memory, redis, sqlite, postgres), a URL, a dict with its `type`, or a configuration.

    `options` are the backend's own; `session_id` has no effect. The result may also be awaited, and returns itself.

    Raises ConfigurationError.
    """
    if isinstance(backend, MemoryBackend):
        return backend
    if isinstance(backend, MemoryConfig):
        return _made(backend.backend, {"config": backend, **options})
    if isinstance(backend, Mapping):
        return _of_dict({**backend, **options})
    if not isinstance(backend, str):
        raise ConfigurationError(f"Invalid memory configuration type: {type(backend).__name__}, not a URL, a name or a dict")
    return _of_url(backend, options) if ":" in backend else _made(backend, options)


def _made(name: Any, options: Mapping[str, Any]) -> MemoryBackend:
    make = _BACKENDS.get(_SCHEMES.get(str(name).lower(), ""))
    if make is None:
        raise ConfigurationError(f"Unsupported memory backend: {name!r:.40}", "backend", list(_BACKENDS))
    try:
        return make(**options)
    except TypeError as error:
        raise ConfigurationError(f"the {name} backend cannot be made of these options: {error}") from error


def _of_url(url: str, options: Mapping[str, Any]) -> MemoryBackend:
    scheme = url.partition(":")[0].lower()
    kind = _SCHEMES.get(scheme)
    if kind == "redis":
        return _made(kind, {"url": url, **options})
    if kind == "postgres":
        return _made(kind, {"connection_string": url, **options})
    if kind == "sqlite":
        parts = urlsplit(url)
        # sqlite:///a.db and sqlite://a.db are files in the current folder, sqlite:////a.db one in the root.
        path = unquote(parts.netloc + (parts.path if parts.netloc else parts.path[1:]))
        return _made(kind, {**({"db_path": path} if path else {}), **options})
    return _made(scheme, options)


def _of_dict(config: Mapping[str, Any]) -> MemoryBackend:
    options = dict(config)
    kind = options.pop("type", options.pop("backend", "memory"))
    if kind == "redis" and "url" not in options and "client" not in options:
        host, port = options.pop("host", "localhost"), options.pop("port", 6379)
        database, password = options.pop("db", 0), options.pop("password", None)
        for field, value, of in (("host", host, str), ("port", port, int)):
            if not isinstance(value, of):
                raise ConfigurationError(f"Redis {field} must be of {of.__name__}, not {type(value).__name__}", field)
        login = f":{quote(password, safe='')}@" if password else ""
        options["url"] = f"redis://{login}{host}:{port}/{database}"
    return _made(kind, options)


class MemoryFactory:
    """AA Kit's own factory, which knows PostgreSQL as well."""

    @classmethod
    async def create(cls, config: Any, session_id: str | None = None) -> MemoryBackend:
        return create_memory(config, session_id)

    @classmethod
    def get_supported_backends(cls) -> dict[str, str]:
        return {
            "memory": "In-memory storage (development only)",
            "sqlite": "SQLite database (local persistence)",
            "redis": "Redis or Valkey",
            "postgres": "PostgreSQL, by memdb",
        }

    @classmethod
    def validate_config(cls, config: Any) -> bool:
        """True for a configuration that `create` accepts. Raises ConfigurationError."""
        create_memory(config)
        return True


async def create_in_memory() -> InMemoryBackend:
    return InMemoryBackend()


async def create_redis(url: str = "redis://localhost:6379", ttl: float | None = None) -> RedisBackend:
    return RedisBackend(url, ttl=ttl)


async def create_sqlite(db_path: str = "agentz_memory.db") -> SQLiteBackend:
    return SQLiteBackend(db_path)


def register() -> None:
    """Make AA Kit's agents use these backends: `Agent(memory="postgresql://...")`, and for the other URLs. Requires AA Kit."""
    theirs = import_module("aakit.memory.factory").MemoryFactory
    for name in ("create", "get_supported_backends", "validate_config"):
        setattr(theirs, name, getattr(MemoryFactory, name))
