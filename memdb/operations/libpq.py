"""psycopg connections, for what asyncpg does not do: applying migrations, and describing statements without running them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from memdb.engine.connecting import refusal
from memdb.engine.dsn import ConnectionParameters
from memdb.engine.query import QueryFunction
from memdb.engine.settings import SETTINGS, UNLIMITED
from memdb.errors import ExtraMissing, ServerUnreachable

try:
    import psycopg
except ImportError as error:
    raise ExtraMissing("migrating and checking", "migrate") from error


def open_connection(parameters: ConnectionParameters, *, role: str | None = None) -> psycopg.Connection[Any]:
    """An autocommitting connection, in a role, without the login's time limits. Raises what `memdb.connect` raises if there is none."""
    settled = parameters.with_defaults({**SETTINGS, **UNLIMITED})
    acting = settled.with_settings({"role": role}) if role else settled
    try:
        # psycopg's parameters are typed one by one; it accepts all of libpq's.
        return psycopg.connect(autocommit=True, **acting.libpq())  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        # libpq does not report the SQLSTATE of a refused connection, and its message is in the server's language. asyncpg reports it.
        with ThreadPoolExecutor(1) as thread:
            told = thread.submit(asyncio.run, refusal(settled, role)).result()
        raise (told or ServerUnreachable(f"the server cannot be reached: {error}")) from error


def fetch(connection: psycopg.Connection[Any], function: QueryFunction[..., Any], *parameters: Any) -> list[Any]:
    """The rows of a query function's statement, decoded as the function's, without a tenant."""
    # The statement was compiled to PostgreSQL's own placeholders.
    rows = psycopg.RawCursor(connection).execute(function.query.statement.encode(), parameters)
    return [function.query.shape.decode(row) for row in rows]
