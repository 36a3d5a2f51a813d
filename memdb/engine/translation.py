"""Translation of errors of the server, the driver and the operating system to memdb's.

`constraints` translates violated constraints; everything else is translated by its SQLSTATE or class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import asyncpg

from memdb.engine import constraints
from memdb.errors import (
    AuthenticationFailed,
    CallFailed,
    ConcurrentUse,
    ConnectionLost,
    DatabaseMissing,
    DeadlineExceeded,
    InvalidInput,
    InvalidTransition,
    MemdbError,
    OutOfResources,
    PermissionDenied,
    QuotaExceeded,
    ReadOnly,
    SchemaMismatch,
    ServerError,
    ServerUnreachable,
    SessionClosed,
    TransactionConflict,
    TransactionFailed,
    Unsupported,
    VersionConflict,
    WritesRefused,
)

_POOLER: Final = "the pooler keeps no prepared statements: use PgBouncer 1.21 or newer, or connect with prepare=False (docs/pooling.md)"
_BROKE: Final = "the connection broke"

# The first match applies. Those without an outcome come from a statement that the server has undone.
_BY_CLASS: Final[tuple[tuple[type[BaseException], type[MemdbError], str], ...]] = (
    (asyncpg.SerializationError, TransactionConflict, "concurrent transactions collided"),
    (asyncpg.DeadlockDetectedError, TransactionConflict, "concurrent transactions deadlocked"),
    (asyncpg.StatementCompletionUnknownError, ConnectionLost, "the server does not know whether the statement was completed"),
    (
        asyncpg.InvalidCachedStatementError,
        TransactionConflict,
        "the schema has changed since the transaction began (behind PgBouncer: RECONNECT)",
    ),
    (
        asyncpg.InFailedSQLTransactionError,
        TransactionFailed,
        "an earlier statement failed; wrap what may fail in a nested tx.transaction()",
    ),
    (asyncpg.ReadOnlySQLTransactionError, ReadOnly, "the server or the transaction is read-only"),
    (asyncpg.IdleInTransactionSessionTimeoutError, ConnectionLost, "the server ended an idle transaction"),
    (asyncpg.TransactionTimeoutError, ConnectionLost, "the server ended a long transaction"),
    (asyncpg.InsufficientPrivilegeError, PermissionDenied, "the role may not do this"),
    (asyncpg.FeatureNotSupportedError, Unsupported, "the server does not support this here"),
    (asyncpg.InvalidSQLStatementNameError, Unsupported, _POOLER),
    (asyncpg.DuplicatePreparedStatementError, Unsupported, _POOLER),
    (asyncpg.QueryCanceledError, DeadlineExceeded, "the server cancelled the statement"),
    (asyncpg.LockNotAvailableError, DeadlineExceeded, "the server gave up waiting for a lock"),
    (asyncpg.UndefinedTableError, SchemaMismatch, "the schema lacks a table that the statement names"),
    (asyncpg.UndefinedColumnError, SchemaMismatch, "the schema lacks a column that the statement names"),
    (
        asyncpg.UndefinedFunctionError,
        SchemaMismatch,
        "the schema lacks a function or operator that the statement names",
    ),
    (asyncpg.SyntaxOrAccessError, SchemaMismatch, "the statement does not fit the schema"),
    (asyncpg.InvalidSchemaNameError, SchemaMismatch, "the database lacks a schema that the statement names"),
    (asyncpg.InvalidCatalogNameError, DatabaseMissing, "the server does not know the database"),
    (asyncpg.InvalidAuthorizationSpecificationError, AuthenticationFailed, "the server does not accept the login"),
    (asyncpg.CannotConnectNowError, ServerUnreachable, "the server is starting up or shutting down"),
    (asyncpg.TooManyConnectionsError, ServerUnreachable, "the server has no free connection slot"),
    (asyncpg.CrashShutdownError, ConnectionLost, "the server crashed and closed the connection"),
    (asyncpg.OperatorInterventionError, ConnectionLost, "the server closed the connection"),
    (asyncpg.PostgresConnectionError, ConnectionLost, _BROKE),
    (asyncpg.DiskFullError, OutOfResources, "the server's disk is full"),
    (asyncpg.OutOfMemoryError, OutOfResources, "the server has no memory left for this"),
    (asyncpg.InsufficientResourcesError, OutOfResources, "the server has reached one of its limits"),
    (asyncpg.InternalClientError, ConnectionLost, "the driver cannot read the answer"),
    (TimeoutError, DeadlineExceeded, "the call did not finish within its timeout"),
    (OSError, ConnectionLost, _BROKE),
)

# After these errors, nothing of the statement remains, whatever may be true of others with the same name here.
_UNDONE: Final = (
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
)

# Errors whose message says what is wrong with the statement.
_NAMING: Final = (asyncpg.SyntaxOrAccessError, asyncpg.InvalidSchemaNameError)

# Errors raised by the schema's own functions; the detail has the arguments.
_RAISED_BY_MEMDB: Final[Mapping[str, Callable[..., MemdbError]]] = {
    "MV001": lambda versions: VersionConflict(*map(int, versions.split())),
    "MV002": WritesRefused,
    "MV003": InvalidTransition,
    "MV004": lambda kind, quota: QuotaExceeded(kind, int(quota)),
    "MV005": InvalidInput,
    "MV006": SessionClosed,
}


def translate(error: Exception) -> Exception:
    """memdb's error for one of the server's, the driver's or the operating system's; any other unchanged."""
    if isinstance(error, MemdbError):
        return error
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return constraints.told(error) or _unnamed(error)
    if isinstance(error, asyncpg.PostgresError) and error.sqlstate in _RAISED_BY_MEMDB:
        return _RAISED_BY_MEMDB[error.sqlstate](*error.detail.split("|"))
    if isinstance(error, asyncpg.ProgramLimitExceededError):
        return InvalidInput("an argument", f"is more than the server can take: {error.args[0]}")
    if isinstance(error, asyncpg.DataError):
        return InvalidInput("an argument", f"cannot be sent or stored: {error}")
    if isinstance(error, asyncpg.InterfaceError) and "another operation" in str(error):
        return ConcurrentUse("another call of the same transaction is still running")
    if isinstance(error, asyncpg.InterfaceError) and "closed" in str(error):
        # asyncpg checks this before it sends anything.
        return _undone(ConnectionLost("the connection was closed"))
    if isinstance(error, asyncpg.PostgresConnectionError) and "statement pooling mode" in str(error):
        return Unsupported("the pooler is in statement mode, without transactions: set its pool_mode to transaction (docs/pooling.md)")
    for theirs, ours, message in _BY_CLASS:
        if isinstance(error, theirs):
            made = ours(f"{message}: {_cause(error)}" if isinstance(error, _NAMING) else message)
            return _undone(made) if isinstance(error, _UNDONE) else made
    return _unnamed(error) if isinstance(error, asyncpg.PostgresError) else error


def _undone(failed: MemdbError) -> MemdbError:
    if isinstance(failed, CallFailed):
        failed.outcome = "rolled_back"
    return failed


def _cause(error: Any) -> str:
    """The server's message and hint, which name tables, columns and types, but no value of a row."""
    return f"{error.args[0]} ({error.hint})" if error.hint else str(error.args[0])


def _unnamed(error: Any) -> ServerError:
    # Not str(error), because its details may contain values of a row.
    return ServerError(error.sqlstate, _cause(error))
