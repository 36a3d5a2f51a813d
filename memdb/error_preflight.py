"""Problems of a database and a role, by name, for which `connect`, `migrate` and `memdb check` refuse them."""

from __future__ import annotations

from memdb.error_bases import MemdbError


class PreflightFailed(MemdbError):
    """memdb cannot safely run on the database."""


class DatabaseMissing(PreflightFailed):
    """The server has no such database."""


class SchemaMissing(PreflightFailed):
    """The database has no memdb schema: run `memdb migrate` (or `yoyo apply`)."""


class SchemaOutdated(PreflightFailed):
    """The database lacks migrations that this version of memdb needs: run `memdb migrate` (or `yoyo apply`)."""


class SchemaTooNew(PreflightFailed):
    """The database has migrations that this version of memdb does not know: upgrade memdb, or connect with `allow_newer_schema=True`."""


class ServerTooOld(PreflightFailed):
    """memdb needs PostgreSQL 16 or newer."""


class PgvectorMissing(PreflightFailed):
    """pgvector 0.8.4 or newer is not installed in the database, not on the search path, or in a schema that the role may not use."""


class WrongEncoding(PreflightFailed):
    """The database's encoding is not UTF8; nothing was changed."""


class UnsafeSettings(PreflightFailed):
    """The database or the role has settings that change results, and a pooler, or role=None, keeps memdb from setting them itself."""


class UnsafeRole(PreflightFailed):
    """The effective role could see past row-level security."""


class RowSecurityMissing(PreflightFailed):
    """On a table of memdb's or a package's, row-level security is not enabled, not forced, or not as `CALL memdb.isolate(...)` makes it."""
