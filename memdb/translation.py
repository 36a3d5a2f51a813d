"""From errors of the server, the driver and the operating system to memdb's.

A violated constraint is told through the tables of `constraints.py`, everything else by its SQLSTATE or class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import asyncpg

from memdb.constraints import CHECKS, REFERENCES, UNIQUES
from memdb.errors import (
    AlreadyExists,
    ConcurrentUse,
    ConnectionLost,
    DeadlineExceeded,
    InvalidInput,
    InvalidTransition,
    MemdbError,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    ReadOnly,
    SchemaMismatch,
    SchemaMissing,
    ServerUnreachable,
    SessionClosed,
    TransactionConflict,
    TransactionFailed,
    Unsupported,
    VersionConflict,
    WritesRefused,
)

_BY_CLASS: Final[tuple[tuple[type[BaseException], type[MemdbError], str], ...]] = (
    (asyncpg.SerializationError, TransactionConflict, "concurrent transactions collided; run it again"),
    (asyncpg.DeadlockDetectedError, TransactionConflict, "concurrent transactions deadlocked; run it again"),
    (
        asyncpg.InFailedSQLTransactionError,
        TransactionFailed,
        "an earlier statement failed; wrap what may fail in a nested tx.transaction()",
    ),
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

# What the schema's own functions raise; the detail holds the arguments.
_RAISED_BY_MEMDB: Final[Mapping[str, Callable[..., MemdbError]]] = {
    "MV001": lambda versions: VersionConflict(*map(int, versions.split())),
    "MV002": WritesRefused,
    "MV003": InvalidTransition,
    "MV004": lambda kind, quota: QuotaExceeded(kind, int(quota)),
    "MV005": InvalidInput,
    "MV006": SessionClosed,
}


def translate(error: Exception) -> Exception:
    """memdb's error for one of asyncpg's or the operating system's, or `error` itself where memdb has no better name for it."""
    if isinstance(error, MemdbError):
        return error
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return _violation(error)
    if isinstance(error, asyncpg.PostgresError) and error.sqlstate in _RAISED_BY_MEMDB:
        return _RAISED_BY_MEMDB[error.sqlstate](*error.detail.split("|"))
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
