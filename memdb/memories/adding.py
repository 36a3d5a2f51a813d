"""Adding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Unpack
from uuid import UUID

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import Content, JsonObject, Tags, check_for
from memdb.engine.own import query
from memdb.engine.query import QueryFunction
from memdb.errors import AlreadyExists, DuplicateMemory, InvalidInput, NotFound
from memdb.memories.structs import Added, Memory, MemoryDetails, NewMemory, OnDeleted, OnDuplicate

_LARGEST_BATCH: Final = 10_000
_LARGEST_STATEMENT: Final = 1000
_COLUMNS: Final = Columns(NewMemory, but=("tags", "external_id"))
_KEPT_COLUMNS: Final = Columns(NewMemory, but=("tags",))

_check_on_duplicate = check_for("on_duplicate", OnDuplicate)
_check_on_deleted = check_for("on_deleted", OnDeleted)
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


@query(again=True)
async def keep_many(
    on: Executor, *, agent_id: UUID, restores: bool, tags: list[JsonObject | None], **columns: Annotated[list[Any], _KEPT_COLUMNS]
) -> list[Added]:
    """Part of `add` and `add_many` where contents may be equal, and of all that has an external id: these differ, and the ids."""
    ...


@unpacking(defaults=NewMemory)
async def add(
    on: Executor,
    *,
    agent_id: UUID,
    content: str,
    external_id: str | None = None,
    on_duplicate: OnDuplicate = "return",
    on_deleted: OnDeleted = "raise",
    **details: Unpack[MemoryDetails],
) -> Memory:
    """Remember `content` (1 to 8,192 characters).

    - `embedding`: of the database's dimension; None leaves the memory to a background embedder (`unembedded`, `embed`).
    - `category`: None means the surest of the `labels`, which map categories to confidences, or factual where there are none.
    - `status`: active; what waits for a decision: draft, pending_review, quarantined; or discarded, of what was decided elsewhere.
    - `confidence`: 0 to 1. `tags`: at most 20 of 1 to 64 characters. `metadata`: a JSON object of at most 8,192 bytes.
    - `created_at` and `updated_at`: those of what is imported, 1970 to now; None means now, and for `updated_at` the `created_at` given.
    - `observed_at`: when it was said or seen; None means when it was created. `valid_from` and `valid_until` (exclusive): when it is true;
      None means since it was observed, and without an end. `expires_at`: when memdb forgets it; None means never.
    - `id`: None means a new UUIDv7 of the time of creation. Pages are in the order of the ids: give UUIDv7s for newest first to be true.

    What the agent knows already is not added again, and counts as retrieved: an active memory with this content for the same `user_id`,
    as texts are compared, whether it is true by now or not; or one with this `id` and content. `on_duplicate` says what
    comes of it:

    - return: the memory there is, as it is. So an add may be repeated safely, and of many at once for one content one makes the memory and
      all get it.
    - merge: the memory there is, with the tags, metadata and labels of both, the higher confidence, the wider validity, the later expiry
      and observation, and the embedding if it had none. Metadata and labels given here win. Only for `status` active.
    - raise: DuplicateMemory, which has its id.
    - keep: a memory of its own beside it, which later adds of the content find where there is no other, and which no change of another
      memory is refused for. With an `id`, an add may be repeated safely here, too.

    `external_id` (1 to 512 characters, unique among the agent's memories) says which memory this is, whatever others say: contents are not
    compared, as with keep, and merge and raise are refused. Where the agent has this memory, it says from now on what is given here, with
    what is not given as for a new one; it keeps its `id`, `created_at`, user, votes and history, and its embedding if the content stays.
    Its `version` goes up by one, also where nothing differs. `on_deleted` says what comes of a deleted or expired one: raise, or restore,
    which brings it back. Once it is purged, the external id is free.

    Raises InvalidInput, also for another user's `external_id`; NotFound for an unknown agent or user, AlreadyExists if another memory (or a
    deleted or expired one) has this `id`, InvalidTransition if the one of this `external_id` cannot take the `status`, WritesRefused,
    QuotaExceeded.
    """
    _check_on_deleted(on_deleted, 0)
    insertion = _insertion(on_duplicate, [details["status"]], [external_id])
    added: Added
    if insertion is keep_many:
        given: dict[str, Any] = {**details, "tags": [] if details["tags"] is None else details["tags"]}
        item = NewMemory(content=content, external_id=external_id, **given)
        (added,) = await _insert_all(on, keep_many, agent_id, [item], restores=on_deleted == "restore")
        return added.memory
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


async def add_many(
    on: Executor, *, agent_id: UUID, items: Iterable[NewMemory], on_duplicate: OnDuplicate = "return", on_deleted: OnDeleted = "raise"
) -> list[Memory]:
    """`add` for up to 10,000 items of one agent, all or none, results in the order of the items; up to 1,000 in one round trip.

    Items that repeat each other's content give the same memory, or are duplicates that raise, or are kept. Where some items have an
    `external_id` and others none, and contents are not all kept, those with one come first, and it takes two round trips more in a
    transaction of its own. Raises as `add` does; and TransactionConflict if two batches with contents in common, or of a tenant whose
    quota is nearly used up, collided: nothing was added, and it may be run again.
    """
    items = items_of(items, NewMemory, at_most=_LARGEST_BATCH)
    _check_on_deleted(on_deleted, 0)
    restores = on_deleted == "restore"
    insertion = _insertion(on_duplicate, [item.status for item in items], [item.external_id for item in items])
    if on_duplicate == "raise":
        return await _insert_new(on, insertion, agent_id, items)
    unnamed = [item for item in items if item.external_id is None]
    if on_duplicate == "keep" or len(unnamed) in (0, len(items)):
        return [added.memory for added in await _insert_all(on, insertion, agent_id, items, restores=restores)]
    named = [item for item in items if item.external_id is not None]
    async with on.transaction() as tx:
        kept = iter(await _insert_all(tx, keep_many, agent_id, named, restores=restores))
        found = iter(await _insert_all(tx, insert, agent_id, unnamed))
    return [next(found if item.external_id is None else kept).memory for item in items]


async def _insert_new(on: Executor, insertion: QueryFunction[..., Any], agent_id: UUID, items: list[NewMemory]) -> list[Memory]:
    made: dict[UUID, Memory] = {}
    async with on.transaction() as tx:
        for added in await _insert_all(tx, insertion, agent_id, items):
            if not added.created:
                raise DuplicateMemory(None if added.memory.id in made else added.memory.id)
            made[added.memory.id] = added.memory
    return list(made.values())


async def _insert_all(
    on: Executor, insertion: QueryFunction[..., Any], agent_id: UUID, items: list[NewMemory], *, restores: bool = False
) -> list[Added]:
    repeats = _repeat(_check_id(item.id, 0) for item in items) or _repeat(item.external_id for item in items)
    if insertion is insert_or_merge or (insertion is insert and repeats):
        # What an item comes to hangs on each one before it.
        rows = [{"agent_id": agent_id, **{name: getattr(item, name) for name in ("tags", *_COLUMNS.fields)}} for item in items]
        return await insertion.many(on, rows)
    largest = 1 if repeats else _LARGEST_STATEMENT
    parts = [items[start : start + largest] for start in range(0, len(items), largest)]
    if insertion is keep_many:
        statement: QueryFunction[..., Any] = keep_many
        batches = [{"restores": restores, **_arguments(agent_id, part, _KEPT_COLUMNS)} for part in parts]
    else:
        statement = insert_many
        batches = [_arguments(agent_id, part, _COLUMNS) for part in parts]
    added: list[Added] = await (statement(on, **batches[0]) if len(batches) == 1 else statement.many(on, batches))
    if len(added) < len(items):
        raise NotFound("agent", agent_id)
    return added


def _arguments(agent_id: UUID, items: list[NewMemory], columns: Columns) -> dict[str, Any]:
    tags = [{"tags": given} if (given := _check_tags(item.tags, 0)) else None for item in items]
    return {"agent_id": agent_id, "tags": tags, **columns.of(items)}


def _repeat(keys: Iterable[Any]) -> bool:
    given = [key for key in keys if key is not None]
    return len(set(given)) < len(given)


def _insertion(on_duplicate: OnDuplicate, statuses: Iterable[str], external_ids: Iterable[str | None]) -> QueryFunction[..., Any]:
    _check_on_duplicate(on_duplicate, 0)
    is_named = any(given is not None for given in external_ids)
    if is_named and on_duplicate in ("merge", "raise"):
        raise InvalidInput("on_duplicate", "must be return or keep with an external_id, which says which memory it is whatever its content")
    if is_named or on_duplicate == "keep":
        return keep_many
    if on_duplicate == "merge" and any(status != "active" for status in statuses):
        raise InvalidInput("status", "must be active where duplicates are merged: what waits for a decision must not change what is known")
    return insert_or_merge if on_duplicate == "merge" else insert
