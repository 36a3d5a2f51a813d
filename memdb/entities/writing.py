"""Changing and deleting entities."""

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
    """Change the given fields of an active entity. None leaves a field unchanged, CLEAR empties it; `metadata` is replaced as a whole.

    - Changing `type` changes the key; changing `name` does not. Add the new name as an alias, too, if `see` and exact lookups are to find
      it.
    - `summarised_at` and `profiled_at`: None means now if a summary or profile is given. Given alone, they mark the existing one as
      refreshed. Clearing a summary or profile also clears its time.
    - Changing the name or summary without giving a new embedding drops the old one, as does CLEAR.

    Raises NotFound, VersionConflict (nothing is changed), AlreadyExists if another entity has the key, InvalidInput also for a merged
    entity, WritesRefused.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete an active entity and those merged into it, and return its new version. `restore` undoes it.

    Facts about it stay, and its aliases become free for others. Seeing it again creates a new entity.

    Raises NotFound, VersionConflict, InvalidInput for a merged entity, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted entity", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Entity:
    """Restore a deleted entity and those deleted with it. Aliases that others have taken stay with them.

    Raises NotFound if no deleted entity has this id, AlreadyExists if a new one has its key, VersionConflict, WritesRefused.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the entity that was read at `version`.

    Returns False, and stores nothing, if the entity has changed or disappeared since. Its version stays, because its description has not
    changed. `embed.many` takes a batch. Raises InvalidInput, WritesRefused.
    """
    ...
