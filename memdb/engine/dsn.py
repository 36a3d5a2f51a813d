"""Where a database is: the two forms of a DSN."""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from memdb.errors import InvalidInput

EMBEDDED: Final = "embedded:"


def resolve_dsn(dsn: str | None) -> str:
    """`dsn`, or $MEMDB_DSN where it is None; raises InvalidInput for anything that is no PostgreSQL URL and not embedded:PATH."""
    url = dsn if dsn is not None else os.environ.get("MEMDB_DSN", "")
    if not isinstance(url, str) or not url:
        raise InvalidInput("dsn", "must be given, or set as MEMDB_DSN: postgresql://user@host/database or embedded:PATH")
    if not url.startswith(("postgresql://", "postgres://", EMBEDDED)) or url == EMBEDDED:
        # The value is not repeated: it may hold a password.
        raise InvalidInput("dsn", "must be postgresql://user@host/database or embedded:PATH")
    return url


def place(url: str) -> str:
    """The host and the database of a PostgreSQL URL, to be shown: without login, password and options."""
    parts = urlsplit(url)
    options = parse_qs(parts.query)

    def named(in_url: str, option: str, variable: str) -> str:
        return in_url or ",".join(options.get(option, ())) or os.environ.get(variable, "")

    host = named(unquote(parts.netloc.rpartition("@")[2]), "host", "PGHOST") or "localhost"
    database = named(unquote(parts.path.lstrip("/")), "dbname", "PGDATABASE")
    return f"{host}/{database}" if database else host
