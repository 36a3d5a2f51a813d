"""Every SQLSTATE that asyncpg knows has a name of memdb's."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from memdb.engine.translation import translate
from memdb.errors import (
    AuthenticationFailed,
    ConnectionLost,
    DatabaseMissing,
    DeadlineExceeded,
    InvalidInput,
    MemdbError,
    OutOfResources,
    PermissionDenied,
    ReadOnly,
    SchemaMismatch,
    ServerError,
    ServerUnreachable,
    TransactionConflict,
    TransactionFailed,
    Unsupported,
)

# The longest beginning of a SQLSTATE that is here counts; what has none is a ServerError.
NAMES: dict[str, type[MemdbError]] = {
    "08": ConnectionLost,
    "0A000": Unsupported,
    "22": InvalidInput,
    "23502": InvalidInput,
    "25006": ReadOnly,
    "25P02": TransactionFailed,
    "25P03": ConnectionLost,
    "25P04": ConnectionLost,
    "26000": Unsupported,
    "28": AuthenticationFailed,
    "3D000": DatabaseMissing,
    "3F000": SchemaMismatch,
    "40001": TransactionConflict,
    "40P01": TransactionConflict,
    "40003": ConnectionLost,
    "42": SchemaMismatch,
    "42501": PermissionDenied,
    "42P05": Unsupported,
    "53": OutOfResources,
    "53300": ServerUnreachable,
    "54": InvalidInput,
    "55P03": DeadlineExceeded,
    "57": ConnectionLost,
    "57014": DeadlineExceeded,
    "57P03": ServerUnreachable,
}
KNOWN: dict[str, Any] = asyncpg.exceptions._base.PostgresMessageMeta._message_map


def _error(sqlstate: str, **fields: str) -> Any:
    letters = {"detail": "D", "function": "R"}
    return asyncpg.PostgresError.new(
        {"C": sqlstate, "M": "what the server said", **{letters[name]: value for name, value in fields.items()}}, None
    )


@pytest.mark.parametrize("sqlstate", sorted(state for state in KNOWN if len(state) == 5 and not state.startswith(("00", "01", "02"))))
def test_every_error_of_the_server_has_a_name(sqlstate: str) -> None:
    expected = next((NAMES[sqlstate[:length]] for length in (5, 2) if sqlstate[:length] in NAMES), ServerError)
    ours = translate(_error(sqlstate))
    assert type(ours) is expected
    if isinstance(ours, ServerError):
        assert ours.sqlstate == sqlstate


def test_a_state_that_nobody_knows() -> None:
    ours = translate(_error("ZZ999", detail="Key (content)=(a secret) is somewhere."))
    assert isinstance(ours, ServerError)
    assert str(ours) == "what the server said (SQLSTATE ZZ999)"


def test_a_plan_that_a_migration_made_stale_within_a_transaction() -> None:
    stale = _error("0A000", function="RevalidateCachedQuery")
    assert isinstance(stale, asyncpg.InvalidCachedStatementError)
    assert isinstance(translate(stale), TransactionConflict)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (TimeoutError(), DeadlineExceeded),
        (ConnectionResetError(), ConnectionLost),
        (asyncpg.InterfaceError("cannot perform operation: connection is closed"), ConnectionLost),
        (asyncpg.OutdatedSchemaCacheError("a type has changed"), ConnectionLost),
        (asyncpg.ProtocolError("unexpected message"), ConnectionLost),
        (asyncpg.ConnectionDoesNotExistError("transaction blocks not allowed in statement pooling mode"), Unsupported),
    ],
)
def test_errors_of_the_driver_and_the_system(theirs: Exception, ours: type[MemdbError]) -> None:
    assert type(translate(theirs)) is ours


def test_what_is_not_of_the_database_passes() -> None:
    error = RuntimeError()
    assert translate(error) is error
