"""memdb check: every SQL file against a live schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from memdb.engine import preflight
from memdb.engine.connecting import ADMIN_ROLE
from memdb.engine.dsn import connection_parameters, resolve_dsn
from memdb.engine.executor import AdminExecutor
from memdb.engine.own import QUERIES, query
from memdb.engine.query import Query
from memdb.errors import ExtraMissing

try:
    import psycopg
except ImportError as error:
    raise ExtraMissing("checking statements", "migrate") from error

from memdb.operations.check.statements import Checker, Difference, domains, not_null_columns
from memdb.operations.libpq import open_connection

__all__ = ["Difference", "check", "domains", "not_null_columns"]


def check(dsn: str | None = None, *, queries: Iterable[Query[..., Any]] | None = None, role: str = "memdb_app") -> list[Difference]:
    """What differs between the query functions (memdb's own, by default) and the schema at `dsn` or $MEMDB_DSN.

    Each statement is prepared and planned, never run, in the role that it is for. Raises SchemaMissing, SchemaOutdated,
    PgvectorMissing, and what `memdb.connect` raises of the server.
    """
    query.load_all()
    chosen = list(QUERIES.values() if queries is None else queries)
    found: list[Difference] = []
    for acting, is_admin in ((role, False), (ADMIN_ROLE, True)):
        mine = [each for each in chosen if issubclass(each.executor, AdminExecutor) == is_admin]
        if mine:
            with _connect(resolve_dsn(dsn), acting) as connection:
                checker = Checker(connection)
                for each in mine:
                    found += checker.differences(each)
    return found


def _connect(url: str, role: str) -> psycopg.Connection[Any]:
    connection = open_connection(connection_parameters(url), role=role)
    try:
        (found,) = connection.execute(preflight.inspect.query.statement.encode()).fetchall()
        preflight.judge_schema(preflight.Inspection(*found), allow_newer_schema=True)
    except BaseException:
        connection.close()
        raise
    return connection
