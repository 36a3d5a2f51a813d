"""The names of memdb's roles in a database. They are chosen with its first migration; migrations use the standard names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import psycopg

from memdb.engine.acting import ADMIN_ROLE, APP_ROLE, DatabaseRoles, database_roles, identifier
from memdb.errors import InvalidInput
from memdb.operations.libpq import fetch

_MOST_BYTES: Final = 63
_RESERVED: Final = ("none", "public")
# Characters that would end the name, or the string that contains it, in some migration's statement.
_UNSAYABLE: Final = re.compile(r"""["'%$\\\x00-\x1f\x7f\ud800-\udfff]""")
_STANDARD: Final = re.compile(rf"""'({APP_ROLE}|{ADMIN_ROLE})'|"({APP_ROLE}|{ADMIN_ROLE})"|\b({APP_ROLE}|{ADMIN_ROLE})\b""")


class RoleNames(NamedTuple):
    """The role that serves tenants and the role that administers."""

    app_role: str = APP_ROLE
    admin_role: str = ADMIN_ROLE


def chosen_roles(app_role: str | None, admin_role: str | None) -> dict[str, str]:
    """The given names, by parameter. Raises InvalidInput for a name that a role cannot have, or that a migration cannot contain."""
    given = {name: value for name, value in (("app_role", app_role), ("admin_role", admin_role)) if value is not None}
    _check(RoleNames(**given))
    return given


def settle_roles(connection: psycopg.Connection[Any], given: Mapping[str, str]) -> None:
    """Make statements on this connection use the database's roles in place of the standard names.

    These are its existing roles, or for a new database those `given`. Raises InvalidInput if it has other roles than those given.
    """
    found: list[DatabaseRoles] = fetch(connection, database_roles)
    if found:
        names = RoleNames(found[0].app, found[0].admin)
        for field, wanted in given.items():
            _judge(field, wanted, getattr(names, field))
    else:
        names = RoleNames(**given)
        for field, wanted in given.items():
            if wanted == connection.info.user:
                raise InvalidInput(field, f"must not be {wanted}, the login that migrates: it owns the tables, and no service may")
    # A role may have been renamed.
    _check(names)
    if names != RoleNames():
        connection.cursor_factory = _saying(names)


def _check(names: RoleNames) -> None:
    for field, name in names._asdict().items():
        if not isinstance(name, str) or not 1 <= len(name.encode(errors="surrogatepass")) <= _MOST_BYTES:
            raise InvalidInput(field, f"must be the name of a role, of 1 to {_MOST_BYTES} bytes, not {name!r}")
        if name.startswith("pg_") or name in _RESERVED:
            raise InvalidInput(field, f"must not be {name!r}: names that begin with pg_, {' and '.join(_RESERVED)} are PostgreSQL's own")
        if _UNSAYABLE.search(name):
            raise InvalidInput(field, f"must be without quotes, %, $, \\ and control characters, not {name!r}")
    if names.app_role == names.admin_role:
        raise InvalidInput("admin_role", f"must be another role than app_role, {names.app_role!r}")


def _judge(field: str, wanted: str, has: str) -> None:
    if wanted != has:
        raise InvalidInput(
            field,
            f"must be the role that the database has, {has}, not {wanted}; "
            f"in all databases of the server it is renamed by ALTER ROLE {identifier(has)} RENAME TO {identifier(wanted)}",
        )


def _saying(names: RoleNames) -> type[psycopg.Cursor[Any]]:
    named = dict(zip(RoleNames(), names, strict=True))

    def said(match: re.Match[str]) -> str:
        literal = match.group(1)
        return f"'{named[literal]}'" if literal else f'"{named[match.group(2) or match.group(3)]}"'

    class SayingCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
            return super().execute(_STANDARD.sub(said, query) if isinstance(query, str) else query, *arguments, **options)

    return SayingCursor
