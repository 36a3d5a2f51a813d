"""Legal holds, which forbid purging and erasing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from memdb.engine.executor import AdminExecutor, Executor
from memdb.engine.inputs import Name, Reason
from memdb.engine.own import query
from memdb.errors import UnderLegalHold


class LegalHold(msgspec.Struct, frozen=True):
    """A hold on the rows of a user or an agent, or on the whole organization; in force until `released_at`."""

    id: UUID
    name: str
    user_id: UUID | None
    agent_id: UUID | None
    reason: str | None
    placed_by: str | None
    placed_at: datetime
    released_by: str | None
    released_at: datetime | None
    release_reason: str | None


@query(absent="organization")
async def lock_organization(on: AdminExecutor) -> UUID:
    """Part of `hold`, `purge` and both erasures: makes them wait for one another."""
    ...


@query
async def place_hold(on: AdminExecutor, *, name: Name, user_id: UUID | None, agent_id: UUID | None, reason: Reason | None) -> LegalHold:
    """Part of `hold`."""
    ...


async def hold(
    on: AdminExecutor, *, name: str, user_id: UUID | None = None, agent_id: UUID | None = None, reason: str | None = None
) -> LegalHold:
    """Forbid purging or erasing the rows of a user, of an agent, or (if neither is given) of the whole organization.

    A purge in progress ends first. Raises AlreadyExists if a hold in force has this name, NotFound, InvalidInput.
    """
    async with on.transaction() as tx:
        await lock_organization(tx)
        return await place_hold(tx, name=name, user_id=user_id, agent_id=agent_id, reason=reason)


@query(absent="legal hold in force", key="name")
async def release_hold(on: AdminExecutor, *, name: Name, reason: Reason | None = None) -> LegalHold:
    """Release the hold of this name. Raises NotFound if none is in force."""
    ...


@query
async def holds(on: Executor, *, ended: bool = False) -> list[LegalHold]:
    """The tenant's holds in force, with `ended` also released ones, newest first, at most 1,000."""
    ...


@query
async def hold_on_organization(on: AdminExecutor) -> str | None:
    """Part of all removals: the name of a hold that forbids them."""
    ...


@query
async def hold_on_anything(on: AdminExecutor) -> str | None:
    """Part of `erase_organization`: the name of a hold that forbids it."""
    ...


def refuse(hold_name: str | None) -> None:
    if hold_name is not None:
        raise UnderLegalHold(hold_name)
