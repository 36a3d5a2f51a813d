"""From a URL to a Database that has passed preflight."""

from __future__ import annotations

import asyncio
from typing import Final

import asyncpg

from memdb.engine import codecs, preflight
from memdb.engine.belonging import keep_from_children
from memdb.engine.calls import Calls
from memdb.engine.connection import Connection
from memdb.engine.database import Admin, Database
from memdb.engine.dsn import place
from memdb.engine.executor import NO_CONTEXT, Context, Executor
from memdb.engine.own import query
from memdb.engine.package import schemas
from memdb.engine.pool import Pool
from memdb.engine.settings import options_for
from memdb.engine.transaction import OpenTransaction
from memdb.errors import (
    CallFailed,
    ConnectionLost,
    DeadlineExceeded,
    InvalidInput,
    MemdbError,
    PermissionDenied,
    SchemaMissing,
    ServerUnreachable,
    Unavailable,
)

ADMIN_ROLE: Final = "memdb_admin"
_ADMIN_POOL_SIZE: Final = 2
# The statements' texts are constant: all of them stay prepared for a connection's whole life.
_PREPARED_STATEMENTS: Final = 1000


async def open_database(
    url: str,
    *,
    admin_url: str,
    pool_size: int,
    timeout: float,
    role: str | None,
    admin_role: str | None,
    prepare: bool,
    embedding_model: str | None,
    allow_newer_schema: bool,
    slow_call: float | None,
    connect_within: float | None = None,
) -> Database:
    """A Database on the server of a postgresql:// URL, once preflight has found nothing against it; see `memdb.connect`.

    `connect_within`: seconds that this may take, where they are not those of a call.
    """
    time = asyncio.get_running_loop().time
    start = time()
    pool = Pool(_Connector(url, role, timeout, prepare=prepare), size=pool_size)
    admin_pool = Pool(
        _Connector(admin_url, admin_role, timeout, prepare=prepare, admin=True), size=_ADMIN_POOL_SIZE, name="memdb.pool.admin"
    )
    try:
        nobody = Admin(pool, None, None, NO_CONTEXT, timeout if connect_within is None else connect_within)
        context = await _preflight(nobody, embedding_model, Calls(slow_call), place(url), allow_newer_schema=allow_newer_schema)
    except BaseException as error:
        pool.abandon()
        if isinstance(error, CallFailed):
            error.function, error.seconds, error.writes = "connect", time() - start, None
        raise
    return Database(pool, admin_pool, context=context, timeout=timeout)


async def _preflight(nobody: Admin, model: str | None, calls: Calls, where: str, *, allow_newer_schema: bool) -> Context:
    try:
        async with asyncio.timeout(nobody.timeout):
            found = await preflight.inspect(nobody, schemas=schemas(), wanted=preflight.WANTED)
            preflight.judge(found, allow_newer_schema=allow_newer_schema)
            space = await preflight.embedding_space(nobody, model=model)
    except (TimeoutError, ConnectionLost) as error:
        raise _refusal(error, None) from error
    if space is None:
        raise InvalidInput("embedding_model", "must be the model of one of the database's embedding spaces, or None")
    return Context(space.space, space.dimension, {}, calls, found.steady_functions, where)


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
        # A pooler may refuse any start-up parameter; role=None is how its user says so.
        settings = {"role": self._role, "options": options_for(self._url), "application_name": "memdb"} if self._role else None
        connection: Connection = await asyncpg.connect(
            self._url,
            timeout=timeout,
            server_settings=settings,
            connection_class=Connection,
            statement_cache_size=_PREPARED_STATEMENTS if self._prepare else 0,
            max_cached_statement_lifetime=0,
            max_cacheable_statement_size=0,
        )
        keep_from_children(connection)
        try:
            await self._register(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _register(self, connection: asyncpg.Connection) -> None:
        # They stay the same while the database is there, so the first connection asks for all. What is missing is for preflight to report.
        if not self._types:
            on = OpenTransaction(connection, None, None, NO_CONTEXT, self._timeout)
            if self._admin and not await administers(on):
                raise PermissionDenied(f"the login is no {ADMIN_ROLE}: GRANT {ADMIN_ROLE} TO it, or connect with admin_dsn")
            self._types = await types(on)
        codecs.register(connection, self._types)


def _refusal(error: BaseException, role: str | None) -> Exception:
    if isinstance(error, ConnectionLost):
        error = error.__cause__ or error
    if isinstance(error, asyncpg.InvalidParameterValueError) and role and role in str(error):
        return SchemaMissing(f"the server has no role {role}: run `memdb migrate` (or `yoyo apply`) first")
    if isinstance(error, asyncpg.InsufficientPrivilegeError) and role and role in str(error):
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
