"""One memory in another's place: superseding, merging; and going back to what a memory said before."""

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
    """Put the active memory `successor_id` in the place of the active memory `id`, and return the latter as it is now.

    It is superseded, its validity ends at `closed_at` (None: when that of its successor begins) if not before, and the successor gets an
    edge of type supersedes to it. Raises NotFound if either is not there, InvalidInput if the successor is not active or the same,
    InvalidTransition, VersionConflict, WritesRefused.
    """
    ...


@query(absent="memory among ids and into_id")
async def merge(on: Executor, *, ids: Ids, into_id: UUID, expected_version: Version | None = None, reason: Reason | None = None) -> Memory:
    """Merge the active memories `ids` into the active memory `into_id`, and return that; all or none.

    They are merged, their validity ends now if not before, and `into_id` gets their tags and an edge of type merged_from to each.
    `expected_version` is that of `into_id`. Raises NotFound if one of them is not there, InvalidInput if `into_id` is
    not active, among `ids`, or would have more than 20 tags, InvalidTransition, VersionConflict, WritesRefused.
    """
    ...


@query(absent="memory or version")
async def revert(
    on: Executor, *, id: UUID, version: Version, expected_version: Version | None = None, reason: Reason | None = None
) -> Memory:
    """Make a live memory say again what it said in an earlier version: content, category, labels, confidence, tags, metadata, validity.

    Its status, expiry and successors stay, and so does the validity of what was superseded or merged. If the content changes, the embedding
    goes. Raises NotFound, VersionConflict, AlreadyExists if another active memory has that content and neither is kept, WritesRefused.
    """
    ...
