"""Agents of a tenant: those who remember."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias, TypedDict, Unpack
from uuid import UUID

import msgspec

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Limit, Name, Slug, Tags, Version
from memdb.engine.own import query

__all__ = [
    "Agent",
    "AgentCounters",
    "Filters",
    "Status",
    "count",
    "counters",
    "create",
    "delete",
    "get",
    "get_by_slug",
    "get_or_create",
    "page",
    "restore",
    "update",
]

Status: TypeAlias = Literal["active", "paused", "suspended", "archived"]


class Agent(msgspec.Struct, frozen=True):
    """An agent. `slug` is unique among the tenant's live agents; `created_by` is a user, or None if unknown.

    Suspended and archived agents take no writes; the meaning of paused is up to the service.
    """

    id: UUID
    slug: str
    name: str
    status: Status
    created_by: UUID | None
    config: JsonObject
    metadata: JsonObject
    tags: list[str]
    version: int
    created_at: datetime
    updated_at: datetime


class AgentCounters(msgspec.Struct, frozen=True):
    """What an agent has: live memories, live sessions (open, closed or archived), and tokens spent this month (UTC) and ever.

    The times are when its newest memory was added, one of its sessions was last active, and it last spent tokens.
    """

    memories: int
    sessions: int
    tokens_this_month: int
    tokens_total: int
    last_active_at: datetime | None


@query(absent="organization")
async def create(
    on: Executor,
    *,
    slug: Slug,
    name: Name,
    created_by: UUID | None = None,
    config: JsonObject | None = None,
    metadata: JsonObject | None = None,
    tags: Tags = [],  # noqa: B006
    id: UUID | None = None,
) -> Agent:
    """Create an agent; `id` None means a new UUIDv7.

    Raises AlreadyExists for a slug or id in use, NotFound for an unknown organization or user, QuotaExceeded, WritesRefused.
    """
    ...


@query(absent="organization", again=True)
async def get_or_create(
    on: Executor,
    *,
    slug: Slug,
    name: Name,
    created_by: UUID | None = None,
    config: JsonObject | None = None,
    metadata: JsonObject | None = None,
    tags: Tags = [],  # noqa: B006
) -> Agent:
    """The live agent with this slug, unchanged whatever else is given, or a new one, as by `create`, if there is none.

    All concurrent callers get the same agent; in a transaction, AlreadyExists may be raised instead. A deleted agent is not restored (see
    `restore`): the new one takes its slug. Raises as `create` does, but nothing for an existing agent.
    """
    ...


@query
async def get(on: Executor, *, id: UUID) -> Agent | None:
    """The live agent `id`, or None."""
    ...


@query
async def get_by_slug(on: Executor, *, slug: Slug) -> Agent | None:
    """The live agent with this slug, or None."""
    ...


class Filters(TypedDict, total=False):
    """The filters of agents. None, or omitted, means any. An agent must have all of `tags`."""

    status: Status | None
    tags: Tags | None


@query
async def page(on: Executor, *, before: Agent | Cursor | UUID | None = None, limit: Limit = 50, **filters: Unpack[Filters]) -> list[Agent]:
    """The live agents that pass all the given filters, newest first. `before`: see `memdb.Cursor`."""
    ...


@query
async def count(on: Executor, **filters: Unpack[Filters]) -> int:
    """The number of live agents that pass all the given filters."""
    ...


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    slug: Slug | None = None,
    name: Name | None = None,
    status: Status | None = None,
    config: JsonObject | None = None,
    metadata: JsonObject | None = None,
    tags: Tags | None = None,
) -> Agent:
    """Change the given fields. None leaves a field unchanged; objects and tags are replaced as a whole.

    Raises NotFound, VersionConflict, AlreadyExists for a slug in use, WritesRefused for a suspended tenant (not for a suspended agent).
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete an agent and return its new version. Its memories can be read, but it takes no writes. `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted agent", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Agent:
    """Restore a deleted agent, which takes writes again if its status allows it.

    Raises NotFound if no deleted agent has this id, AlreadyExists if its slug is now in use, QuotaExceeded, VersionConflict, WritesRefused
    for a suspended tenant.
    """
    ...


@query
async def counters(on: Executor, *, id: UUID) -> AgentCounters | None:
    """The agent's current counters, or None if there is no such live agent."""
    ...
