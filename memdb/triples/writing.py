"""Stating and deleting triples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Unpack
from uuid import UUID

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Version
from memdb.engine.own import query
from memdb.errors import NotFound
from memdb.triples.structs import NewTriple, Object, Predicate, Subject, Triple, TripleDetails

LARGEST_BATCH: Final = 1000
_COLUMNS: Final = Columns(NewTriple)


@query
async def write(on: Executor, *, user_id: UUID | None, **columns: Annotated[list[Any], _COLUMNS]) -> list[Triple]:
    """Part of `assert_` and `assert_many`. Each list has one element per triple."""
    ...


@unpacking
async def assert_(
    on: Executor, *, subject: str, predicate: str, object: str, user_id: UUID | None = None, **details: Unpack[TripleDetails]
) -> Triple:
    """State a triple of a user, or of the tenant if `user_id` is None. However often it is stated, it is stored once.

    An existing triple with equal texts keeps its spelling and its id. If given, `confidence`, `source` and `embedding` replace its own, and
    `metadata` is merged into its own; CLEAR empties `confidence` and `source`. A deleted triple is restored.

    - `subject`: 1 to 512 characters; `predicate`: 1 to 256; `object`: 1 to 8,192; none blank.
    - `confidence`: 0 to 1. `source`: 1 to 512 characters. `metadata`: a JSON object of at most 8,192 bytes, including what is already
      there.
    - `embedding`: of `Triple.text`. None leaves a new triple to a background embedder (`unembedded`, `embed`).

    Raises InvalidInput, NotFound for an unknown user, WritesRefused.
    """
    item = NewTriple(subject=subject, predicate=predicate, object=object, **details)
    return (await assert_many(on, items=[item], user_id=user_id))[0]


async def assert_many(on: Executor, *, items: Iterable[NewTriple], user_id: UUID | None = None) -> list[Triple]:
    """`assert_` for up to 1,000 items of one user, or of the tenant, all or none, in one round trip.

    The results are in the order of the items. Of identical triples, the last counts. A field that is CLEAR must be CLEAR in all items.
    Pages are in the order in which triples were first stated. Raises as `assert_` does.
    """
    items = items_of(items, NewTriple, at_most=LARGEST_BATCH)
    if not items:
        return []
    written = await write(on, user_id=user_id, **_COLUMNS.of(items))
    if not written:
        raise NotFound("organization")
    return written


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a triple and return its new version. `restore` undoes it, and so does `assert_`.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query
async def clear(
    on: Executor,
    *,
    user_id: UUID | None = None,
    subject: Subject | None = None,
    predicate: Predicate | None = None,
    object: Object | None = None,
    everything: bool = False,
) -> int:
    """Soft-delete the live triples of the user, or of the tenant if `user_id` is None, that have the given parts; returns their number.

    Raises InvalidInput if no part is given, unless `everything` is true, which deletes all of the owner's triples; WritesRefused.
    """
    ...


@query(absent="deleted triple", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Triple:
    """Restore a deleted triple. Raises NotFound if no deleted triple has this id, VersionConflict, WritesRefused."""
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the triple that was read at `version`.

    Returns False, and stores nothing, if the triple has changed or disappeared since. Its version stays. `embed.many` takes a batch. Raises
    InvalidInput, WritesRefused.
    """
    ...
