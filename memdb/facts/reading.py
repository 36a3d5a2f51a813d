"""Reading by key, by page, and the current facts of an attribute."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias, TypedDict, Unpack
from uuid import UUID

from msgspec import Meta

from memdb.attributes import Key
from memdb.engine.arguments import unpacking
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Confidence, Ids, Limit
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.facts.structs import Category, Fact

Offset: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]


@query
async def get(on: Executor, *, id: UUID) -> Fact | None:
    """The fact `id`, even if it is superseded, invalidated or expired, or None."""
    ...


class Narrowing(TypedDict, total=False):
    """The filters that apply whichever index is scanned."""

    category: Category | None
    min_confidence: Confidence | None


class Filters(Narrowing, total=False):
    """The filters of `page` and `count`. None, or omitted, means any, but for `as_of` and `known_at` it means now."""

    entity_id: UUID | None
    attribute: Key | None
    as_of: datetime | None
    known_at: datetime | None


class Page(Narrowing):
    """The arguments of every page."""

    before: Fact | Cursor | UUID | None
    limit: Limit


class TimedPage(Page):
    """And the times."""

    as_of: datetime | None
    known_at: datetime | None


@query
async def page_of_active(on: Executor, *, agent_id: UUID, **asked: Unpack[Page]) -> list[Fact]:
    """Part of `page`: by the index of the agent's active facts."""
    ...


@query
async def page_of_agent(on: Executor, *, agent_id: UUID, **asked: Unpack[TimedPage]) -> list[Fact]:
    """Part of `page`: by the index of the agent's facts."""
    ...


@query
async def page_of_attribute(on: Executor, *, agent_id: UUID, attribute: Key, ended: bool, **asked: Unpack[TimedPage]) -> list[Fact]:
    """Part of `page`: by the index of the attribute's facts."""
    ...


@query
async def page_of_entity(
    on: Executor, *, agent_id: UUID, entity_id: UUID, attribute: Key | None, ended: bool, **asked: Unpack[TimedPage]
) -> list[Fact]:
    """Part of `page`: by the index of the facts that name the entity."""
    ...


@query
async def page_by_learning(on: Executor, *, agent_id: UUID, entity_ids: Ids | None, offset: Offset, limit: Limit) -> list[Fact]:
    """Part of what arandu's client lists, whose ids are in no order of time: the agent's active facts, those that were learnt last first.

    `entity_ids`: only those that name one of these. All of them are put in order.
    """
    ...


@unpacking
async def page(
    on: Executor,
    *,
    agent_id: UUID,
    ended: bool = False,
    before: Fact | Cursor | UUID | None = None,
    limit: int = 50,
    **filters: Unpack[Filters],
) -> list[Fact]:
    """The agent's facts that pass all the given filters, newest first. `before`: see `memdb.Cursor`.

    - By default, what is held to be true now: active and not expired. With `ended`, also superseded, invalidated and expired facts.
    - `as_of`: what was, is or will be true at that time. `known_at`: what was held to be true at that time. Both: what was held at
      `known_at` to be true at `as_of`, whatever was learnt later. Either takes the place of `ended`. Confidence and the like have their
      current values.
    - `entity_id`: facts that are about it or name it; with an `attribute`, only those that are about it.
    - `limit` is 1 to 1,000.
    """
    if not isinstance(ended, bool):
        raise InvalidInput("ended", f"must be a bool, not {type(ended).__name__}")
    asked: Page = {
        "category": filters["category"],
        "min_confidence": filters["min_confidence"],
        "before": before,
        "limit": limit,
    }
    entity_id, attribute, as_of, known_at = filters["entity_id"], filters["attribute"], filters["as_of"], filters["known_at"]
    timed: TimedPage = {**asked, "as_of": as_of, "known_at": known_at}
    is_whole = ended or as_of is not None or known_at is not None
    if entity_id is not None:
        return await page_of_entity(on, agent_id=agent_id, entity_id=entity_id, attribute=attribute, ended=is_whole, **timed)
    if attribute is not None:
        return await page_of_attribute(on, agent_id=agent_id, attribute=attribute, ended=is_whole, **timed)
    if is_whole:
        return await page_of_agent(on, agent_id=agent_id, **timed)
    return await page_of_active(on, agent_id=agent_id, **asked)


@query
async def count(on: Executor, *, agent_id: UUID, ended: bool = False, **filters: Unpack[Filters]) -> int:
    """The number of the agent's facts that pass all the given filters, which are those of `page`."""
    ...


@query
async def current(on: Executor, *, entity_id: UUID, attribute: Key) -> list[Fact]:
    """The facts that are now true of an attribute of an entity, as far as known, highest confidence first; at most 1,000.

    There is one fact, or as many as the conflict policy keeps.
    """
    ...


@query
async def history(on: Executor, *, id: UUID) -> list[Fact]:
    """The history of what is held now: a fact's last successor and all that it superseded, in the order in which they were learnt.

    At most 1,000; empty for an unknown fact. Deleted facts are left out.
    """
    ...


@query
async def entities(on: Executor, *, id: UUID) -> list[UUID]:
    """The entities that a fact names; the one that it is about comes first. Empty for an unknown fact."""
    ...


@query
async def unembedded(
    on: Executor, *, agent_id: UUID | None = None, after: Fact | Cursor | UUID | None = None, limit: Limit = 100
) -> list[Fact]:
    """Active facts without an embedding, oldest first; for `embed`. `after`: see `memdb.Cursor`."""
    ...
