"""Adding, reinforcing, changing and ending insights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Unpack
from uuid import UUID

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.clearing import Clear
from memdb.engine.executor import Executor
from memdb.engine.inputs import Confidence, Content, Embedding, Ids, JsonObject, Version, check_for, each_checked
from memdb.engine.own import query
from memdb.errors import NotFound
from memdb.insights.structs import Importance, Insight, InsightDetails, NewInsight, Share, Title, Type

_LARGEST_BATCH: Final = 1000
_SUPPORT: Final = ("fact_ids", "event_ids")
_COLUMNS: Final = Columns(NewInsight, but=_SUPPORT)
_checks = {field: check_for(field, Ids) for field in _SUPPORT}


@query(again=True)
async def insert(on: Executor, *, agent_id: UUID, support: list[JsonObject], **columns: Annotated[list[Any], _COLUMNS]) -> list[Insight]:
    """Part of `add` and `add_many`. Each list has one element per insight; `support` has its fact_ids and event_ids."""
    ...


@unpacking(defaults=NewInsight)
async def add(
    on: Executor,
    *,
    agent_id: UUID,
    title: str,
    content: str,
    fact_ids: list[UUID] | None = None,
    event_ids: list[UUID] | None = None,
    **details: Unpack[InsightDetails],
) -> Insight:
    """Add a conclusion from facts and events.

    - `title`: 1 to 256 characters. `content`: 1 to 8,192. `confidence`, `importance`: 0 to 1.
    - `embedding`: of title and content, of the database's dimension. None leaves it to a background embedder (`unembedded`, `embed`).
    - `fact_ids`, `event_ids`: at most 1,000 each, of the tenant.
    - `detected_at`: None means now.
    - `metadata`: a JSON object of at most 8,192 bytes.
    - `id`: None means a new UUIDv7. If the agent has a live insight with this id, title and content, it is returned unchanged, so `add` can
      be retried safely. Pages are sorted by id.

    Raises InvalidInput, NotFound for an unknown agent, user, fact or event, AlreadyExists if something else has this `id`, WritesRefused.
    """
    item = NewInsight(
        title=title,
        content=content,
        fact_ids=[] if fact_ids is None else fact_ids,
        event_ids=[] if event_ids is None else event_ids,
        **details,
    )
    return (await add_many(on, agent_id=agent_id, items=[item]))[0]


async def add_many(on: Executor, *, agent_id: UUID, items: Iterable[NewInsight]) -> list[Insight]:
    """`add` for up to 1,000 items of one agent, all or none, in one round trip; the results are in the order of the items.

    Items with the same id, title and content give the same insight. Raises as `add` does.
    """
    items = items_of(items, NewInsight, at_most=_LARGEST_BATCH)
    if not items:
        return []
    added = await insert(on, agent_id=agent_id, support=each_checked(items, _support), **_COLUMNS.of(items))
    if not added:
        raise NotFound("agent", agent_id)
    return added


def _support(item: NewInsight) -> JsonObject:
    # What is itself a list cannot be an element of an array, whose rows are all of one length.
    return {field: [str(each) for each in _checks[field](getattr(item, field), 0)] for field in _SUPPORT}


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    title: Title | None = None,
    content: Content | None = None,
    embedding: Embedding | Clear | None = None,
    type: Type | None = None,
    confidence: Confidence | None = None,
    importance: Importance | None = None,
    metadata: JsonObject | None = None,
) -> Insight:
    """Change the given fields, whatever the status. None leaves a field unchanged; `metadata` is replaced as a whole.

    Changing the title or content without giving a new embedding drops the old one, as does CLEAR. Raises NotFound, VersionConflict (nothing
    is changed), InvalidInput, WritesRefused.
    """
    ...


@query
async def reinforce_with(
    on: Executor, *, id: UUID, weight: Share, fact_ids: Ids, event_ids: Ids, expected_version: Version | None
) -> Insight:
    """Part of `reinforce`."""
    ...


async def reinforce(
    on: Executor,
    *,
    id: UUID,
    fact_ids: list[UUID] | None = None,
    event_ids: list[UUID] | None = None,
    weight: float = 0.1,
    expected_version: int | None = None,
) -> Insight:
    """Reinforce the active insight `id`, which was found again, with up to 1,000 more facts and events each.

    Its confidence becomes confidence + (1 - confidence) * `weight` (0 to 1). Each call counts. To retry one whose outcome is unknown, give
    the `expected_version` of the first.

    Raises NotFound for an unknown insight, fact or event, InvalidTransition for a retired one, VersionConflict, WritesRefused.
    """
    more = {"fact_ids": fact_ids or [], "event_ids": event_ids or []}
    return await reinforce_with(on, id=id, weight=weight, expected_version=expected_version, **more)


@query
async def retire(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Insight:
    """Retire an active insight permanently. Raises NotFound, InvalidTransition, VersionConflict, WritesRefused."""
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete an insight of any status and return its new version. `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted insight", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Insight:
    """Restore a deleted insight with its previous status.

    Raises NotFound if no deleted insight has this id, VersionConflict, WritesRefused.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the title and content that were read at `version`.

    Returns False, and stores nothing, if the insight has changed or disappeared since. Its version stays, because title and content have
    not changed. `embed.many` takes a batch. Raises InvalidInput, WritesRefused.
    """
    ...
