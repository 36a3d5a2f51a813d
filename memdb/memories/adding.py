"""Adding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final, Unpack
from uuid import UUID

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import Content, JsonObject, Tags, check_for, each_checked
from memdb.engine.own import query
from memdb.engine.query import QueryFunction
from memdb.errors import AlreadyExists, DuplicateMemory, InvalidInput, NotFound
from memdb.memories.structs import Added, ExternalId, Memory, MemoryDetails, NewMemory, OnDeleted, OnDuplicate

_LARGEST_BATCH: Final = 10_000
_LARGEST_STATEMENT: Final = 1000
_COLUMNS: Final = Columns(NewMemory, but=("tags", "external_id"))
_KEPT_COLUMNS: Final = Columns(NewMemory, but=("tags",))

_check_on_duplicate = check_for("on_duplicate", OnDuplicate)
_check_on_deleted = check_for("on_deleted", OnDeleted)
_check_agent_id = check_for("agent_id", UUID)
_check_id = check_for("id", UUID | None)
_check_external_id = check_for("external_id", ExternalId | None)
_check_tags = check_for("tags", Tags)


@query(absent="agent", again=True)
async def insert(on: Executor, *, agent_id: UUID, content: Content, **details: Unpack[MemoryDetails]) -> Added:
    """Part of `add` and `add_many`."""
    ...


@query(again=True)
async def insert_many(
    on: Executor, *, agent_id: UUID, tags: list[JsonObject | None], **columns: Annotated[list[Any], _COLUMNS]
) -> list[Added]:
    """Part of `add_many`.

    Each list has one element per memory; the elements of `tags` are objects with a list of that name. The ids are distinct.
    """
    ...


@query(absent="agent")
async def insert_or_merge(on: Executor, *, agent_id: UUID, content: Content, **details: Unpack[MemoryDetails]) -> Added:
    """Part of `add` and `add_many`, for merging duplicates."""
    ...


@query(again=True)
async def keep_many(
    on: Executor, *, agent_id: UUID, restores: bool, tags: list[JsonObject | None], **columns: Annotated[list[Any], _KEPT_COLUMNS]
) -> list[Added]:
    """Part of `add` and `add_many`, for kept duplicates and for all items with an external id. External ids and ids are distinct."""
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

    - `embedding`: of the database's dimension. None leaves the memory to a background embedder (`unembedded`, `embed`).
    - `category`: None means the one with the highest confidence in `labels`, which maps categories to confidences, or factual without
      labels.
    - `status`: active; draft, pending_review or quarantined while a decision is pending; or discarded, if it was decided elsewhere.
    - `confidence`: 0 to 1. `tags`: at most 20, of 1 to 64 characters each. `metadata`: a JSON object of at most 8,192 bytes.
    - `created_at` and `updated_at`: for imports, from 1970 to now. None means now; for `updated_at`, the given `created_at`.
    - `observed_at`: when it was said or seen; None means when it was created. `valid_from` and `valid_until` (exclusive): when it is true;
      None means from `observed_at` on, and without an end. `expires_at`: when memdb forgets it; None means never.
    - `id`: None means a new UUIDv7 with the time of creation. Pages are sorted by id, so give UUIDv7s to keep "newest first" true.

    If the agent already has the memory, it is not added again, and counts as retrieved. A duplicate is an active memory with the same
    content and `user_id`, whether or not it is valid now, or one with this `id` and the same content. Contents are compared as texts are.
    `on_duplicate` says what to do:

    - return: return the existing memory unchanged. So `add` can be retried safely. If several callers add the same content concurrently,
      one creates the memory and all of them get it.
    - merge: return the existing memory with the tags, metadata and labels of both, the higher confidence, the wider validity, the later
      expiry and observation, and the embedding if it had none. Where metadata and labels conflict, those given here win. Only for `status`
      active.
    - raise: raise DuplicateMemory, which has the existing id.
    - keep: create a separate memory beside the existing one. A later `add` of the content finds it only if there is no other, and it never
      prevents another memory from being changed to its content. With an `id`, this can be retried safely, too.

    `external_id` (1 to 512 characters, unique among the agent's memories) identifies the memory by itself: contents are not compared, as
    with keep, and merge and raise are refused. If the agent has this memory, it is replaced by what is given here, with the defaults of a
    new memory for the rest. It keeps its `id`, `created_at`, user, votes and history, and its embedding if the content is unchanged. Its
    `version` increases by one even if nothing differs. `on_deleted` says what to do if it is deleted or expired: raise an error, or restore
    it. Once it is purged, the external id is free.

    Raises InvalidInput, also for another user's `external_id`; NotFound for an unknown agent or user, AlreadyExists if another memory (or a
    deleted or expired one) has this `id`, InvalidTransition if the memory with this `external_id` cannot take the `status`, WritesRefused,
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
        # Merging does not look up the id. If the memory with this id has the same content, `insert` finds it.
        added = await insert(on, agent_id=agent_id, content=content, **details)
    if on_duplicate == "raise" and not added.created:
        raise DuplicateMemory(added.memory.id)
    return added.memory


async def add_many(
    on: Executor, *, agent_id: UUID, items: Iterable[NewMemory], on_duplicate: OnDuplicate = "return", on_deleted: OnDeleted = "raise"
) -> list[Memory]:
    """`add` for up to 10,000 items of one agent, all or none; up to 1,000 take one round trip. The results are in the order of the items.

    Items that repeat another's content are duplicates of it, and `on_duplicate` applies to them. If some items have an `external_id` and
    others do not, and contents are not all kept, those with an external id are added first; this takes two more round trips, in a
    transaction of its own. Raises as `add` does; and TransactionConflict if two batches with contents in common, or batches of a tenant
    that has nearly used up its quota, collided. Then nothing was added, and the call can be repeated.
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
        with _among(items, named):
            kept = iter(await _insert_all(tx, keep_many, agent_id, named, restores=restores))
        with _among(items, unnamed):
            found = iter(await _insert_all(tx, insert, agent_id, unnamed))
    return [next(found if item.external_id is None else kept).memory for item in items]


@contextmanager
def _among(items: list[NewMemory], chosen: list[NewMemory]) -> Iterator[None]:
    """Which of the `items` an error is about that says which of the chosen it is."""
    try:
        yield
    except InvalidInput as error:
        if error.index is None and (len(chosen) > 1 or error.field not in NewMemory.__struct_fields__):
            raise
        index = next(place for place, item in enumerate(items) if item is chosen[error.index or 0])
        raise InvalidInput(error.field, error.rule, index=index) from error.__cause__


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
    _check_agent_id(agent_id, 0)
    ids = each_checked(items, lambda item: _check_id(item.id, 0))
    repeats = _repeat(ids) or _repeat(each_checked(items, lambda item: _check_external_id(item.external_id, 0)))
    if insertion is insert_or_merge or (insertion is insert and repeats):
        # The result for each item depends on those before it.
        rows = [{"agent_id": agent_id, **{name: getattr(item, name) for name in ("tags", *_COLUMNS.fields)}} for item in items]
        try:
            return await insertion.many(on, rows)
        except InvalidInput as error:
            raise InvalidInput(error.field, error.rule, index=error.index) from error.__cause__
    largest = 1 if repeats else _LARGEST_STATEMENT
    statement: QueryFunction[..., Any] = keep_many if insertion is keep_many else insert_many
    tags = each_checked(items, _tags)
    parts = [slice(start, start + largest) for start in range(0, len(items), largest)]
    batches = [_arguments(statement, agent_id, items[part], tags[part], restores=restores) for part in parts]
    try:
        added: list[Added] = await (statement(on, **batches[0]) if len(batches) == 1 else statement.many(on, batches))
    except InvalidInput as error:
        if error.of != "rows" or error.index is None:
            raise
        first, refused = error.index * largest, batches[error.index]
        raise _refused(statement, on, refused, first) or error from error.__cause__
    if len(added) < len(items):
        raise NotFound("agent", agent_id)
    return added


def _refused(statement: QueryFunction[..., Any], on: Executor, batch: dict[str, Any], first: int) -> InvalidInput | None:
    """Why a batch is refused whose first item is number `first`."""
    try:
        statement.query.bind(on, batch)
    except InvalidInput as error:
        return InvalidInput(error.field, error.rule, index=first + (error.index or 0))
    return None


def _tags(item: NewMemory) -> JsonObject | None:
    return {"tags": given} if (given := _check_tags(item.tags, 0)) else None


def _arguments(
    statement: QueryFunction[..., Any], agent_id: UUID, items: list[NewMemory], tags: list[JsonObject | None], *, restores: bool
) -> dict[str, Any]:
    if statement is keep_many:
        return {"agent_id": agent_id, "restores": restores, "tags": tags, **_KEPT_COLUMNS.of(items)}
    return {"agent_id": agent_id, "tags": tags, **_COLUMNS.of(items)}


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
