"""connect(): a Database on a server, or on an embedded one that is started for it."""

from __future__ import annotations

from collections.abc import Generator
from types import TracebackType
from typing import Any, Final

from memdb.engine.acting import ADMIN_ROLE, APP_ROLE
from memdb.engine.connecting import open_database
from memdb.engine.database import Database, check_timeout
from memdb.engine.dsn import EMBEDDED, connection_parameters, resolve_dsn
from memdb.engine.inputs import ModelName, RoleName, check_for
from memdb.errors import InvalidInput

_check_model: Final = check_for("embedding_model", ModelName | None)
_check_role: Final = check_for("role", RoleName | None)
_check_admin_role: Final = check_for("admin_role", RoleName | None)


class Connecting:
    """The result of `connect`: use `async with`, or `await` it and close the Database yourself."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._database: Database | None = None

    def __await__(self) -> Generator[Any, None, Database]:
        return _opened(**self._options).__await__()

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
    role: str | None = APP_ROLE,
    admin_role: str | None = ADMIN_ROLE,
    admin_dsn: str | None = None,
    prepare: bool = True,
    embedding_model: str | None = None,
    allow_newer_schema: bool = False,
    slow_call: float | None = None,
    group_writes: bool = False,
) -> Connecting:
    """Open a database.

        async with memdb.connect("postgresql://app@localhost/agents") as db:
            tenant = db.tenant(org_id)

    - `dsn`: a `postgresql://` URL or libpq's keyword=value pairs, completed as by libpq (docs/connecting.md); `embedded:PATH`, which starts
      (and first creates and migrates) a server on that data folder; or None for $MEMDB_DSN.
    - `pool_size`: the maximum number of connections. The first is opened at once, the others on demand.
    - `timeout`: the seconds that a call may take, including waiting for a connection; this call, too. `db.tenant(org_id, timeout=...)`
      overrides it. With `embedded:`, waiting for the server and for others who create or migrate it counts; creating or migrating the
      database itself, which takes some seconds once, does not.
    - `role`: the role to act in. It is set as a start-up parameter, so a login that is only a member of it works. memdb_app stands for the
      role that serves tenants in this database (docs/deployment.md). None: the login's own role, for poolers that refuse start-up
      parameters (docs/pooling.md). `admin_role` is the same for `db.admin()`; memdb_admin stands for the role that administers.
    - `admin_dsn`: where `db.admin()` connects, with a login of its own; None: as everything else does.
    - `prepare`: False behind a pooler in transaction mode that does not support prepared statements (PgBouncer before 1.21). Each call is
      then parsed anew, in one more round trip.
    - `embedding_model`: the model with which this service embeds, while the database changes from one model to another (`memdb.spaces`).
      None is the current space's, whose dimension is `db.dimension`.
    - `allow_newer_schema`: run on a schema with migrations that this memdb does not know, as during a deployment.
    - `slow_call`: the seconds from which on a call is logged, by the logger memdb.calls (docs/observability.md); None logs none.
    - `group_writes`: commit writes of several callers together, if they are single statements (docs/throughput.md). Requires `prepare`.

    Raises ServerUnreachable, which may be temporary; AuthenticationFailed, PermissionDenied, PreflightFailed (DatabaseMissing,
    SchemaMissing, SchemaOutdated, UnsafeRole, ...) and InvalidInput, which are not.
    """
    if isinstance(pool_size, bool) or not isinstance(pool_size, int) or not 1 <= pool_size <= 1000:
        raise InvalidInput("pool_size", f"must be between 1 and 1000, not {pool_size!r}")
    if group_writes and not prepare:
        raise InvalidInput("group_writes", "needs prepared statements: it cannot be with prepare=False")
    return Connecting(
        {
            "dsn": dsn,
            "admin_dsn": admin_dsn,
            "pool_size": pool_size,
            "timeout": check_timeout(timeout),
            "role": _check_role(role, 0),
            "admin_role": _check_admin_role(admin_role, 0),
            "prepare": prepare,
            "embedding_model": _check_model(embedding_model, 0),
            "allow_newer_schema": allow_newer_schema,
            "slow_call": None if slow_call is None else check_timeout(slow_call, "slow_call"),
            "group_writes": group_writes,
        }
    )


async def _opened(*, dsn: str | None, admin_dsn: str | None, timeout: float, **options: Any) -> Database:
    url = resolve_dsn(dsn)
    admin = None if admin_dsn is None else connection_parameters(resolve_dsn(admin_dsn))
    if not url.startswith(EMBEDDED):
        parameters = connection_parameters(url)
        return await open_database(parameters, admin_parameters=admin or parameters, timeout=timeout, **options)
    from memdb.operations import embedded

    server, left = await embedded.start_in_thread(url.removeprefix(EMBEDDED), timeout=timeout)
    try:
        parameters = connection_parameters(server.dsn)
        database = await open_database(parameters, admin_parameters=admin or parameters, timeout=timeout, connect_within=left, **options)
    except BaseException:
        await server.leave_in_thread()
        raise
    database.call_on_close(server.leave_in_thread)
    return database
