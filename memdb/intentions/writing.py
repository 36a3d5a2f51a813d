"""Adding and changing, what happens to an intention, and what ends it."""

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
    """Note that an agent means to do `action` (1 to 2,000 characters).

    - `trigger`: time needs `due_at`; event and topic need a `condition` (1 to 2,000 characters), and may have a `due_at`, too.
    - `embedding`: of the condition, of the database's dimension; None leaves it to a background embedder (`unembedded`, `embed`).
    - `context`: what it is about, 1 to 512 characters. `metadata`: a JSON object of at most 8,192 bytes.
    - `id`: None means a new UUIDv7. If the agent has a live intention with this id and action, that one is returned as it is: so an add may
      be repeated safely. Pages are in the order of the ids.

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
    """Change what is given, whatever the status; None leaves a field as it is, CLEAR empties it; `metadata` is replaced whole.

    A changed condition without a new embedding drops the old one, as does CLEAR. What the trigger needs cannot be cleared. Raises NotFound,
    VersionConflict (nothing is changed), InvalidInput, WritesRefused.
    """
    ...


@query
async def trigger(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Intention:
    """Say that the time of a pending intention has come, or its condition is met. Of several who do so at once, one does.

    Raises NotFound, InvalidTransition if it is not pending, VersionConflict, WritesRefused.
    """
    ...


@query
async def fulfil(on: Executor, *, id: UUID, outcome: Outcome | None = None, expected_version: Version | None = None) -> Intention:
    """End an open intention, triggered or not, as done; `outcome` (1 to 2,000 characters) is what came of it. For good.

    Raises NotFound, InvalidTransition if it has ended, VersionConflict, WritesRefused.
    """
    ...


@query
async def cancel(on: Executor, *, id: UUID, reason: Reason | None = None, expected_version: Version | None = None) -> Intention:
    """End an open intention without doing it; `reason` (1 to 2,000 characters) becomes its outcome. `reopen` undoes it.

    Raises NotFound, InvalidTransition if it has ended, VersionConflict, WritesRefused.
    """
    ...


@query
async def reopen(on: Executor, *, id: UUID, due_at: datetime | Clear | None = None, expected_version: Version | None = None) -> Intention:
    """Make a triggered, cancelled or expired intention pending again, without an outcome; `due_at` None leaves it due when it was, CLEAR
    takes that away.

    For what was claimed by somebody who then failed, too. Raises NotFound, InvalidTransition if it is pending or fulfilled,
    VersionConflict, WritesRefused.
    """
    ...


@query
async def claim_due(on: Executor, *, at: datetime | None = None, agent_id: UUID | None = None, limit: Limit = 100) -> list[Intention]:
    """Trigger pending intentions whose `due_at` is not after `at`, the longest due first, and return them; `at` None means now.

    Of several who claim at once each gets others, and none is returned twice: for any number of schedulers. What a scheduler could not see
    to the end stays triggered, until it ends or is reopened. Those of agents that take no writes are left out.

    Raises InvalidInput, WritesRefused for a suspended tenant.
    """
    ...


@query
async def expire_overdue(on: Executor, *, due_before: datetime, agent_id: UUID | None = None, limit: Limit = 1000) -> list[UUID]:
    """End open intentions that were due before a time, at the latest now, as expired, the longest due first; returns their ids.

    A job may repeat it until nothing is left, and run it twice at once. Those that somebody is changing are left for the next time, those
    of agents that take no writes are left out. Raises InvalidInput, WritesRefused for a suspended tenant.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete an intention, whatever its status; returns the version that this made. `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted intention", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Intention:
    """Undo a deletion; the status is as it was. Raises NotFound if no deleted intention has this id, VersionConflict, WritesRefused."""
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the condition read at `version`. False if the intention has changed or gone since, or has no condition.

    Its version stays, since what it says is the same. `embed.many` takes a batch. Raises InvalidInput, WritesRefused.
    """
    ...
