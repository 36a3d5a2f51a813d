"""Confirming, correcting, invalidating and deleting facts, and recording their use."""

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
    """Confirm an active fact: it no longer needs confirmation and is not stale.

    Its confidence becomes `confidence` if that is greater. If it expires and its attribute has a time to live, that starts anew. Raises
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
    """Correct an active fact, and return the new fact that supersedes it, with the same entity and attribute and one correction more.

    `content` or `value` must be given. None leaves a field as it was, including the validity; the old fact then turns out never to have
    been true. CLEAR empties a field: without `valid_until`, the fact is valid without end. `embedding` is that of the new content. The new
    fact names the same entities. Edges whose evidence the old one was are invalidated. `expires_at` None means by the attribute's time to
    live, or as it was; CLEAR means never. The attribute's conflict policy is not applied.

    Raises NotFound, InvalidTransition if it is not active, VersionConflict, InvalidInput, WritesRefused, AlreadyExists if another active
    fact says the same.
    """
    ...


@query
async def invalidate(on: Executor, *, id: UUID, valid_until: datetime | None = None, expected_version: Version | None = None) -> Fact:
    """End an active fact without a successor; edges whose evidence it was are invalidated.

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
    """Change the given fields, whatever the status. None leaves a field unchanged, CLEAR empties it; `metadata` is replaced as a whole.

    To change what it says, use `correct`. Raises NotFound, VersionConflict (nothing is changed), InvalidInput, WritesRefused.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a fact of any status and return its new version; edges whose evidence it was are invalidated.

    `restore` undoes it. Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted fact", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Fact:
    """Restore a deleted fact with its previous status.

    The edges invalidated with it are restored, unless an entity at one of their ends was merged since. Raises NotFound if no deleted fact
    has this id, AlreadyExists if another active fact now says the same, VersionConflict, WritesRefused.
    """
    ...


@query
async def record_use(on: Executor, *, ids: Ids) -> int:
    """Count one retrieval of each of up to 1,000 facts, or several if an id is repeated, and return how many facts were counted.

    Deleted and unknown facts are skipped. Versions stay. Also works for a suspended tenant.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the content that was read at `version`.

    Returns False, and stores nothing, if the fact has changed or disappeared since. Its version stays, because the content has not changed.
    `embed.many` takes a batch. Raises InvalidInput, WritesRefused.
    """
    ...
