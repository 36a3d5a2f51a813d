"""What can go wrong, by name.

Every error that memdb raises on purpose is a `MemdbError`. Errors of the server are translated by `translate`: a violated constraint
through the tables of `constraints.py`, everything else by its SQLSTATE. No message carries a value of another tenant's row.
"""

from __future__ import annotations

from typing import Any, Final

import asyncpg

from memdb.constraints import CHECKS, REFERENCES, UNIQUES


class MemdbError(Exception):
    """The base of all errors that memdb raises on purpose."""


class InvalidInput(MemdbError, ValueError):
    """An argument cannot be stored or asked for as it is; nothing was changed."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field} {rule}")
        self.field: Final = field
        self.rule: Final = rule


class NotFound(MemdbError, LookupError):
    """No live row of this kind has this key for this tenant: it never existed, is deleted or expired, or belongs to another tenant."""

    def __init__(self, kind: str, key: object = None) -> None:
        super().__init__(f"no such {kind}" if key is None else f"no such {kind}: {key}")
        self.kind: Final = kind
        self.key: Final = key


class AlreadyExists(MemdbError):
    """Another live row of the tenant has this value in a field that must be unique; nothing was changed."""

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(f"another {kind} has this {field}")
        self.kind: Final = kind
        self.field: Final = field


class VersionConflict(MemdbError):
    """The row has changed since the caller read it: `expected` is not its version any more; nothing was changed."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"expected version {expected}, found version {actual}; read it again and decide anew")
        self.expected: Final = expected
        self.actual: Final = actual


class TenantRequired(MemdbError, TypeError):
    """The statement works on one tenant's rows and was given an executor without one: use `db.tenant(org_id)`."""


class PermissionDenied(MemdbError):
    """The role may not do this: an administrative function needs `db.admin()`, a tenant's function `db.tenant(org_id)`."""


class ConcurrentUse(MemdbError):
    """Two tasks used one transaction at the same time; give each its own, or await one call after the other."""


class TransactionFailed(MemdbError):
    """The block ended well, but a statement in it had failed and the error was swallowed: the transaction was rolled back."""


class TransactionEnded(MemdbError):
    """A Transaction was used after its block."""


class Unsupported(MemdbError):
    """The server cannot do this, such as a serializable transaction on a replica."""


class TransactionConflict(MemdbError):
    """The transaction lost against a concurrent one (serialization failure or deadlock) and was rolled back; it may be run again."""


class ReadOnly(MemdbError):
    """The server or the transaction takes no writes (a replica, or `readonly=True`)."""


class Unavailable(MemdbError):
    """No working connection could be had."""


class ServerUnreachable(Unavailable):
    """The server refuses connections, does not answer, or does not know the database or the login."""


class ConnectionLost(Unavailable):
    """The connection broke during the call. Whether a write was committed is unknown."""


class PoolClosed(Unavailable):
    """The database was closed; `connect` again."""


class DeadlineExceeded(MemdbError, TimeoutError):
    """The call did not finish within its timeout and was cancelled. Whether a write was committed is unknown."""


class PoolExhausted(DeadlineExceeded):
    """No connection became free within the timeout; nothing was sent. Raise `pool_size` or look for transactions that stay open."""


class PreflightFailed(MemdbError):
    """The database is not one that memdb can safely run on."""


class SchemaMissing(PreflightFailed):
    """The database has no memdb schema: run `memdb migrate` (or `yoyo apply`)."""


class SchemaOutdated(PreflightFailed):
    """The database lacks migrations that this version of memdb needs: run `memdb migrate` (or `yoyo apply`)."""


class SchemaTooNew(PreflightFailed):
    """The database has migrations that this version of memdb does not know: upgrade memdb, or connect with `allow_newer_schema=True`."""


class ServerTooOld(PreflightFailed):
    """memdb needs PostgreSQL 16 or newer."""


class PgvectorMissing(PreflightFailed):
    """pgvector 0.8.4 or newer is not installed in the database, or not on its search path."""


class UnsafeRole(PreflightFailed):
    """The effective role could see past row-level security."""


class RowSecurityMissing(PreflightFailed):
    """Row-level security is not enabled, not forced, or not the policy of the migrations, on some tenant table."""


class SchemaMismatch(MemdbError):
    """A statement's columns are not the fields of its Struct: run `memdb check`."""


class QueryDefinitionError(MemdbError, TypeError):
    """A query function and its SQL file do not fit together; raised at import."""


class EmbeddedServerError(MemdbError):
    """The embedded PostgreSQL could not be started or stopped."""


class ForeignDataFolder(EmbeddedServerError):
    """The folder holds something that memdb did not put there; it is left untouched."""


class DamagedDataFolder(EmbeddedServerError):
    """The folder is one of memdb's, but its database is incomplete or of another major version; it is left untouched."""


class ExtraMissing(MemdbError, ImportError):
    """The feature needs an optional dependency: the message says which extra to install."""


_BY_CLASS: Final[tuple[tuple[type[BaseException], type[MemdbError], str], ...]] = (
    (asyncpg.SerializationError, TransactionConflict, "concurrent transactions collided; run it again"),
    (asyncpg.DeadlockDetectedError, TransactionConflict, "concurrent transactions deadlocked; run it again"),
    (asyncpg.ReadOnlySQLTransactionError, ReadOnly, "the server or the transaction is read-only"),
    (asyncpg.InsufficientPrivilegeError, PermissionDenied, "the role may not do this"),
    (asyncpg.FeatureNotSupportedError, Unsupported, "the server does not support this here"),
    (asyncpg.QueryCanceledError, DeadlineExceeded, "the server cancelled the statement"),
    (asyncpg.UndefinedTableError, SchemaMismatch, "the schema lacks a table that the statement names"),
    (asyncpg.UndefinedColumnError, SchemaMismatch, "the schema lacks a column that the statement names"),
    (
        asyncpg.UndefinedFunctionError,
        SchemaMismatch,
        "the schema lacks a function or operator that the statement names",
    ),
    (asyncpg.InvalidSchemaNameError, SchemaMissing, "the database has no memdb schema"),
    (asyncpg.AdminShutdownError, ConnectionLost, "the server closed the connection"),
    (asyncpg.CrashShutdownError, ConnectionLost, "the server crashed and closed the connection"),
    (asyncpg.CannotConnectNowError, ServerUnreachable, "the server is starting up or shutting down"),
    (asyncpg.TooManyConnectionsError, ServerUnreachable, "the server has no free connection slot"),
    (asyncpg.PostgresConnectionError, ConnectionLost, "the connection broke; whether a write was committed is unknown"),
    (
        TimeoutError,
        DeadlineExceeded,
        "the call did not finish within its timeout; whether a write was committed is unknown",
    ),
    (OSError, ConnectionLost, "the connection broke; whether a write was committed is unknown"),
)


def translate(error: Exception) -> Exception:
    """memdb's error for one of asyncpg's or the operating system's, or `error` itself where memdb has no better name for it."""
    if isinstance(error, MemdbError):
        return error
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return _violation(error)
    if isinstance(error, asyncpg.PostgresError) and error.sqlstate == "MV001":
        expected, actual = error.detail.split()
        return VersionConflict(int(expected), int(actual))
    if isinstance(error, asyncpg.DataError):
        return InvalidInput("an argument", f"cannot be sent or stored: {error}")
    if isinstance(error, asyncpg.InterfaceError) and "another operation" in str(error):
        return ConcurrentUse("another call of the same transaction is still running")
    if isinstance(error, asyncpg.InterfaceError) and "closed" in str(error):
        return ConnectionLost("the connection was closed; what was not committed is lost")
    for theirs, ours, message in _BY_CLASS:
        if isinstance(error, theirs):
            return ours(message)
    return error


def _violation(error: Any) -> Exception:
    name = error.constraint_name
    if name in CHECKS:
        return InvalidInput(*CHECKS[name])
    if name in UNIQUES:
        return AlreadyExists(*UNIQUES[name])
    if name in REFERENCES:
        return NotFound(REFERENCES[name])
    if isinstance(error, asyncpg.NotNullViolationError):
        return InvalidInput(error.column_name, "must not be None")
    return error  # type: ignore[no-any-return]
