"""Reading profiles."""

from __future__ import annotations

from uuid import UUID

import msgspec

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit, Version
from memdb.engine.own import query
from memdb.profiles.structs import Profile, ProfileVersion


@query
async def get(on: Executor, *, user_id: UUID) -> Profile | None:
    """The user's live profile, or None."""
    ...


@query
async def page(on: Executor, *, after: Profile | Cursor | UUID | None = None, limit: Limit = 50) -> list[Profile]:
    """The tenant's live profiles in the order of their users' ids. `after`: see `memdb.Cursor`."""
    ...


@query
async def count(on: Executor) -> int:
    """The number of the tenant's live profiles."""
    ...


@query
async def versions(
    on: Executor, *, user_id: UUID, before: ProfileVersion | Cursor | Version | None = None, limit: Limit = 50
) -> list[ProfileVersion]:
    """The profile's versions, newest first, even of a deleted one. `before`: see `memdb.Cursor`."""
    ...


@query
async def version(on: Executor, *, user_id: UUID, version: Version) -> ProfileVersion | None:
    """One of the profile's versions, even of a deleted one, or None."""
    ...


async def export_json(on: Executor, *, user_id: UUID) -> str | None:
    """The document of the user's live profile as JSON text, or None; for writing to a file."""
    profile = await get(on, user_id=user_id)
    return None if profile is None else msgspec.json.encode(profile.document).decode()
