"""Changing memories."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.clearing import Clear
from memdb.engine.executor import AdminExecutor, Executor
from memdb.engine.inputs import Confidence, Content, Embedding, JsonObject, Limit, ModelName, Reason, Tags, Version
from memdb.engine.own import query
from memdb.memories.structs import Category, Memory, SettableStatus


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    content: Content | None = None,
    embedding: Embedding | Clear | None = None,
    embedding_model: ModelName | Clear | None = None,
    category: Category | None = None,
    labels: JsonObject | None = None,
    status: SettableStatus | None = None,
    confidence: Confidence | None = None,
    tags: Tags | None = None,
    metadata: JsonObject | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | Clear | None = None,
    expires_at: datetime | Clear | None = None,
    reason: Reason | None = None,
) -> Memory:
    """Change the given fields. None leaves a field unchanged, CLEAR empties it; `labels`, `tags` and `metadata` are replaced as a whole.

    - Changing the content without giving a new embedding drops the old one and its model's name, as does `embedding` CLEAR.
    - `labels` without a `category` make the one with the highest confidence the category.
    - `status`: a draft can become active or discarded. An active, pending_review or quarantined memory can become any other of these,
      archived or discarded. An archived one can become active or discarded. A superseded, merged or discarded memory stays so.
    - `expected_version` None means any version.

    Raises NotFound, VersionConflict (nothing is changed), InvalidTransition, AlreadyExists if another active memory has this content and
    neither is kept, InvalidInput, WritesRefused.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding, embedding_model: ModelName | None = None) -> bool:
    """Store the embedding of the content that was read at `version`.

    Returns False, and stores nothing, if the memory has changed or disappeared since. The memory's version stays, because the content has
    not changed.
    """
    ...


@query
async def reread(on: AdminExecutor, *, after: UUID | None = None, limit: Limit = 1000) -> UUID | None:
    """Recompute the words of up to `limit` rows (memories, messages and others) in the organization's language, after it was changed.

    Takes the rows after the id `after`, and returns the id to continue after, or None if there is nothing more. Archived messages follow
    when they are restored. Can be interrupted and repeated; searches continue meanwhile.
    """
    ...
