"""Every error can be copied and pickled with all that it tells; and what a failed call says of its outcome."""

from __future__ import annotations

import copy
import inspect
import pickle
import uuid
from typing import Any

import pytest

from memdb import errors
from memdb.errors import (
    CallFailed,
    ConnectionLost,
    DeadlineExceeded,
    MemdbError,
    OutOfResources,
    PoolClosed,
    PoolExhausted,
    ServerUnreachable,
    TransactionConflict,
    Unavailable,
)

CLASSES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, MemdbError)]
FAILED = [each for each in CLASSES if issubclass(each, CallFailed)]


VALUES: dict[str, Any] = {"int": 3, "UUID | None": uuid.UUID(int=1)}


def _made(kind: type[MemdbError]) -> MemdbError:
    if not inspect.isfunction(kind.__init__):
        return kind("what happened")
    _, *parameters = inspect.signature(kind.__init__).parameters.values()
    return kind(*[VALUES.get(parameter.annotation, "text") for parameter in parameters])


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_is_the_same_when_copied_and_pickled(kind: type[MemdbError]) -> None:
    error = _made(kind)
    if isinstance(error, CallFailed):
        error.function, error.seconds, error.writes, error.outcome = "memories.get", 0.25, True, "rolled_back"
    for twin in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is kind
        assert (str(twin), twin.args, vars(twin), twin.retryable) == (str(error), error.args, vars(error), error.retryable)


@pytest.mark.parametrize("kind", [each for each in CLASSES if not issubclass(each, CallFailed)])
def test_what_is_about_the_arguments_is_not_retryable(kind: type[MemdbError]) -> None:
    assert not _made(kind).retryable


# Of a read, of a write, and where nobody knows which.
@pytest.mark.parametrize(
    ("kind", "retryable"),
    [
        (CallFailed, (True, False, False)),
        (Unavailable, (True, False, False)),
        (DeadlineExceeded, (True, False, False)),
        (ConnectionLost, (True, False, False)),
        (PoolExhausted, (True, True, True)),
        (ServerUnreachable, (True, True, True)),
        (TransactionConflict, (True, True, True)),
        (OutOfResources, (True, True, True)),
        (PoolClosed, (False, False, False)),
    ],
)
def test_what_may_be_made_again(kind: type[CallFailed], retryable: tuple[bool, bool, bool]) -> None:
    error = kind("what happened")
    found = []
    for error.writes in (False, True, None):
        found.append(error.retryable)
    assert tuple(found) == retryable


def test_no_class_is_left_out() -> None:
    (mark,) = [each for each in test_what_may_be_made_again.pytestmark if each.name == "parametrize"]  # type: ignore[attr-defined]
    assert {kind for kind, _ in mark.args[1]} == set(FAILED)


def test_what_the_message_says() -> None:
    error = DeadlineExceeded("the call did not finish within its timeout")
    assert str(error) == "the call did not finish within its timeout; whether a write was committed is unknown"
    error.function, error.seconds, error.writes = "memories.insert", 0.2004, True
    assert str(error).endswith("timeout; whether the write was committed is unknown (memories.insert, a write, after 0.2 s)")
    error.writes = False
    assert str(error).endswith("timeout; it may be run again (memories.insert, a read, after 0.2 s)")
    error.outcome = "rolled_back"
    assert str(error).endswith("timeout; nothing was changed, and it may be run again (memories.insert, a read, after 0.2 s)")
    assert str(PoolExhausted("none was free")) == "none was free; nothing was sent"
