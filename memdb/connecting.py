"""connect(): from a DSN to a Database that has passed preflight."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator
from types import TracebackType
from typing import Any, Final

import asyncpg

from memdb import codecs, preflight
from memdb.connection import Connection
from memdb.database import Admin, Database, check_timeout
from memdb.errors import (
    ConnectionLost,
    DeadlineExceeded,
    InvalidInput,
    MemdbError,
    PermissionDenied,
    SchemaMissing,
    ServerUnreachable,
    Unavailable,
)
from memdb.executor import NO_CONTEXT, Context, Executor
from memdb.inputs import ModelName, check_for
from memdb.pool import Pool
from memdb.query import query
from memdb.transaction import Transaction

EMBEDDED: Final = "embedded:"
ADMIN_ROLE: Final = "memdb_admin"
_ADMIN_POOL_SIZE: Final = 2
# The statements' texts are constant: all of them stay prepared for a connection's whole life.
_PREPARED_STATEMENTS: Final = 1000
_check_model: Final = check_for("embedding_model", ModelName | None)


class Connecting:
    """What `connect` returns: `async with` it, or `await` it and close the Database yourself."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._database: Database | None = None

    def __await__(self) -> Generator[Any, None, Database]:
        return _open(**self._options).__await__()

    async def __aenter__(self) -> Database:
        self._database = await self
        return self._database

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._database is not None:
            await self._database.close()


def connect(
    dsn: str | None = None,
    *,
    pool_size: int = 10,
    timeout: float = 5.0,
    role: str | None = "memdb_app",
    admin_role: str | None = ADMIN_ROLE,
    admin_dsn: str | None = None,
    prepare: bool = True,
    embedding_model: str | None = None,
    allow_newer_schema: bool = False,
) -> Connecting:
    """Open a database.

        async with memdb.connect("postgresql://app@localhost/agents") as db:
            tenant = db.tenant(org_id)

    - `dsn`: a `postgresql://` URL; `embedded:PATH`, which starts (and first creates and migrates) a server on that data folder; or None
      for $MEMDB_DSN.
    - `pool_size`: connections at most. The first is opened at once, the others when needed.
    - `timeout`: seconds that a call may take, this one and waiting for a connection included. `db.tenant(org_id, timeout=...)` overrides
      it.
    - `role`: the role to act in, set as a start-up parameter, so that a login works which is only a member of it. None: the login's own,
      for poolers that refuse start-up parameters (docs/pooling.md). `admin_role` is the same for `db.admin()`.
    - `admin_dsn`: where `db.admin()` connects to, as a login of its own; None: as all else does.
    - `prepare`: False behind a pooler in transaction mode that knows no prepared statements (PgBouncer before 1.21): each call then is
      parsed anew, in a round trip more.
    - `embedding_model`: the model that this service embeds with, while the database changes from one to another (`memdb.spaces`); None is
      the current one's, whose dimension is `db.dimension`.
    - `allow_newer_schema`: run on a schema with migrations that this memdb does not know, as in the middle of a deployment.

    Raises ServerUnreachable, PreflightFailed (SchemaMissing, SchemaOutdated, UnsafeRole, ...), InvalidInput.
    """
    if isinstance(pool_size, bool) or not isinstance(pool_size, int) or not 1 <= pool_size <= 1000:
        raise InvalidInput("pool_size", f"must be between 1 and 1000, not {pool_size!r}")
    return Connecting(
        {
            "dsn": dsn,
            "pool_size": pool_size,
            "timeout": check_timeout(timeout),
            "role": role,
            "admin_role": admin_role,
            "admin_dsn": admin_dsn,
            "prepare": prepare,
            "embedding_model": _check_model(embedding_model, 0),
            "allow_newer_schema": allow_newer_schema,
        }
    )


async def _open(
    *,
    dsn: str | None,
    pool_size: int,
    timeout: float,
    role: str | None,
    admin_role: str | None,
    admin_dsn: str | None,
    prepare: bool,
    embedding_model: str | None,
    allow_newer_schema: bool,
) -> Database:
    url = resolve_dsn(dsn)
    admin_url = None if admin_dsn is None else resolve_dsn(admin_dsn)
    server = None
    if url.startswith(EMBEDDED):
        from memdb import embedded

        server = await embedded.start_in_thread(url.removeprefix(EMBEDDED))
        url = server.dsn
    pool = Pool(_Connector(url, role, timeout, prepare=prepare), size=pool_size)
    admin_pool = Pool(_Connector(admin_url or url, admin_role, timeout, prepare=prepare, admin=True), size=_ADMIN_POOL_SIZE)
    try:
        space = await _preflight(Admin(pool, None, None, NO_CONTEXT, timeout), embedding_model, allow_newer_schema=allow_newer_schema)
    except BaseException:
        pool.abandon()
        if server is not None:
            await server.leave_in_thread()
        raise
    database = Database(pool, admin_pool, context=Context(space.space, space.dimension, {}), timeout=timeout)
    if server is not None:
        database.call_on_close(server.leave_in_thread)
    return database


async def _preflight(nobody: Admin, model: str | None, *, allow_newer_schema: bool) -> preflight.EmbeddingSpace:
    try:
        async with asyncio.timeout(nobody.timeout):
            preflight.judge(await preflight.inspect(nobody), allow_newer_schema=allow_newer_schema)
            space = await preflight.embedding_space(nobody, model=model)
    except (TimeoutError, ConnectionLost) as error:
        raise _refusal(error, None) from error
    if space is None:
        raise InvalidInput("embedding_model", "must be the model of one of the database's embedding spaces, or None")
    return space


def resolve_dsn(dsn: str | None) -> str:
    """`dsn`, or $MEMDB_DSN where it is None; raises InvalidInput for anything that is no PostgreSQL URL and not embedded:PATH."""
    url = dsn if dsn is not None else os.environ.get("MEMDB_DSN", "")
    if not isinstance(url, str) or not url:
        raise InvalidInput("dsn", "must be given, or set as MEMDB_DSN: postgresql://user@host/database or embedded:PATH")
    if not url.startswith(("postgresql://", "postgres://", EMBEDDED)) or url == EMBEDDED:
        # The value is not repeated: it may hold a password.
        raise InvalidInput("dsn", "must be postgresql://user@host/database or embedded:PATH")
    return url


@query
async def types(on: Executor) -> list[codecs.DataType]:
    """What `codecs.register` is to teach a connection; nothing of what the database does not have."""
    ...


@query
async def administers(on: Executor) -> bool:
    """Whether `db.admin()` would see all tenants on this connection, and not just nothing."""
    ...


class _Connector:
    """Opens connections for a pool, in one role, with memdb's types registered."""

    def __init__(self, url: str, role: str | None, timeout: float, *, prepare: bool, admin: bool = False) -> None:
        self._url = url
        self._role = role
        self._timeout = timeout
        self._prepare = prepare
        self._admin = admin
        self._types: list[codecs.DataType] = []

    async def __call__(self, timeout: float) -> Connection:
        try:
            async with asyncio.timeout(timeout):
                return await self._open(timeout)
        except (DeadlineExceeded, Unavailable) as error:
            raise _refusal(error, self._role) from error
        except MemdbError:
            raise
        except ValueError as error:
            raise _refusal(error, self._role) from None
        except Exception as error:
            raise _refusal(error, self._role) from error

    async def _open(self, timeout: float) -> Connection:
        # A pooler may refuse any start-up parameter; role=None is how its user says so. JIT never pays for statements this short.
        settings = {"role": self._role, "jit": "off", "application_name": "memdb"} if self._role else None
        connection: Connection = await asyncpg.connect(
            self._url,
            timeout=timeout,
            server_settings=settings,
            connection_class=Connection,
            statement_cache_size=_PREPARED_STATEMENTS if self._prepare else 0,
            max_cached_statement_lifetime=0,
            max_cacheable_statement_size=0,
        )
        try:
            await self._register(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _register(self, connection: asyncpg.Connection) -> None:
        # They stay the same while the database is there, so the first connection asks for all. What is missing is for preflight to report.
        if not self._types:
            on = Transaction(connection, None, None, NO_CONTEXT, self._timeout)
            if self._admin and not await administers(on):
                raise PermissionDenied(f"the login is no {ADMIN_ROLE}: GRANT {ADMIN_ROLE} TO it, or connect with admin_dsn")
            self._types = await types(on)
        codecs.register(connection, self._types)


def _refusal(error: BaseException, role: str | None) -> Exception:
    if isinstance(error, ConnectionLost):
        error = error.__cause__ or error
    if isinstance(error, asyncpg.InvalidParameterValueError) and role and role in str(error):
        return SchemaMissing(f"the server has no role {role}: run `memdb migrate` (or `yoyo apply`) first")
    if isinstance(error, asyncpg.InsufficientPrivilegeError) and role and "role" in str(error):
        return PermissionDenied(f"the login may not act as {role}: GRANT {role} TO it, or connect with role=None")
    if isinstance(error, TimeoutError):
        return ServerUnreachable("the server did not answer in time")
    if isinstance(error, asyncpg.PostgresError) and "startup parameter" in str(error):
        return ServerUnreachable(f"the pooler refused the connection: {error}; see docs/pooling.md")
    if isinstance(error, asyncpg.PostgresError):
        return ServerUnreachable(f"the server refused the connection: {error}")
    if isinstance(error, asyncpg.ClientConfigurationError | ValueError):
        # What the parser says may hold a part of the password.
        return InvalidInput("dsn", "cannot be read: percent-encode what is special in the user, the password and the database")
    if isinstance(error, OSError):
        return ServerUnreachable(f"the server cannot be reached: {error.strerror or error}")
    return ServerUnreachable(f"the server cannot be used: {error}")
