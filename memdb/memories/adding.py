"""Adding."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any, Final, Unpack
from uuid import UUID

from memdb.engine.arguments import unpacking
from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import Confidence, Content, Embedding, JsonObject, ModelName, Tags, check_for
from memdb.engine.own import query
from memdb.engine.query import QueryFunction
from memdb.errors import AlreadyExists, DuplicateMemory, InvalidInput, NotFound
from memdb.memories.structs import Added, Category, FirstStatus, Memory, MemoryDetails, NewMemory, OnDuplicate, Source

_LARGEST_BATCH: Final = 10_000
_LARGEST_STATEMENT: Final = 1000

_check_on_duplicate = check_for("on_duplicate", OnDuplicate)
_check_id = check_for("id", UUID | None)
_check_tags = check_for("tags", Tags)


@query(absent="agent")
async def insert(on: Executor, *, agent_id: UUID, content: Content, **details: Unpack[MemoryDetails]) -> Added:
    """Part of `add` and `add_many`. Two writers of one id at the same instant may see AlreadyExists; `add` settles that."""
    ...


@query
async def insert_many(
    on: Executor,
    *,
    agent_id: UUID,
    content: list[Content],
    embedding: list[Embedding | None],
    embedding_model: list[ModelName | None],
    category: list[Category | None],
    labels: list[JsonObject | None],
    status: list[FirstStatus],
    source: list[Source],
    confidence: list[Confidence],
    tags: list[JsonObject | None],
    metadata: list[JsonObject | None],
    user_id: list[UUID | None],
    session_id: list[UUID | None],
    observed_at: list[datetime | None],
    valid_from: list[datetime | None],
    valid_until: list[datetime | None],
    expires_at: list[datetime | None],
    id: list[UUID | None],
) -> list[Added]:
    """Part of `add_many`: each list has an element for each memory, `tags` objects with a list of that name; the ids differ."""
    ...


@query(absent="agent")
async def insert_or_merge(on: Executor, *, agent_id: UUID, content: Content, **details: Unpack[MemoryDetails]) -> Added:
    """Part of `add` and `add_many` where duplicates are merged."""
    ...


@unpacking(defaults=NewMemory)
async def add(
    on: Executor, *, agent_id: UUID, content: str, on_duplicate: OnDuplicate = "return", **details: Unpack[MemoryDetails]
) -> Memory:
    """Remember `content` (1 to 8,192 characters).

    - `embedding`: of the database's dimension; None leaves the memory to a background embedder (`unembedded`, `embed`).
    - `category`: None means the surest of the `labels`, which map categories to confidences, or factual where there are none.
    - `status`: active, or what waits for a decision: draft, pending_review, quarantined.
    - `confidence`: 0 to 1. `tags`: at most 20 of 1 to 64 characters. `metadata`: a JSON object of at most 8,192 bytes.
    - `observed_at`: when it was said or seen; None means now. `valid_from` and `valid_until` (exclusive): when it is true; None means since
      it was observed, and without an end. `expires_at`: when memdb forgets it; None means never.
    - `id`: None means a new UUIDv7. Pages are in the order of the ids: give UUIDv7s for newest first to be true.

    What the agent knows already is not added again, and counts as retrieved: an active memory with this content for the same `user_id`,
    as texts are compared, whether it is true by now or not; or one with this `id` and content. `on_duplicate` says what
    comes of it:

    - return: the memory there is, as it is. So an add may be repeated safely, and of many at once for one content one makes the memory and
      all get it.
    - merge: the memory there is, with the tags, metadata and labels of both, the higher confidence, the wider validity, the later expiry
      and observation, and the embedding if it had none. Metadata and labels given here win. Only for `status` active.
    - raise: DuplicateMemory, which has its id.

    Raises InvalidInput, NotFound for an unknown agent or user, AlreadyExists if another memory (or a deleted or expired one) has this `id`,
    WritesRefused, QuotaExceeded.
    """
    insertion = _insertion(on_duplicate, [details["status"]])
    added: Added
    try:
        added = await insertion(on, agent_id=agent_id, content=content, **details)
    except AlreadyExists:
        if details["id"] is None or isinstance(on, Transaction):
            raise
        # Another writer of this id may have committed between our look and our insert, or merging looked for none; if its content is ours,
        # this finds it.
        added = await insert(on, agent_id=agent_id, content=content, **details)
    if on_duplicate == "raise" and not added.created:
        raise DuplicateMemory(added.memory.id)
    return added.memory


async def add_many(on: Executor, *, agent_id: UUID, items: Iterable[NewMemory], on_duplicate: OnDuplicate = "return") -> list[Memory]:
    """`add` for up to 10,000 items of one agent, all or none, results in the order of the items; up to 1,000 in one round trip.

    Items that repeat each other's content give the same memory, or are duplicates that raise. Raises as `add` does; and TransactionConflict
    if two batches with contents in common, or of a tenant whose quota is nearly used up, collided: nothing was added, and it may be run
    again.
    """
    items = list(islice(items, _LARGEST_BATCH + 1)) if isinstance(items, Iterable) else [items]
    if not all(isinstance(item, NewMemory) for item in items):
        raise InvalidInput("items", "must be NewMemory objects")
    if len(items) > _LARGEST_BATCH:
        raise InvalidInput("items", f"must be at most {_LARGEST_BATCH} at a time")
    insertion = _insertion(on_duplicate, [item.status for item in items])
    if on_duplicate != "raise":
        return [added.memory for added in await _insert_all(on, insertion, agent_id, items)]
    made: dict[UUID, Memory] = {}
    async with on.transaction() as tx:
        for added in await _insert_all(tx, insertion, agent_id, items):
            if not added.created:
                raise DuplicateMemory(None if added.memory.id in made else added.memory.id)
            made[added.memory.id] = added.memory
    return list(made.values())


async def _insert_all(on: Executor, insertion: QueryFunction[..., Any], agent_id: UUID, items: list[NewMemory]) -> list[Added]:
    ids = [given for item in items if (given := _check_id(item.id, 0)) is not None]
    if insertion is insert_or_merge or len(set(ids)) < len(ids):
        # What an item comes to hangs on each one before it.
        rows = [{"agent_id": agent_id, **{name: getattr(item, name) for name in NewMemory.__struct_fields__}} for item in items]
        return await insertion.many(on, rows)
    batches = [_columns(agent_id, items[start : start + _LARGEST_STATEMENT]) for start in range(0, len(items), _LARGEST_STATEMENT)]
    added: list[Added] = []
    try:
        added = await (insert_many(on, **batches[0]) if len(batches) == 1 else insert_many.many(on, batches))
    except AlreadyExists:
        if not ids or isinstance(on, Transaction):
            raise
        # As in `add`.
        added = await insert_many.many(on, batches)
    if len(added) < len(items):
        raise NotFound("agent", agent_id)
    return added


def _columns(agent_id: UUID, items: list[NewMemory]) -> dict[str, Any]:
    columns: dict[str, Any] = {name: [getattr(item, name) for item in items] for name in NewMemory.__struct_fields__}
    columns["tags"] = [{"tags": tags} if (tags := _check_tags(given, 0)) else None for given in columns["tags"]]
    return {"agent_id": agent_id, **columns}


def _insertion(on_duplicate: OnDuplicate, statuses: Iterable[str]) -> QueryFunction[..., Any]:
    _check_on_duplicate(on_duplicate, 0)
    if on_duplicate == "merge" and any(status != "active" for status in statuses):
        raise InvalidInput("status", "must be active where duplicates are merged: what waits for a decision must not change what is known")
    return insert_or_merge if on_duplicate == "merge" else insert
