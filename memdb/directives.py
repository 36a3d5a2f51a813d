"""Directives: an agent's instructions. Versions are only ever added; at most one of an agent's is active."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit, Version
from memdb.engine.own import query

__all__ = [
    "Directive",
    "InjectionMode",
    "activate",
    "active",
    "deactivate",
    "publish",
    "versions",
]

InjectionMode: TypeAlias = Literal["system_first", "system_append", "user_prepend"]
DirectiveText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32768)]


class Directive(msgspec.Struct, frozen=True):
    """One version of an agent's directive. `number` counts from 1 without gaps; `digest` is the content's SHA-256 in hexadecimal.

    `injection_mode` says where in the prompt the agent's directive goes; it belongs to the agent, not to the version.
    """

    cursor_fields = ("number",)

    agent_id: UUID
    number: int
    content: str
    digest: str
    injection_mode: InjectionMode
    active: bool
    created_by: str | None
    created_at: datetime


@query(absent="agent")
async def publish(
    on: Executor, *, agent_id: UUID, content: DirectiveText, activate: bool = True, injection_mode: InjectionMode | None = None
) -> Directive:
    """Add a version of 1 to 32,768 bytes, active at once unless `activate` is false.

    `injection_mode` None keeps it (at first system_first). Raises InvalidInput, NotFound, WritesRefused.
    """
    ...


@query(absent="version of the directive", key="number")
async def activate(on: Executor, *, agent_id: UUID, number: Version, injection_mode: InjectionMode | None = None) -> Directive:
    """Activate a version. Raises NotFound for an unknown agent or version, WritesRefused."""
    ...


@query
async def deactivate(on: Executor, *, agent_id: UUID) -> bool:
    """Leave the agent without an active directive; returns whether it had one. Raises WritesRefused."""
    ...


@query
async def active(on: Executor, *, agent_id: UUID) -> Directive | None:
    """The agent's active directive, or None."""
    ...


@query
async def versions(
    on: Executor, *, agent_id: UUID, before: Directive | Cursor | Version | None = None, limit: Limit = 50
) -> list[Directive]:
    """The versions, newest first. `before`: see `memdb.Cursor`."""
    ...
