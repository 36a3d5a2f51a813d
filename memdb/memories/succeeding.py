"""Superseding, merging, and reverting a memory to an earlier version."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import Ids, Reason, Version
from memdb.engine.own import query
from memdb.memories.structs import Memory


@query(absent="memory or successor")
async def supersede(
    on: Executor,
    *,
    id: UUID,
    successor_id: UUID,
    closed_at: datetime | None = None,
    expected_version: Version | None = None,
    reason: Reason | None = None,
) -> Memory:
    """Supersede the active memory `id` by the active memory `successor_id`, and return the former as it is now.

    It becomes superseded, its validity ends at `closed_at` (None: when its successor's begins) unless it ended earlier, and the successor
    gets an edge of type supersedes to it. Raises NotFound if either does not exist, InvalidInput if the successor is not active or is the
    same memory, InvalidTransition, VersionConflict, WritesRefused.
    """
    ...


@query(absent="memory among ids and into_id")
async def merge(on: Executor, *, ids: Ids, into_id: UUID, expected_version: Version | None = None, reason: Reason | None = None) -> Memory:
    """Merge the active memories `ids` into the active memory `into_id`, and return that; all or none.

    They become merged, their validity ends now unless it ended earlier, and `into_id` gets their tags and an edge of type merged_from to
    each. `expected_version` refers to `into_id`. Raises NotFound if one of them does not exist, InvalidInput if `into_id` is not active, is
    among `ids`, or would have more than 20 tags, InvalidTransition, VersionConflict, WritesRefused.
    """
    ...


@query(absent="memory or version")
async def revert(
    on: Executor, *, id: UUID, version: Version, expected_version: Version | None = None, reason: Reason | None = None
) -> Memory:
    """Revert a live memory to an earlier version: its content, category, labels, confidence, tags, metadata and validity.

    Its status, expiry and successors stay, and so does the validity of a superseded or merged memory. If the content changes, the embedding
    is dropped. Raises NotFound, VersionConflict, AlreadyExists if another active memory has that content and neither is kept,
    WritesRefused.
    """
    ...
