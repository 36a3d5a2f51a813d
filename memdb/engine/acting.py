"""memdb's roles in a database, and what a connection may do in its own role."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from memdb.engine.executor import Executor
from memdb.engine.own import query
from memdb.errors import PermissionDenied, SchemaMissing

APP_ROLE: Final = "memdb_app"
ADMIN_ROLE: Final = "memdb_admin"
NO_SCHEMA: Final = "the database has no memdb schema: run `memdb migrate` (or `yoyo apply`)"


class DatabaseRoles(msgspec.Struct, frozen=True):
    """The roles of the database.

    `app` serves tenants, `admin` administers, `owner` owns memdb's tables (None if there are none). `administers`: whether `db.admin()`
    would see all tenants on this connection, rather than none. `owns`: whether the connection's role owns the tables.
    """

    app: str
    admin: str
    owner: str | None
    administers: bool
    owns: bool

    def named(self, role: str) -> str:
        """`role`, or the role that this database has in place of a standard one."""
        return self.app if role == APP_ROLE else self.admin if role == ADMIN_ROLE else role


@query
async def database_roles(on: Executor) -> DatabaseRoles | None:
    """The roles of the database, or None if memdb's schema is missing."""
    ...


async def require_owner(on: Executor) -> None:
    """Raises PermissionDenied unless the role owns memdb's tables, and so may change the schema."""
    found = await database_roles(on)
    if found is not None and not found.owns:
        raise PermissionDenied(f"only the owner of memdb's tables may change the schema: connect as {_owner(found)}")


def require_administration(found: DatabaseRoles | None, role: str | None) -> None:
    """Raises PermissionDenied unless a connection in `role`, or in the login's own, sees all tenants; SchemaMissing without a schema."""
    if found is None:
        raise SchemaMissing(NO_SCHEMA)
    if found.administers:
        return
    admin = identifier(found.admin)
    if role is None:
        raise PermissionDenied(
            f"the login neither owns memdb's tables nor inherits {admin}: connect as {_owner(found)} to change the schema, "
            f"and with admin_role={found.admin!r} or an admin_dsn for anything else"
        )
    raise PermissionDenied(f"the login is no {admin}: GRANT {admin} TO it, or connect with admin_dsn")


def _owner(found: DatabaseRoles) -> str:
    return "the owner of the schema memdb" if found.owner is None else identifier(found.owner)


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return name if re.fullmatch("[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'
