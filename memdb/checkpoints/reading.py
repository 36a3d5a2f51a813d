"""Reading checkpoints."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.checkpoints.structs import Checkpoint, Turn
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit
from memdb.engine.own import query
from memdb.errors import InvalidInput

After: TypeAlias = Annotated[int, Meta(ge=-1, le=2**31 - 1)]


@query
async def get(on: Executor, *, session_id: UUID, turn: Turn) -> Checkpoint | None:
    """The checkpoint of this turn, or None."""
    ...


@query
async def latest(on: Executor, *, session_id: UUID) -> Checkpoint | None:
    """The checkpoint of the highest turn, or None if there is none."""
    ...


@query
async def page_of_newest(on: Executor, *, session_id: UUID, before: Checkpoint | Cursor | Turn | None, limit: Limit) -> list[Checkpoint]:
    """Part of `page`: backward."""
    ...


@query
async def page_of_oldest(on: Executor, *, session_id: UUID, after: Checkpoint | Cursor | After, limit: Limit) -> list[Checkpoint]:
    """Part of `page`: forward."""
    ...


async def page(
    on: Executor,
    *,
    session_id: UUID,
    before: Checkpoint | Cursor | int | None = None,
    after: Checkpoint | Cursor | int | None = None,
    limit: int = 50,
) -> list[Checkpoint]:
    """The session's checkpoints, last turn first; with `after`, those that follow it, first turn first (-1 is the beginning).

    `limit` is 1 to 1,000. Raises InvalidInput, also if `before` and `after` are given together.
    """
    if after is None:
        return await page_of_newest(on, session_id=session_id, before=before, limit=limit)
    if before is not None:
        raise InvalidInput("after", "and before must not be given together")
    return await page_of_oldest(on, session_id=session_id, after=after, limit=limit)


@query
async def count(on: Executor, *, session_id: UUID) -> int:
    """The number of the session's checkpoints."""
    ...
