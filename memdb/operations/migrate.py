"""Applying migrations: with yoyo's API for `memdb migrate`, and the backend named in the shipped yoyo.ini for `yoyo apply`."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode

from msgspec import Struct

from memdb import spaces
from memdb.engine.dsn import EMBEDDED, connection_parameters, resolve_dsn
from memdb.engine.package import Package
from memdb.engine.preflight import judge_encoding
from memdb.engine.resources import MIGRATIONS
from memdb.errors import ExtraMissing, InvalidInput, MemdbError
from memdb.operations.libpq import fetch, open_connection

try:
    import psycopg
    from yoyo import get_backend, read_migrations
    from yoyo.connections import parse_uri
    from yoyo.exceptions import LockTimeout
    from yoyo.migrations import MigrationList, default_migration_table, topological_sort

    from memdb.operations.locking import LockingBackend, set_what_few_servers_know
except ImportError as error:
    raise ExtraMissing("migrating", "migrate") from error

from memdb.operations.package_migrations import migrations_of
from memdb.operations.role_names import RoleNames, chosen_roles, settle_roles

DEFAULT_DIMENSION: Final = 384
_DIMENSION_VARIABLE: Final = "MEMDB_EMBEDDING_DIM"
_DIMENSION_ARGUMENT: Final = "embedding_dim"
_DIMENSION_SETTING: Final = "memdb.embedding_dim"
# The maximum for an index on halfvec.
_MOST_DIMENSIONS: Final = 4000
_SCHEME: Final = "memdb+postgresql:"
_DSN_ARGUMENT: Final = "dsn"
_ARGUMENTS: Final = (_DIMENSION_ARGUMENT, *RoleNames._fields)
_SPACES_MIGRATION: Final = "0009_embeddings"

_logger: Final = logging.getLogger("memdb.migrate")


class MigrationFailed(MemdbError):
    """A migration could not be applied. It was rolled back; those before it remain applied."""


class MigrationsLocked(MigrationFailed):
    """Another process has been migrating for longer than the timeout."""


class Migration(Struct, frozen=True):
    """A migration of memdb's or of a package: its name, the path of its file, and whether it is applied to the database."""

    name: str
    file: str
    applied: bool


class Backend(LockingBackend):
    """yoyo's psycopg 3 backend, which passes the embeddings' dimension and the roles' names to the migrations.

    Its database is the one that its URI names or, for `memdb+postgresql:` alone, $MEMDB_DSN.
    """

    def connect(self, dburi: Any) -> Any:
        roles = chosen_roles(*map(dburi.args.get, RoleNames._fields))
        dimension = _dimension(dburi.args.get(_DIMENSION_ARGUMENT) or os.environ.get(_DIMENSION_VARIABLE))
        parameters = connection_parameters(_dsn_of(dburi))
        connection = open_connection(parameters.with_settings({_DIMENSION_SETTING: dimension}))
        try:
            judge_encoding(connection.info.parameter_status("server_encoding") or "unknown")
            _judge_pooler(connection)
            settle_roles(connection, roles)
        except BaseException:
            connection.close()
            raise
        set_what_few_servers_know(connection)
        connection.add_notice_handler(_pass_on)
        return connection


def migrate(
    dsn: str | None = None,
    *,
    packages: Iterable[Package] = (),
    dimension: int | None = None,
    default_dimension: int | None = None,
    app_role: str | None = None,
    admin_role: str | None = None,
    report: Callable[[str], None] = lambda migration: None,
    timeout: float = LockingBackend.patience,
) -> list[str]:
    """Apply the migrations that `dsn` (or $MEMDB_DSN) lacks, and return their names; `report` is called before each.

    memdb's come first, then those of `packages`, each after its dependencies. `dimension` is that of a new database's embeddings, 1 to
    4,000; None means $MEMDB_EMBEDDING_DIM, `default_dimension`, or 384. If an existing database has another dimension, InvalidInput is
    raised: another model's embeddings get a space of their own (`memdb.spaces`). `app_role` and `admin_role` are the roles that serve
    tenants and administer in a new database; None means memdb_app and memdb_admin. An existing database keeps its roles; InvalidInput for
    others. Concurrent migrations wait for one another, and for the server, at most `timeout` seconds; a killed process does not block
    others. Raises MigrationFailed, MigrationsLocked, PackageUnusable, and what `memdb.connect` raises about the server.
    """
    url = _server_dsn(dsn)
    chosen = chosen_dimension(dimension, default_dimension)
    roles = chosen_roles(app_role, admin_role)
    ours = read_migrations(str(MIGRATIONS))
    # Before anything is applied, so that a faulty package does not leave the database half migrated.
    theirs = migrations_of(packages, ours)
    try:
        reached = connection_parameters(url).within(timeout).url()
        with get_backend(f"{_SCHEME}?{urlencode({_DSN_ARGUMENT: reached, _DIMENSION_ARGUMENT: chosen, **roles})}") as backend:
            backend.patience = timeout
            _judge_dimension(backend, ours, dimension)
            # If nothing is to be applied, the lock is not needed.
            return _apply(backend, (ours, theirs), report) if backend.to_apply(ours) or backend.to_apply(theirs) else []
    except LockTimeout as error:
        raise MigrationsLocked(f"{error}: run again when it is done, or wait longer") from error
    except psycopg.Error as error:
        raise _failed(error) from error


def status(dsn: str | None = None, *, packages: Iterable[Package] = ()) -> list[Migration]:
    """The migrations of memdb and of `packages`, in the order in which `migrate` applies them; changes nothing.

    Raises as `migrate` does, and MigrationFailed if the login may not read which are applied.
    """
    uri = f"{_SCHEME}?{urlencode({_DSN_ARGUMENT: _server_dsn(dsn)})}"
    ours = read_migrations(str(MIGRATIONS))
    theirs = migrations_of(packages, ours)
    try:
        # Not by get_backend and to_apply, which create yoyo's tables.
        with Backend(parse_uri(uri), default_migration_table) as backend:
            applied = _applied(backend)
    except psycopg.Error as error:
        raise _failed(error) from error
    return [Migration(each.id, str(each.path), each.hash in applied) for each in [*topological_sort(ours), *theirs]]


def chosen_dimension(dimension: int | None, default: int | None) -> int:
    """The dimension of a new database's embeddings: `dimension`, or else $MEMDB_EMBEDDING_DIM, `default`, or 384."""
    given = os.environ.get(_DIMENSION_VARIABLE) or default
    return _dimension(given if dimension is None else dimension)


def _judge_pooler(connection: psycopg.Connection[Any]) -> None:
    try:
        connection.execute(f"SHOW {_DIMENSION_SETTING}")
    except psycopg.errors.UndefinedObject:
        raise MigrationFailed("a pooler drops the embeddings' dimension on its way: migrate on the server itself") from None


def _pass_on(notice: psycopg.errors.Diagnostic) -> None:
    if notice.severity_nonlocalized == "WARNING":
        _logger.warning(notice.message_primary)


def _apply(backend: Backend, folders: Iterable[MigrationList], report: Callable[[str], None]) -> list[str]:
    applied: list[str] = []
    with backend.lock():
        for migration in [each for folder in folders for each in backend.to_apply(folder)]:
            report(migration.id)
            try:
                backend.apply_one(migration)
            except psycopg.Error as error:
                raise MigrationFailed(f"{migration.id}: {error}{_advice(error)}") from error
            applied.append(migration.id)
    return applied


def _advice(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.InsufficientPrivilege) and "extension" in str(error):
        return "\nLet an administrator run CREATE EXTENSION vector in this database, then migrate again."
    return ""


def _failed(error: psycopg.Error) -> MigrationFailed:
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        advice = "connect as the owner of memdb's tables, or the first time as a login that may create schemas in the database"
        return MigrationFailed(f"the login may not migrate this database ({error.diag.message_primary}): {advice}")
    return MigrationFailed(str(error))


def _applied(backend: Backend) -> set[str]:
    """The hashes of the migrations applied to the database."""
    try:
        return {row[0] for row in backend.execute(backend.format_sql(backend.applied_migrations_sql)).fetchall()}
    except psycopg.errors.UndefinedTable:
        return set()


def _server_dsn(dsn: str | None) -> str:
    url = resolve_dsn(dsn)
    if url.startswith(EMBEDDED):
        raise InvalidInput("dsn", "must be a postgresql:// URL: an embedded server migrates itself when it starts")
    return url


def _dsn_of(dburi: Any) -> str:
    """The DSN in yoyo's form of a URI, which does not support several hosts."""
    if _DSN_ARGUMENT in dburi.args:
        return str(dburi.args[_DSN_ARGUMENT])
    arguments = {name: value for name, value in dburi.args.items() if name not in _ARGUMENTS}
    database = unquote(dburi.database or "")
    parts = {
        "host": dburi.hostname,
        "port": dburi.port,
        "user": dburi.username,
        "password": dburi.password,
        "dbname": database,
        **arguments,
    }
    given = {name: value for name, value in parts.items() if value}
    return f"postgresql://?{urlencode(given, quote_via=quote)}" if given else resolve_dsn(None)


def _judge_dimension(backend: Backend, migrations: Any, wanted: int | None) -> None:
    if wanted is None or any(each.id == _SPACES_MIGRATION for each in backend.to_apply(migrations)):
        return
    found = [space.dimension for space in fetch(backend.connection, spaces.existing)]
    if wanted not in found:
        raise InvalidInput(
            "dimension",
            f"must be that of the database's embeddings, {' or '.join(map(str, found))}, not {wanted}: "
            f"`memdb spaces create --model NAME --dimension {wanted}` makes room for another model's",
        )


def _dimension(value: Any) -> int:
    try:
        dimension = DEFAULT_DIMENSION if value in (None, "") else int(value)
    except ValueError:
        dimension = 0
    if not 1 <= dimension <= _MOST_DIMENSIONS:
        raise InvalidInput(_DIMENSION_VARIABLE, f"must be between 1 and {_MOST_DIMENSIONS}, the limit of a vector index, not {value!r}")
    return dimension
