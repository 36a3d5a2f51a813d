"""Building the indexes."""

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
    """The progress of an index: `done` of `total` rows or blocks of its `phase`; a total of 0 is unknown so far."""

    phase: str
    done: int
    total: int


@query
async def statements(on: AdminExecutor) -> list[str]:
    """Part of `build`: the statements that create the missing indexes."""
    ...


@query
async def progress(on: AdminExecutor) -> BuildProgress | None:
    """The progress of the index that is being built, or None."""
    ...


# `build` has a parameter of the same name.
_read_progress = progress


async def build(on: AdminExecutor, *, progress: Callable[[BuildProgress], None] = lambda build: None) -> None:
    """Build the HNSW index of the executor's embedding space, and the index on words, if they are missing.

    For the tables' owner, with enough time: `memdb.connect(dsn, admin_role=None)` and `db.admin(timeout=86400)`. Reads and writes continue
    meanwhile. An interrupted build leaves nothing usable, and the next call starts it again. It is fastest with maintenance_work_mem above
    the index's size. Searches use a new index within five minutes. Raises PermissionDenied.
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
