"""Agents of a tenant: who remembers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from memdb.executor import Executor
from memdb.inputs import JsonObject, Limit, Name, Slug
from memdb.query import query


class Agent(msgspec.Struct, frozen=True):
    """An agent. `slug` is unique among the tenant's live agents; `created_by` is a user, None if unknown."""

    id: UUID
    slug: str
    name: str
    status: str
    created_by: UUID | None
    config: JsonObject
    metadata: JsonObject
    version: int
    created_at: datetime
    updated_at: datetime


@query(absent="organization")
async def create(
    on: Executor,
    *,
    slug: Slug,
    name: Name,
    created_by: UUID | None = None,
    config: JsonObject | None = None,
    metadata: JsonObject | None = None,
    id: UUID | None = None,
) -> Agent:
    """A new agent; `id` None means a new UUIDv7.

    Raises AlreadyExists for a slug or id in use, NotFound for an unknown organization or user.
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


@query
async def page(on: Executor, *, limit: Limit = 50, before: UUID | None = None) -> list[Agent]:
    """The live agents, newest first; `before` is the id of the last one of the page before, None for the first page."""
    ...
