"""Reading."""

from __future__ import annotations

from uuid import UUID

from memdb.checkpoints.structs import Checkpoint, Turn
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit
from memdb.engine.own import query


@query
async def get(on: Executor, *, session_id: UUID, turn: Turn) -> Checkpoint | None:
    """The checkpoint of this turn, or None."""
    ...


@query
async def latest(on: Executor, *, session_id: UUID) -> Checkpoint | None:
    """The checkpoint of the highest turn, or None where there is none."""
    ...


@query
async def page(on: Executor, *, session_id: UUID, before: Turn | None = None, limit: Limit = 50) -> list[Checkpoint]:
    """The session's checkpoints, the last turn first; `before` is the last turn of the page before."""
    ...


@query
async def after(on: Executor, *, session_id: UUID, turn: Turn | None = None, limit: Limit = 50) -> list[Checkpoint]:
    """The session's checkpoints after a turn, the first turn first; None for all from the beginning."""
    ...
