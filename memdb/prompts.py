"""Prompts: the instructions of a role. Versions are only ever added; at most one of a role's is active."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit, Version
from memdb.engine.own import query

__all__ = [
    "Prompt",
    "activate",
    "active",
    "deactivate",
    "publish",
    "versions",
]

PromptText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=65536)]


class Prompt(msgspec.Struct, frozen=True):
    """One version of a role's prompt. `number` counts from 1 without gaps; `digest` is the content's SHA-256 in hexadecimal."""

    cursor_fields = ("number",)

    role_id: UUID
    number: int
    content: str
    digest: str
    active: bool
    created_by: str | None
    created_at: datetime


@query(absent="role")
async def publish(on: Executor, *, role_id: UUID, content: PromptText, activate: bool = True) -> Prompt:
    """Add a version of 1 to 65,536 bytes, active at once unless `activate` is false. Raises InvalidInput, NotFound, WritesRefused."""
    ...


@query(absent="version of the prompt", key="number")
async def activate(on: Executor, *, role_id: UUID, number: Version) -> Prompt:
    """Activate a version. Raises NotFound for an unknown role or version, WritesRefused."""
    ...


@query
async def deactivate(on: Executor, *, role_id: UUID) -> bool:
    """Leave the role without an active prompt; returns whether it had one. Raises WritesRefused."""
    ...


@query
async def active(on: Executor, *, role_id: UUID) -> Prompt | None:
    """The live role's active prompt, or None."""
    ...


@query
async def versions(on: Executor, *, role_id: UUID, before: Prompt | Cursor | Version | None = None, limit: Limit = 50) -> list[Prompt]:
    """The versions, newest first, even of a deleted role. `before`: see `memdb.Cursor`."""
    ...
