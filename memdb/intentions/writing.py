"""Adding, changing, triggering and ending intentions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.clearing import Clear
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, JsonObject, Limit, Reason, Version
from memdb.engine.own import query
from memdb.intentions.structs import Action, Condition, Context, Intention, Outcome, Trigger


@query(absent="agent", again=True)
async def add(
    on: Executor,
    *,
    agent_id: UUID,
    trigger: Trigger,
    action: Action,
    condition: Condition | None = None,
    embedding: Embedding | None = None,
    due_at: datetime | None = None,
    context: Context | None = None,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    metadata: JsonObject | None = None,
    id: UUID | None = None,
) -> Intention:
    """Add an agent's intention to do `action` (1 to 2,000 characters).

    - `trigger`: time requires `due_at`; event and topic require a `condition` (1 to 2,000 characters), and may also have a `due_at`.
    - `embedding`: of the condition, of the database's dimension. None leaves it to a background embedder (`unembedded`, `embed`).
    - `context`: what it is about, 1 to 512 characters. `metadata`: a JSON object of at most 8,192 bytes.
    - `id`: None means a new UUIDv7. If the agent has a live intention with this id and action, it is returned unchanged, so `add` can be
      retried safely. Pages are sorted by id.

    Raises InvalidInput, NotFound for an unknown agent, user or session, AlreadyExists if something else has this `id`, WritesRefused.
    """
    ...


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    condition: Condition | Clear | None = None,
    embedding: Embedding | Clear | None = None,
    action: Action | None = None,
    context: Context | Clear | None = None,
    due_at: datetime | Clear | None = None,
    metadata: JsonObject | None = None,
) -> Intention:
    """Change the given fields, whatever the status. None leaves a field unchanged, CLEAR empties it; `metadata` is replaced as a whole.

    Changing the condition without giving a new embedding drops the old one, as does CLEAR. What the trigger requires cannot be cleared.
    Raises NotFound, VersionConflict (nothing is changed), InvalidInput, WritesRefused.
    """
    ...


@query
async def trigger(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Intention:
    """Trigger a pending intention: its time has come, or its condition is met. Of several concurrent callers, one succeeds.

    Raises NotFound, InvalidTransition if it is not pending, VersionConflict, WritesRefused.
    """
    ...


@query
async def fulfil(on: Executor, *, id: UUID, outcome: Outcome | None = None, expected_version: Version | None = None) -> Intention:
    """Fulfil an open intention, triggered or not, permanently. `outcome` (1 to 2,000 characters) is its result.

    Raises NotFound, InvalidTransition if it has ended, VersionConflict, WritesRefused.
    """
    ...


@query
async def cancel(on: Executor, *, id: UUID, reason: Reason | None = None, expected_version: Version | None = None) -> Intention:
    """Cancel an open intention. `reason` (1 to 2,000 characters) becomes its outcome. `reopen` undoes it.

    Raises NotFound, InvalidTransition if it has ended, VersionConflict, WritesRefused.
    """
    ...


@query
async def reopen(on: Executor, *, id: UUID, due_at: datetime | Clear | None = None, expected_version: Version | None = None) -> Intention:
    """Make a triggered, cancelled or expired intention pending again, without an outcome.

    `due_at` None leaves it unchanged, CLEAR removes it. Also for an intention claimed by a scheduler that then failed. Raises NotFound,
    InvalidTransition if it is pending or fulfilled, VersionConflict, WritesRefused.
    """
    ...


@query
async def claim_due(on: Executor, *, at: datetime | None = None, agent_id: UUID | None = None, limit: Limit = 100) -> list[Intention]:
    """Trigger pending intentions whose `due_at` is not after `at` (None: now), longest due first, and return them.

    Concurrent callers get different ones, and none is returned twice, so any number of schedulers can run. An intention that a scheduler
    could not finish stays triggered until it ends or is reopened. Intentions of agents that take no writes are skipped.

    Raises InvalidInput, WritesRefused for a suspended tenant.
    """
    ...


@query
async def expire_overdue(on: Executor, *, due_before: datetime, agent_id: UUID | None = None, limit: Limit = 1000) -> list[UUID]:
    """Expire open intentions that were due before a time (at the latest, now), longest due first; returns their ids.

    A job may repeat it until nothing is left, and run concurrently. Intentions being changed by others are left for the next time; those of
    agents that take no writes are skipped. Raises InvalidInput, WritesRefused for a suspended tenant.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete an intention of any status and return its new version. `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted intention", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Intention:
    """Restore a deleted intention with its previous status.

    Raises NotFound if no deleted intention has this id, VersionConflict, WritesRefused.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the condition that was read at `version`.

    Returns False, and stores nothing, if the intention has changed or disappeared since, or has no condition. Its version stays, because
    the condition has not changed. `embed.many` takes a batch. Raises InvalidInput, WritesRefused.
    """
    ...
