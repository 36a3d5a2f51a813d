"""Reading by key, by page, and as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping
from datetime import datetime
from typing import Annotated, Final, Unpack
from uuid import UUID

from msgspec import Meta

from memdb.engine.arguments import unpacking
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Ids, Limit, Tags, Version
from memdb.engine.own import query
from memdb.engine.query import QueryFunction
from memdb.memories.structs import Counters, ExternalId, Filters, Memory, MemoryVersion, Narrowing, Status


@query
async def get(on: Executor, *, id: UUID, as_of: datetime | None = None) -> Memory | None:
    """The live memory `id`, whatever its status, or None if it is deleted, expired or another tenant's.

    With `as_of`, None also if what it says was not true then; for what it said then, see `version_at`.
    """
    ...


@query
async def get_many(on: Executor, *, ids: Ids, as_of: datetime | None = None) -> list[Memory]:
    """The live memories among up to 1,000 `ids`, in the order of the ids; what is not there, or was not true at `as_of`, is left out."""
    ...


@query
async def get_by_external_id(on: Executor, *, agent_id: UUID, external_id: ExternalId) -> Memory | None:
    """The agent's live memory with this external id, whatever its status, or None."""
    ...


@query
async def get_many_by_external_ids(
    on: Executor, *, agent_id: UUID, external_ids: Annotated[list[ExternalId], Meta(max_length=1000)]
) -> list[Memory]:
    """The agent's live memories among up to 1,000 `external_ids`, in the order of these; what is not there is left out."""
    ...


class Page(Narrowing):
    """What every page is asked for."""

    status: Status | None
    as_of: datetime | None
    before: Memory | Cursor | UUID | None
    limit: Limit


@query
async def page_of_tenant(on: Executor, **asked: Unpack[Page]) -> list[Memory]:
    """Part of `page`: by the primary key."""
    ...


@query
async def page_of_agent(on: Executor, *, agent_id: UUID, **asked: Unpack[Page]) -> list[Memory]:
    """Part of `page`: by the index of the agent's memories."""
    ...


@query
async def page_of_user(on: Executor, *, user_id: UUID, agent_id: UUID | None = None, **asked: Unpack[Page]) -> list[Memory]:
    """Part of `page`: by the index of the user's memories."""
    ...


@query
async def page_of_session(
    on: Executor, *, session_id: UUID, agent_id: UUID | None = None, user_id: UUID | None = None, **asked: Unpack[Page]
) -> list[Memory]:
    """Part of `page`: by the index of the session's memories."""
    ...


@query
async def page_of_tag(on: Executor, *, agent_id: UUID | None = None, user_id: UUID | None = None, **asked: Unpack[Page]) -> list[Memory]:
    """Part of `page`: by the index of the first tag's memories."""
    ...


# The most selective key gives the index to walk; the others only filter.
_PAGES: Final[Mapping[str, QueryFunction[..., Awaitable[list[Memory]]]]] = {
    "session_id": page_of_session,
    "tags": page_of_tag,
    "user_id": page_of_user,
    "agent_id": page_of_agent,
}


@unpacking
async def page(
    on: Executor,
    *,
    status: Status | None = "active",
    as_of: datetime | None = None,
    before: Memory | Cursor | UUID | None = None,
    limit: int = 50,
    **filters: Unpack[Filters],
) -> list[Memory]:
    """The live memories that pass all the filters given, newest first. `before`: see `memdb.Cursor`.

    - `category`: of the primary category or any other label. `tags` and `metadata`: what a memory must have all of, as in `search`.
      `status` None means any.
    - `contains`: a part of the content, whatever its case. No index serves it: each memory is compared until the page is full.
    - `as_of`: only what was true at that time, by `valid_from` and `valid_until`; what was superseded or merged since was active then. None
      means whatever its validity.
    - `since` (inclusive) and `until` (exclusive) are about when a memory was created. `limit` is 1 to 1,000.
    """
    given = {name: value for name, value in filters.items() if value is not None and value != []}
    statement = next((page for key, page in _PAGES.items() if key in given), page_of_tenant)
    return await statement(on, status=status, as_of=as_of, before=before, limit=limit, **given)


@query
async def count(on: Executor, *, status: Status | None = "active", as_of: datetime | None = None, **filters: Unpack[Filters]) -> int:
    """How many live memories pass all the filters given; they are those of `page`."""
    ...


@query
async def counters(on: Executor, *, agent_id: UUID | None = None, user_id: UUID | None = None, tags: Tags | None = None) -> Counters:
    """How many memories pass all the filters given, whatever their status: live ones, and those that have ended and are not purged yet."""
    ...


@query
def scan(on: Executor, *, agent_id: UUID | None = None) -> AsyncIterator[Memory]:
    """Every live memory of the tenant or of one agent, oldest first, of one moment; through a server-side cursor, 500 a round trip."""
    ...


@query
async def unembedded(
    on: Executor, *, agent_id: UUID | None = None, after: Memory | Cursor | UUID | None = None, limit: Limit = 100
) -> list[Memory]:
    """Live memories that lack an embedding, oldest first. `after`: see `memdb.Cursor`. For `embed`."""
    ...


@query
async def versions(
    on: Executor, *, id: UUID, before: MemoryVersion | Cursor | Version | None = None, limit: Limit = 50
) -> list[MemoryVersion]:
    """A memory's history, newest first, also when it is deleted. `before`: see `memdb.Cursor`."""
    ...


@query
async def version(on: Executor, *, id: UUID, version: Version) -> MemoryVersion | None:
    """One version of a memory, also when it is deleted, or None."""
    ...


@query
async def version_at(on: Executor, *, id: UUID, at: datetime) -> MemoryVersion | None:
    """What memdb knew at that time: the version of the memory that was the last one then, or None if there was none yet."""
    ...


@query
async def tip(on: Executor, *, id: UUID) -> Memory | None:
    """The live memory at the end of the chain that leads from this one over what superseded it or what it was merged into.

    That is the memory itself where nothing took its place; None if there is no such memory, or the last one is deleted or expired.
    Once a successor was purged, the one before it is the last: superseded, or merged, by what is not there any more.
    """
    ...
