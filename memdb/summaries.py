"""Summaries of sessions. Each stands for a range of messages until one of them changes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Limit, ModelName
from memdb.engine.own import query

__all__ = [
    "Due",
    "Summary",
    "add",
    "count",
    "due",
    "get",
    "latest",
    "page",
]

Strategy: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
StrategyVersion: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32)]
SummaryText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100_000)]
Place: TypeAlias = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Threshold: TypeAlias = Annotated[int, Meta(ge=0, le=1000)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Summary(msgspec.Struct, frozen=True):
    """A summary of a session's messages from `first_position` to `last_position`.

    - `strategy` and `strategy_version` say how it was made, `model` by which model. It has a `content`, a `structured` form, or both.
    - `edits` is the session's number of edits that it takes into account. `stale`: one of its messages was changed or deleted later.
    - `tokens`: its own, counted by the caller or estimated as one per four characters.
    """

    id: UUID
    session_id: UUID
    strategy: str
    strategy_version: str | None
    model: str | None
    content: str | None
    structured: JsonObject
    first_position: int
    last_position: int
    edits: int
    tokens: int
    created_at: datetime
    stale: bool


class Due(msgspec.Struct, frozen=True):
    """The part of a session to be summarised: its live messages from `first_position` to `last_position`, and their number and tokens.

    `after` is the preceding up-to-date summary, from which a rolling strategy continues, or None. Pass `edits` to `add`.
    """

    first_position: int
    last_position: int
    messages: int
    tokens: int
    edits: int
    after: UUID | None


@query(absent="session")
async def add(
    on: Executor,
    *,
    session_id: UUID,
    strategy: Strategy,
    first_position: Place,
    last_position: Place,
    content: SummaryText | None = None,
    structured: JsonObject | None = None,
    strategy_version: StrategyVersion | None = None,
    model: ModelName | None = None,
    tokens: Count | None = None,
    edits: Count | None = None,
    id: UUID | None = None,
) -> Summary:
    """Add a summary of a range of messages of a session that is not archived.

    - `content` or `structured` or both: up to 100,000 characters and 65,536 bytes. `tokens` None means one per four characters.
    - `edits`: the session's when its messages were read (`Due.edits`, `Window.edits`). If one of them has changed since, the summary is
      stale from the beginning. None means that they were read as they are now.

    Raises NotFound, InvalidInput for a range beyond the last message, AlreadyExists for an id in use, SessionClosed for an archived
    session, WritesRefused.
    """
    ...


@query
async def get(on: Executor, *, id: UUID) -> Summary | None:
    """The summary `id` of a live session, stale or not, or None."""
    ...


@query
async def latest(on: Executor, *, session_id: UUID, strategy: Strategy | None = None) -> Summary | None:
    """The summary that reaches furthest among those that are not stale, or None."""
    ...


@query
async def page(
    on: Executor, *, session_id: UUID, strategy: Strategy | None = None, before: Summary | Cursor | UUID | None = None, limit: Limit = 50
) -> list[Summary]:
    """A session's summaries, including stale ones, newest first. `before`: see `memdb.Cursor`."""
    ...


@query
async def count(on: Executor, *, session_id: UUID, strategy: Strategy | None = None) -> int:
    """The number of a session's summaries, including stale ones, of one strategy or of any."""
    ...


@query
async def due(
    on: Executor,
    *,
    session_id: UUID,
    messages: Threshold = 20,
    tokens: Count = 4000,
    keep: Count = 4,
    strategy: Strategy | None = None,
) -> Due | None:
    """The messages to summarise, if more than `messages` live messages, or more than `tokens`, follow the newest up-to-date summary.

    The last `keep` messages are excluded, for a model to see in full. At most 1,000 messages at a time, so `messages` is at most 1,000.
    `strategy`: only summaries of this one count. None if there is nothing to do, and for an unknown session.
    """
    ...
