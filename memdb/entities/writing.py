"""Changing entities, and their end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.clearing import Clear
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, JsonObject, Version
from memdb.engine.own import query
from memdb.entities.structs import Entity, EntityName, EntityType, Importance, Text


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    name: EntityName | None = None,
    type: EntityType | None = None,
    summary: Text | Clear | None = None,
    summarised_at: datetime | Clear | None = None,
    profile: Text | Clear | None = None,
    profiled_at: datetime | Clear | None = None,
    importance: Importance | None = None,
    metadata: JsonObject | None = None,
    embedding: Embedding | Clear | None = None,
) -> Entity:
    """Change what is given of an active entity; None leaves a field as it is, CLEAR empties it; `metadata` is replaced whole.

    - Another `type` changes the key. Another `name` does not: add the new name as an alias, too, if it is to be found by `see` and exactly.
    - `summarised_at` and `profiled_at`: None means now for a summary or profile that is given. Alone they say that what is there is fresh.
      A summary or profile that is cleared takes its time along.
    - A changed name or summary without a new embedding drops the old one, as does CLEAR.

    Raises NotFound, VersionConflict (nothing is changed), AlreadyExists if another entity has the key, InvalidInput also for an entity that
    is merged, WritesRefused.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete an active entity, with those that were merged into it; returns the version that this made. `restore` undoes it.

    Facts about it stay, and its aliases are free for others. If it is seen again, that makes a new entity.

    Raises NotFound, VersionConflict, InvalidInput for an entity that is merged, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted entity", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Entity:
    """Undo a deletion, with what went along; aliases that others have taken stay theirs.

    Raises NotFound if no deleted entity has this id, AlreadyExists if a new one has its key, VersionConflict, WritesRefused.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the entity that was read at `version`. False if it has changed or gone since: nothing is stored.

    Its version stays, since what is said of it is the same. `embed.many` takes a batch. Raises InvalidInput, WritesRefused.
    """
    ...
