"""Adding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Unpack
from uuid import UUID

import msgspec

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import Content, JsonObject, Tags, check_for
from memdb.engine.own import query
from memdb.engine.query import QueryFunction
from memdb.errors import AlreadyExists, DuplicateMemory, InvalidInput, NotFound
from memdb.memories.structs import Added, Memory, MemoryDetails, NewMemory, OnDuplicate

_LARGEST_BATCH: Final = 10_000
_LARGEST_STATEMENT: Final = 1000
_COLUMNS: Final = Columns(NewMemory, but=("tags",))

_check_on_duplicate = check_for("on_duplicate", OnDuplicate)
_check_id = check_for("id", UUID | None)
_check_tags = check_for("tags", Tags)


@query(absent="agent", again=True)
async def insert(on: Executor, *, agent_id: UUID, content: Content, **details: Unpack[MemoryDetails]) -> Added:
    """Part of `add` and `add_many`."""
    ...


@query(again=True)
async def insert_many(
    on: Executor, *, agent_id: UUID, tags: list[JsonObject | None], **columns: Annotated[list[Any], _COLUMNS]
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
        if insertion is insert or details["id"] is None or isinstance(on, Transaction):
            raise
        # Merging looks for no id; if what has this one has our content, this finds it.
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
    items = items_of(items, NewMemory, at_most=_LARGEST_BATCH)
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
        rows = [{"agent_id": agent_id, **msgspec.structs.asdict(item)} for item in items]
        return await insertion.many(on, rows)
    batches = [_columns(agent_id, items[start : start + _LARGEST_STATEMENT]) for start in range(0, len(items), _LARGEST_STATEMENT)]
    added: list[Added] = await (insert_many(on, **batches[0]) if len(batches) == 1 else insert_many.many(on, batches))
    if len(added) < len(items):
        raise NotFound("agent", agent_id)
    return added


def _columns(agent_id: UUID, items: list[NewMemory]) -> dict[str, Any]:
    tags = [{"tags": given} if (given := _check_tags(item.tags, 0)) else None for item in items]
    return {"agent_id": agent_id, "tags": tags, **_COLUMNS.of(items)}


def _insertion(on_duplicate: OnDuplicate, statuses: Iterable[str]) -> QueryFunction[..., Any]:
    _check_on_duplicate(on_duplicate, 0)
    if on_duplicate == "merge" and any(status != "active" for status in statuses):
        raise InvalidInput("status", "must be active where duplicates are merged: what waits for a decision must not change what is known")
    return insert_or_merge if on_duplicate == "merge" else insert
