"""Building."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from memdb.engine.executor import AdminExecutor
from memdb.engine.own import query

_POLL_SECONDS: Final = 0.5


class BuildProgress(msgspec.Struct, frozen=True):
    """How far an index is: `done` of `total` rows or blocks of its `phase`; a total of 0 is not known yet."""

    phase: str
    done: int
    total: int


@query
async def statements(on: AdminExecutor) -> list[str]:
    """Part of `build`: what makes the indexes that are missing."""
    ...


@query
async def progress(on: AdminExecutor) -> BuildProgress | None:
    """How far the index is that is being built, None where none is."""
    ...


# `build` has a parameter of the same name.
_read_progress = progress


async def build(on: AdminExecutor, *, progress: Callable[[BuildProgress], None] = lambda build: None) -> None:
    """Make the HNSW index of the executor's embedding space, and the index on words, where they are missing.

    For the tables' owner, with time enough: `memdb.connect(dsn, admin_role=None)` and `db.admin(timeout=86400)`. Reads and writes go on; a
    build that was broken off leaves nothing that counts, and is begun again by the next. It is quickest with maintenance_work_mem above
    the index's size. Searches find out within five minutes. Raises PermissionDenied.
    """
    for statement in await statements(on):
        building = asyncio.ensure_future(on._fetch(statement, ()))
        try:
            while not (await asyncio.wait({building}, timeout=_POLL_SECONDS))[0]:
                if (now := await _read_progress(on)) is not None:
                    progress(now)
            building.result()
        finally:
            if not building.done():
                building.cancel()
                with suppress(asyncio.CancelledError):
                    await building
