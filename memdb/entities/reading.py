"""Reading by key, by page and by search, and the inputs of upkeep."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypedDict, Unpack
from uuid import UUID

from memdb.engine.arguments import unpacking
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Ids, Limit, QueryText
from memdb.engine.own import query
from memdb.entities.structs import Entity, EntityHit, EntityKey, EntityType, Importance, ImportanceInputs, StaleEntity
from memdb.errors import InvalidInput
from memdb.questions import asked


@query
async def get(on: Executor, *, id: UUID) -> Entity | None:
    """The live entity `id`, or None. A merged entity has `merged_into`."""
    ...


@query
async def get_many(on: Executor, *, ids: Ids) -> list[Entity]:
    """The live entities among up to 1,000 `ids`, in the order of the ids; missing ones are skipped."""
    ...


@query
async def get_by_key(on: Executor, *, agent_id: UUID, key: EntityKey) -> Entity | None:
    """The agent's live entity with the canonical key, such as "person:ada_lovelace", or None. A merged entity has `merged_into`."""
    ...


class Filters(TypedDict, total=False):
    """The filters of `page`. None, or omitted, means any."""

    type: EntityType | None
    min_importance: Importance | None


class Page(Filters):
    """The arguments of every page."""

    agent_id: UUID
    before: Entity | Cursor | None
    limit: Limit


@query
async def page_by_sight(on: Executor, **asked: Unpack[Page]) -> list[Entity]:
    """Part of `page`: by the index of when entities were last seen."""
    ...


@query
async def page_by_importance(on: Executor, **asked: Unpack[Page]) -> list[Entity]:
    """Part of `page`: by the index of importance."""
    ...


@unpacking
async def page(
    on: Executor,
    *,
    agent_id: UUID,
    order: Literal["last_seen", "importance"] = "last_seen",
    before: Entity | Cursor | None = None,
    limit: int = 50,
    **filters: Unpack[Filters],
) -> list[Entity]:
    """The agent's active entities, of one type or of all, last seen first or most important first.

    An entity that is seen meanwhile moves to the front, so reading page after page may miss it, but never returns one twice.
    `min_importance` is 0 to 1, `limit` 1 to 1,000.
    """
    asked: Page = {**filters, "agent_id": agent_id, "before": before, "limit": limit}
    if order == "importance":
        return await page_by_importance(on, **asked)
    if order == "last_seen":
        return await page_by_sight(on, **asked)
    raise InvalidInput("order", f"must be last_seen or importance, not {order!r:.80}")


@query
async def count(on: Executor, *, agent_id: UUID, **filters: Unpack[Filters]) -> int:
    """The number of the agent's active entities that pass all the given filters."""
    ...


@query
async def to_summarise(on: Executor, *, agent_id: UUID, refreshed_before: datetime, limit: Limit = 10) -> list[StaleEntity]:
    """The agent's active entities whose summary was last refreshed before a time, or never, with the number of facts that came since.

    Those never refreshed come first, then the least recently refreshed. `update` with a summary, or with `summarised_at` alone, refreshes
    one.
    """
    ...


@query
async def to_profile(on: Executor, *, agent_id: UUID, refreshed_before: datetime, limit: Limit = 10) -> list[StaleEntity]:
    """`to_summarise` for profiles: `update` with a profile, or with `profiled_at` alone, refreshes one."""
    ...


@query
async def importance_inputs(
    on: Executor, *, agent_id: UUID, after: ImportanceInputs | Cursor | UUID | None = None, limit: Limit = 1000
) -> list[ImportanceInputs]:
    """The inputs from which the importance of the agent's active entities is computed, in the order of their ids.

    `after`: see `memdb.Cursor`. `update` sets an importance.
    """
    ...


@query
async def unembedded(
    on: Executor, *, agent_id: UUID | None = None, after: Entity | Cursor | UUID | None = None, limit: Limit = 100
) -> list[Entity]:
    """Active entities without an embedding, oldest first; for `embed`. `after`: see `memdb.Cursor`."""
    ...


@query
async def search_exact(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText | None,
    embedding: Embedding | None,
    type: EntityType | None,
    limit: Limit,
    plan_for_values: bool,
) -> list[EntityHit]:
    """Part of `search`: comparing all."""
    ...


async def search(
    on: Executor,
    *,
    agent_id: UUID,
    text: str | None = None,
    embedding: Embedding | None = None,
    type: str | None = None,
    limit: int = 10,
) -> list[EntityHit]:
    """The agent's active entities, of one type or of all, that best answer a text, an embedding of it, or (best) both.

    - embedding: by cosine similarity. Every entity with an embedding is a candidate.
    - text: by BM25 over name and summary. An entity must have a word in common with it, in any inflection of the organization's language.
      "Quoted phrases" and -words count as in `memories.search`.

    The score is the sum of both, each scaled to 0..1 over the scope. Ties go to the newer. All of the scope is compared. To find an entity
    by its name, use `resolve`.

    Raises InvalidInput, also for a zero embedding.
    """
    vector = asked(text, embedding, on.dimension)
    # Any one type may be most of a scope, which is therefore read as a whole.
    return await search_exact(on, agent_id=agent_id, text=text, embedding=vector, type=type, limit=limit, plan_for_values=False)
