"""sync(): connect(), for callers without an event loop."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from memdb.engine.synchronous import SyncDatabase
from memdb.operations.connect import connect

P = ParamSpec("P")
R = TypeVar("R")


def _with_parameters_of(other: Callable[P, object]) -> Callable[[Callable[..., R]], Callable[P, R]]:
    def typed(function: Any) -> Any:
        returned = inspect.signature(function).return_annotation
        function.__signature__ = inspect.signature(other).replace(return_annotation=returned)
        return function

    return typed


@_with_parameters_of(connect)
def sync(*args: Any, **options: Any) -> SyncDatabase:
    """Open a database for threads without an event loop: scripts, Celery tasks, notebooks. The parameters are those of `connect`.

        with memdb.sync("postgresql://app@localhost/agents") as db:
            tenant = db.tenant(org_id)
            memory = tenant.call(memories.get, id=id)

    Its connections are served by a separate thread, which ends with `close()`. Open it in the process that uses it: in a forked child every
    call raises ForeignUse. Raises as `connect` does.
    """
    return SyncDatabase.open(connect, *args, **options)
