"""Changing."""

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
    """Change what is given; None leaves a field as it is, CLEAR empties it; `labels`, `tags` and `metadata` are replaced whole.

    - A changed content without a new embedding drops the old one, as does `embedding` CLEAR; the name of its model goes, too.
    - `labels` without a `category` make the surest of them the category.
    - `status`: a draft becomes active or discarded; what is active, pending_review or quarantined any other of these, archived or
      discarded; what is archived active or discarded. What is superseded, merged or discarded stays so.
    - `expected_version` None means whatever version there is.

    Raises NotFound, VersionConflict (nothing is changed), InvalidTransition, AlreadyExists if another active memory has this content and
    neither is kept, InvalidInput, WritesRefused.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding, embedding_model: ModelName | None = None) -> bool:
    """Store the embedding of the content that was read at `version`. False if the memory has changed or gone since: nothing is stored.

    The memory's version stays, since what it says is the same. `embed.many` takes a batch.
    """
    ...


@query
async def reread(on: AdminExecutor, *, after: UUID | None = None, limit: Limit = 1000) -> UUID | None:
    """After a change of the organization's language: read the words of up to `limit` memories, messages and whatever else has words anew in
    it, those after the id `after`. What is archived follows when it is restored.

    Returns the id to go on `after`, None when there is nothing more. May be broken off and repeated; searches go on meanwhile.
    """
    ...
