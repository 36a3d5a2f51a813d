"""What becomes of a fact: confirmed, corrected, invalidated, deleted, used."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.clearing import Clear
from memdb.engine.executor import Executor
from memdb.engine.inputs import Confidence, Content, Embedding, Ids, JsonObject, JsonValue, Version
from memdb.engine.own import query
from memdb.facts.structs import Annotation, Category, Context, Fact, Speaker


@query
async def confirm(on: Executor, *, id: UUID, confidence: Confidence | None = None, expected_version: Version | None = None) -> Fact:
    """Say once more that an active fact is true: it needs no confirmation any more and is not stale.

    Its confidence becomes `confidence` if that is more. If it expires, and its attribute has a time to live, that begins anew. Raises
    NotFound, InvalidTransition if it is not active, VersionConflict, InvalidInput, WritesRefused.
    """
    ...


@query
async def correct(
    on: Executor,
    *,
    id: UUID,
    content: Content | None = None,
    value: JsonValue | None = None,
    embedding: Embedding | None = None,
    confidence: Confidence | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | Clear | None = None,
    expires_at: datetime | Clear | None = None,
    event_id: UUID | Clear | None = None,
    session_id: UUID | Clear | None = None,
    speaker: Speaker | Clear | None = None,
    context: Context | Clear | None = None,
    expected_version: Version | None = None,
) -> Fact:
    """Put right what an active fact says: returns the new fact that supersedes it, of the same entity and attribute, with one correction
    more.

    `content` or `value` must be given; None leaves a field as it was, also when it is valid: the old one then turns out never to have been
    true. CLEAR empties it: without `valid_until` it is valid without end. `embedding` is that of the new content. The new fact names the
    same entities; edges that the old one was the evidence of are invalidated. `expires_at` None means by the attribute's time to live, or
    as it was; CLEAR never. The attribute's conflict policy is not asked.

    Raises NotFound, InvalidTransition if it is not active, VersionConflict, InvalidInput, WritesRefused, AlreadyExists if another active
    fact says the same.
    """
    ...


@query
async def invalidate(on: Executor, *, id: UUID, valid_until: datetime | None = None, expected_version: Version | None = None) -> Fact:
    """End an active fact without another in its place; edges that it was the evidence of are invalidated.

    It was true until `valid_until`: None means now; `valid_from` or earlier means never. Raises NotFound, InvalidTransition if it is not
    active, VersionConflict, InvalidInput, WritesRefused.
    """
    ...


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    annotation: Annotation | Clear | None = None,
    category: Category | Clear | None = None,
    importance: Confidence | None = None,
    sensitive: bool | None = None,
    needs_confirmation: bool | None = None,
    metadata: JsonObject | None = None,
) -> Fact:
    """Change what is given, whatever the status; None leaves a field as it is, CLEAR empties it; `metadata` is replaced whole.

    What it says is changed by `correct`. Raises NotFound, VersionConflict (nothing is changed), InvalidInput, WritesRefused.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a fact, whatever its status; edges that it was the evidence of are invalidated. Returns the version that this made.

    `restore` undoes it. Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted fact", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Fact:
    """Undo a deletion, with the edges that went with it, unless they lead from or to what was merged since; the status is as it was.

    Raises NotFound if no deleted fact has this id, AlreadyExists if another active fact says the same by now, VersionConflict,
    WritesRefused.
    """
    ...


@query
async def record_use(on: Executor, *, ids: Ids) -> int:
    """Count one retrieval of each of up to 1,000 facts, those that are given twice, twice; says how many facts were counted.

    What is deleted or unknown is left out. Versions stay. It goes on for a suspended tenant.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the content that was read at `version`. False if the fact has changed or gone since: nothing is stored.

    Its version stays, since what it says is the same. `embed.many` takes a batch. Raises InvalidInput, WritesRefused.
    """
    ...
