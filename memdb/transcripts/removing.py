"""Removing entries and transcripts."""

from __future__ import annotations

import msgspec

from memdb.engine.executor import Executor
from memdb.engine.own import query
from memdb.errors import UnderLegalHold
from memdb.transcripts.structs import Entry, ExpectedRevision, Namespace, RevisionConflict, TranscriptId


class Removed(msgspec.Struct, frozen=True):
    """Whether the transcript existed and was removed, or the hold that forbids it."""

    hold: str | None
    existed: bool
    removed: bool


@query
async def pop(on: Executor, *, id: TranscriptId, namespace: Namespace = "") -> Entry | None:
    """Remove the newest entry from a transcript permanently and return it, or None if there is none. Each goes to one caller.

    An entry under a legal hold stays in the database, but is no longer in the transcript's history; so does an entry of a branch. Raises
    WritesRefused.
    """
    ...


@query
async def remove(on: Executor, *, id: TranscriptId, namespace: Namespace, expected_revision: ExpectedRevision | None) -> Removed:
    """Part of `delete`."""
    ...


async def delete(on: Executor, *, id: str, namespace: str = "", expected_revision: str | None = None) -> bool:
    """Remove a transcript with all its entries and branches permanently; returns whether it existed. Its id is free at once.

    Raises RevisionConflict if its revision is not the expected one, or if one is expected and it does not exist; UnderLegalHold,
    InvalidInput, WritesRefused.
    """
    found = await remove(on, id=id, namespace=namespace, expected_revision=expected_revision)
    if found.hold is not None:
        raise UnderLegalHold(found.hold)
    if not found.removed and expected_revision is not None:
        raise RevisionConflict(id)
    return found.removed
