"""Reading by key, by page, and all at once."""

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
    """The live memory `id`, of any status, or None if it is deleted, expired or another tenant's.

    With `as_of`, also None if the memory was not valid at that time. For its content at that time, see `version_at`.
    """
    ...


@query
async def get_many(on: Executor, *, ids: Ids, as_of: datetime | None = None) -> list[Memory]:
    """The live memories among up to 1,000 `ids`, in the order of the ids; those missing, or not valid at `as_of`, are skipped."""
    ...


@query
async def get_by_external_id(on: Executor, *, agent_id: UUID, external_id: ExternalId) -> Memory | None:
    """The agent's live memory with this external id, of any status, or None."""
    ...


@query
async def get_many_by_external_ids(
    on: Executor, *, agent_id: UUID, external_ids: Annotated[list[ExternalId], Meta(max_length=1000)]
) -> list[Memory]:
    """The agent's live memories among up to 1,000 `external_ids`, in the order of these; missing ones are skipped."""
    ...


class Page(Narrowing):
    """The arguments of every page."""

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


# The most selective key decides which index is scanned; the other conditions only filter.
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
    """The live memories that pass all the given filters, newest first. `before`: see `memdb.Cursor`.

    - `category`: the primary category or any other label. `tags` and `metadata`: what a memory must contain, as in `search`. `status` None
      means any.
    - `contains`: a part of the content, ignoring case. No index supports it: memories are compared until the page is full.
    - `as_of`: only memories valid at that time, by `valid_from` and `valid_until`; those superseded or merged since were active then. None
      means of any validity.
    - `since` (inclusive) and `until` (exclusive) refer to a memory's creation. `limit` is 1 to 1,000.
    """
    given = {name: value for name, value in filters.items() if value is not None and value != []}
    statement = next((page for key, page in _PAGES.items() if key in given), page_of_tenant)
    return await statement(on, status=status, as_of=as_of, before=before, limit=limit, **given)


@query
async def count(on: Executor, *, status: Status | None = "active", as_of: datetime | None = None, **filters: Unpack[Filters]) -> int:
    """The number of live memories that pass all the given filters, which are those of `page`."""
    ...


@query
async def counters(on: Executor, *, agent_id: UUID | None = None, user_id: UUID | None = None, tags: Tags | None = None) -> Counters:
    """The numbers of memories of any status that pass all the given filters: live ones, and those deleted or expired but not yet purged."""
    ...


@query
def scan(on: Executor, *, agent_id: UUID | None = None) -> AsyncIterator[Memory]:
    """Every live memory of the tenant or of one agent, oldest first, in one snapshot, by a server-side cursor, 500 per round trip."""
    ...


@query
async def unembedded(
    on: Executor, *, agent_id: UUID | None = None, after: Memory | Cursor | UUID | None = None, limit: Limit = 100
) -> list[Memory]:
    """Live memories without an embedding, oldest first; for `embed`. `after`: see `memdb.Cursor`."""
    ...


@query
async def versions(
    on: Executor, *, id: UUID, before: MemoryVersion | Cursor | Version | None = None, limit: Limit = 50
) -> list[MemoryVersion]:
    """A memory's history, newest first, even if it is deleted. `before`: see `memdb.Cursor`."""
    ...


@query
async def version(on: Executor, *, id: UUID, version: Version) -> MemoryVersion | None:
    """One version of a memory, even if it is deleted, or None."""
    ...


@query
async def version_at(on: Executor, *, id: UUID, at: datetime) -> MemoryVersion | None:
    """The version of the memory that was current at that time, or None if it did not exist yet."""
    ...


@query
async def tip(on: Executor, *, id: UUID) -> Memory | None:
    """The live memory at the end of the chain of successors (`superseded_by`, `merged_into`) that starts at this one.

    If nothing replaced the memory, it is the memory itself. None if there is no such memory, or the last one is deleted or expired. After a
    successor has been purged, the chain ends at its predecessor, which stays superseded or merged.
    """
    ...
