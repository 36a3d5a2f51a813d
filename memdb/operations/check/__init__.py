"""memdb check: comparing every SQL file and every tenant table of a package with a live schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from memdb.engine import own, preflight
from memdb.engine.acting import APP_ROLE, NO_SCHEMA, DatabaseRoles, database_roles
from memdb.engine.dsn import connection_parameters, resolve_dsn
from memdb.engine.executor import AdminExecutor
from memdb.engine.package import Package
from memdb.engine.query import Query
from memdb.engine.settings import SERIAL
from memdb.errors import ExtraMissing, SchemaMissing

try:
    import psycopg
except ImportError as error:
    raise ExtraMissing("checking statements", "migrate") from error

from memdb.operations.check import tables as tables_of
from memdb.operations.check.statements import Checker, Difference, named_types, not_null_columns
from memdb.operations.check.tables import tables
from memdb.operations.libpq import fetch, open_connection

__all__ = ["Difference", "check", "named_types", "not_null_columns", "tables"]


def check(
    dsn: str | None = None,
    *,
    packages: Iterable[Package] = (own.query,),
    queries: Iterable[Query[..., Any]] | None = None,
    role: str = APP_ROLE,
) -> list[Difference]:
    """The differences between the packages (by default, memdb's own) and the database at `dsn` or $MEMDB_DSN.

    Their query functions (or only `queries`) are compared with the schema, and their tables with what keeps tenants apart. Each statement
    is prepared and planned, never run, in its role. Raises SchemaMissing, SchemaOutdated, PgvectorMissing, QueryDefinitionError, and what
    `memdb.connect` raises about the server.
    """
    url = resolve_dsn(dsn)
    roles = _roles(url)
    found: list[Difference] = []
    if queries is None:
        packages = list(packages)
        for package in packages:
            package.load_all()
        queries = [query for package in packages for query in package.queries.values()]
        with _connect(url, roles.named(role)) as connection:
            for package in packages:
                found += tables_of.differences(connection, package)
    chosen = list(queries)
    for acting, is_admin in ((roles.named(role), False), (roles.admin, True)):
        mine = [each for each in chosen if issubclass(each.executor, AdminExecutor) == is_admin]
        if mine:
            with _connect(url, acting) as connection:
                checker = Checker(connection)
                for each in mine:
                    for difference in checker.differences(each):
                        found.append(difference._replace(query=_name(each)))
    return found


def _name(query: Query[..., Any]) -> str:
    return query.name if query.package == own.query.name else f"{query.package}.{query.name}"


def _roles(url: str) -> DatabaseRoles:
    with open_connection(connection_parameters(url)) as connection:
        found: list[DatabaseRoles] = fetch(connection, database_roles)
    if not found:
        raise SchemaMissing(NO_SCHEMA)
    return found[0]


def _connect(url: str, role: str) -> psycopg.Connection[Any]:
    connection = open_connection(connection_parameters(url).with_settings(SERIAL), role=role)
    try:
        (found,) = fetch(connection, preflight.inspect, [], [])
        preflight.judge_schema(found, allow_newer_schema=True)
    except BaseException:
        connection.close()
        raise
    return connection
