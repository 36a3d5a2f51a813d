"""Where a database is: the two forms of a DSN."""

from __future__ import annotations

import os
from typing import Final

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
