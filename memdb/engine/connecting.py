"""From connection parameters to a Database that has passed preflight."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Final

import asyncpg

from memdb.engine import codecs, preflight
from memdb.engine.acting import ADMIN_ROLE, APP_ROLE, database_roles, identifier, require_administration
from memdb.engine.belonging import keep_from_children
from memdb.engine.calls import Calls
from memdb.engine.connection import Connection
from memdb.engine.database import Admin, Database
from memdb.engine.dsn import ConnectionParameters
from memdb.engine.executor import NO_CONTEXT, Context, Executor
from memdb.engine.own import query
from memdb.engine.package import schemas
from memdb.engine.pool import Pool
from memdb.engine.reaching import reach
from memdb.engine.settings import SETTINGS
from memdb.engine.transaction import OpenTransaction
from memdb.errors import (
    AuthenticationFailed,
    CallFailed,
    ConnectionLost,
    DatabaseMissing,
    DeadlineExceeded,
    InvalidInput,
    MemdbError,
    PermissionDenied,
    SchemaMissing,
    ServerUnreachable,
    Unavailable,
)

_ADMIN_POOL_SIZE: Final = 2
_PATIENCE_SECONDS: Final = 5.0


async def open_database(
    parameters: ConnectionParameters,
    *,
    admin_parameters: ConnectionParameters,
    pool_size: int,
    timeout: float,
    role: str | None,
    admin_role: str | None,
    prepare: bool,
    embedding_model: str | None,
    allow_newer_schema: bool,
    slow_call: float | None,
    group_writes: bool,
    connect_within: float | None = None,
) -> Database:
    """Open a Database after preflight has found nothing against it; see `memdb.connect`.

    `connect_within`: the seconds that this may take, if not those of a call.
    """
    start = perf_counter()
    connector = _Connector(parameters, role, timeout, prepare=prepare)
    pool = Pool(connector, size=pool_size)
    try:
        nobody = Admin(pool, None, None, NO_CONTEXT, timeout if connect_within is None else connect_within)
        async with _within(nobody.timeout):
            found = await _inspected(nobody, pool, connector)
            preflight.judge(found, allow_newer_schema=allow_newer_schema)
            space = await preflight.chosen_space(nobody, embedding_model)
    except BaseException as error:
        pool.abandon()
        if isinstance(error, CallFailed):
            error.function, error.seconds, error.writes = "connect", perf_counter() - start, None
        raise
    administrator = _Connector(
        admin_parameters, found.admin_role if admin_role == ADMIN_ROLE else admin_role, timeout, prepare=prepare, admin=True
    )
    admin_pool = Pool(administrator, size=_ADMIN_POOL_SIZE, name="memdb.pool.admin")
    context = Context(space.space, space.dimension, {}, Calls(slow_call), found.steady_functions, parameters.place)
    return Database(pool, admin_pool, context=context, timeout=timeout, group_writes=group_writes)


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except (TimeoutError, ConnectionLost) as error:
        raise _refusal(error, None) from error


async def _inspected(nobody: Admin, pool: Pool, connector: _Connector) -> preflight.Inspection:
    """The inspection in the requested role; for the standard role, in the one that this database has in its place."""

    async def inspect() -> preflight.Inspection:
        return await preflight.inspect(nobody, schemas=schemas(), wanted=preflight.WANTED)

    asked = connector.role
    found = await inspect()
    if asked == APP_ROLE != found.app_role:
        pool.renew()
        connector.role = found.app_role
        return await inspect()
    if connector.refused is not None:
        raise _refused(connector.refused, asked) from connector.refused
    return found


@query
async def types(on: Executor) -> list[codecs.DataType]:
    """The types to pass to `codecs.register`; those that the database does not have are left out."""
    ...


async def refusal(parameters: ConnectionParameters, role: str | None) -> Exception | None:
    """The reason, as memdb's error, why no connection can be made in this role, or None if one can."""
    try:
        async with asyncio.timeout(parameters.seconds() or _PATIENCE_SECONDS):
            connection = await reach(parameters, {"role": role} if role else {}, prepare=True)
    except Exception as error:
        return _refusal(error, role)
    connection.terminate()
    return None


class _Connector:
    """Opens connections for a pool, in the `role`, with memdb's types registered. `refused`: why the first was opened without the role."""

    def __init__(self, parameters: ConnectionParameters, role: str | None, timeout: float, *, prepare: bool, admin: bool = False) -> None:
        self.role = role
        self.refused: asyncpg.PostgresError | None = None
        self._parameters = parameters
        self._timeout = timeout
        self._prepare = prepare
        self._admin = admin
        self._types: list[codecs.DataType] = []

    async def __call__(self, timeout: float) -> Connection:
        try:
            async with asyncio.timeout(timeout):
                return await self._open()
        except (DeadlineExceeded, Unavailable) as error:
            raise _refusal(error, self.role) from error
        except MemdbError:
            raise
        except Exception as error:
            raise _refusal(error, self.role) from error

    async def _open(self) -> Connection:
        try:
            connection = await self._reach()
        except (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError) as error:
            if self.role != APP_ROLE or self._types:
                raise
            # The login itself may read whether this database has another role in its place.
            self.refused, self.role = error, None
            connection = await self._reach()
        keep_from_children(connection)
        try:
            await self._register(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _reach(self) -> Connection:
        # A pooler may refuse any start-up parameter. Its user says so by role=None.
        parameters, settings = (self._parameters.with_defaults(SETTINGS), {"role": self.role}) if self.role else (self._parameters, {})
        return await reach(parameters, settings, prepare=self._prepare)

    async def _register(self, connection: asyncpg.Connection) -> None:
        # The types do not change while the database exists, so the first connection asks for all. Preflight reports what is missing.
        if not self._types:
            on = OpenTransaction(connection, None, None, NO_CONTEXT, self._timeout)
            if self._admin:
                require_administration(await database_roles(on), self.role)
            self._types = await types(on)
        codecs.register(connection, self._types)


def _refusal(error: BaseException, role: str | None) -> Exception:
    if isinstance(error, ConnectionLost):
        error = error.__cause__ or error
    if isinstance(error, asyncpg.PostgresError):
        return _refused(error, role)
    if isinstance(error, TimeoutError):
        return ServerUnreachable("the server did not answer in time")
    if isinstance(error, asyncpg.ClientConfigurationError):
        return InvalidInput("dsn", f"asks for what cannot be: {error}")
    if isinstance(error, ssl.SSLCertVerificationError):
        return AuthenticationFailed(f"the server's certificate is not trusted: {error.verify_message}; sslrootcert names the root to trust")
    if isinstance(error, socket.gaierror):
        return ServerUnreachable(f"the server cannot be reached: the DSN's host is not found ({error.strerror})")
    if isinstance(error, OSError):
        return ServerUnreachable(f"the server cannot be reached: {error.strerror or error}")
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return ServerUnreachable("no server is of the kind that target_session_attrs asks for")
    return ServerUnreachable(f"the server cannot be used: {error}")


def _refused(error: asyncpg.PostgresError, role: str | None) -> Exception:
    """The error of a server that was reached."""
    if isinstance(error, asyncpg.InvalidParameterValueError) and role and role in str(error):
        if role not in (APP_ROLE, ADMIN_ROLE):
            return SchemaMissing(
                f"the server has no role {role}: leave role and admin_role out, unless `memdb migrate` was given other names"
            )
        return SchemaMissing(f"the server has no role {role}: run `memdb migrate` (or `yoyo apply`) first")
    if isinstance(error, asyncpg.InsufficientPrivilegeError) and role and role in str(error):
        return PermissionDenied(f"the login may not act as {role}: GRANT {identifier(role)} TO it")
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return PermissionDenied(f"the login may not connect: {error}")
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        return AuthenticationFailed(f"the server refused the login: {error}")
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return DatabaseMissing(f"the server refused the connection: {error}")
    if "startup parameter" in str(error):
        return ServerUnreachable(f"the pooler refused the connection: {error}; see docs/pooling.md")
    return ServerUnreachable(f"the server refused the connection: {error}")
