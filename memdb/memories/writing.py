"""Adding, changing, deleting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from memdb.errors import AlreadyExists, InvalidInput
from memdb.executor import Executor
from memdb.inputs import Confidence, Content, Embedding, JsonObject, ModelName, Reason, Tag, Tags, Version
from memdb.memories.structs import Category, Memory, NewMemory, SettableStatus, Source, Status
from memdb.query import query
from memdb.transaction import Transaction

_LARGEST_BATCH: Final = 10_000


@query(absent="agent")
async def insert(
    on: Executor,
    *,
    agent_id: UUID,
    content: Content,
    embedding: Embedding | None = None,
    embedding_model: ModelName | None = None,
    category: Category = "factual",
    source: Source = "user_provided",
    confidence: Confidence = 0.8,
    tags: Tags = [],  # noqa: B006
    metadata: JsonObject | None = None,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    observed_at: datetime | None = None,
    expires_at: datetime | None = None,
    id: UUID | None = None,
) -> Memory:
    """The statement of `add` and `add_many`. Two writers of one id at the same instant may see AlreadyExists; `add` settles that."""
    ...


async def add(
    on: Executor,
    *,
    agent_id: UUID,
    content: str,
    embedding: Embedding | None = None,
    embedding_model: str | None = None,
    category: Category = "factual",
    source: Source = "user_provided",
    confidence: float = 0.8,
    tags: list[str] | None = None,
    metadata: JsonObject | None = None,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    observed_at: datetime | None = None,
    expires_at: datetime | None = None,
    id: UUID | None = None,
) -> Memory:
    """Remember `content` (1 to 8,192 characters); what the agent knows already is returned as it is.

    Known means: the agent has an active memory with this content for the same `user_id`, letter case and white space aside; or one with
    this `id` and content. So an add may be repeated safely, and of many at once for one content one makes the memory and all get it.

    - `embedding`: of the database's dimension; None leaves the memory to a background embedder (`unembedded`, `embed`).
    - `confidence`: 0 to 1. `tags`: at most 20 of 1 to 64 characters. `metadata`: a JSON object of at most 8,192 bytes.
    - `observed_at`: when it was said or seen; None means now. `expires_at`: when it ends; None means never.
    - `id`: None means a new UUIDv7.

    Raises InvalidInput, NotFound for an unknown agent or user, AlreadyExists if another memory (or a deleted or expired one) has this `id`.
    """
    arguments = {
        "agent_id": agent_id,
        "content": content,
        "embedding": embedding,
        "embedding_model": embedding_model,
        "category": category,
        "source": source,
        "confidence": confidence,
        "tags": [] if tags is None else tags,
        "metadata": metadata,
        "user_id": user_id,
        "session_id": session_id,
        "observed_at": observed_at,
        "expires_at": expires_at,
        "id": id,
    }
    try:
        return await insert(on, **arguments)  # type: ignore[arg-type]
    except AlreadyExists:
        if id is None or isinstance(on, Transaction):
            raise
        # Another writer of this id may have committed between our look and our insert; if its content is ours, a second look finds it.
        return await insert(on, **arguments)  # type: ignore[arg-type]


async def add_many(on: Executor, *, agent_id: UUID, items: Iterable[NewMemory]) -> list[Memory]:
    """`add` for up to 10,000 items of one agent, all or none: one pipeline in one transaction, results in the order of the items.

    Items that repeat each other's content give the same memory. Raises as `add` does; and TransactionConflict if two batches with contents
    in common met in different orders: nothing was added, and it may be run again.
    """
    items = list(islice(items, _LARGEST_BATCH + 1)) if isinstance(items, Iterable) else [items]
    if not all(isinstance(item, NewMemory) for item in items):
        raise InvalidInput("items", "must be NewMemory objects")
    rows = [{"agent_id": agent_id, **{name: getattr(item, name) for name in item.__struct_fields__}} for item in items]
    if len(rows) > _LARGEST_BATCH:
        raise InvalidInput("items", f"must be at most {_LARGEST_BATCH} at a time")
    return await insert.many(on, rows)


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    content: Content | None = None,
    embedding: Embedding | None = None,
    embedding_model: ModelName | None = None,
    category: Category | None = None,
    status: SettableStatus | None = None,
    confidence: Confidence | None = None,
    tags: Tags | None = None,
    metadata: JsonObject | None = None,
    expires_at: datetime | None = None,
    never_expires: bool = False,
    reason: Reason | None = None,
) -> Memory:
    """Change what is given; None leaves a field as it is, `tags` and `metadata` are replaced whole, `never_expires` removes the expiry.

    A changed content without a new embedding drops the old one. `expected_version` None means whatever version there is.
    Raises NotFound, VersionConflict (nothing is changed), AlreadyExists if another active memory has this content, InvalidInput.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None, reason: Reason | None = None) -> int:
    """Soft-delete one live memory; `restore` undoes it. Returns the version that this made. Raises NotFound, VersionConflict."""
    ...


@query
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None, reason: Reason | None = None) -> Memory:
    """Bring back a deleted or expired memory; an expiry that has passed is removed.

    Raises NotFound if there is none to bring back, AlreadyExists if an active memory has its content by now, VersionConflict.
    """
    ...


@query
async def delete_matching(
    on: Executor,
    *,
    agent_id: UUID | None,
    user_id: UUID | None,
    session_id: UUID | None,
    category: Category | None,
    status: Status | None,
    tag: Tag | None,
    since: datetime | None,
    until: datetime | None,
    reason: Reason | None,
) -> int:
    """The statement of `clear`: without a filter it deletes all that the tenant has."""
    ...


async def clear(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    category: Category | None = None,
    status: Status | None = None,
    tag: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    reason: str | None = None,
    everything: bool = False,
) -> int:
    """Soft-delete the live memories that pass all the filters given, and return how many. `since` is inclusive, `until` exclusive.

    Raises InvalidInput if no filter is given, unless `everything` says that all of the tenant's memories are meant.
    """
    filters = {
        "agent_id": agent_id,
        "user_id": user_id,
        "session_id": session_id,
        "category": category,
        "status": status,
        "tag": tag,
        "since": since,
        "until": until,
    }
    if not everything and all(value is None for value in filters.values()):
        raise InvalidInput("filters", "must not all be None: give one, or everything=True to delete all of the tenant's memories")
    return await delete_matching(on, reason=reason, **filters)  # type: ignore[arg-type]


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding, embedding_model: ModelName | None = None) -> bool:
    """Store the embedding of the content that was read at `version`. False if the memory has changed or gone since: nothing is stored.

    The memory's version stays, since what it says is the same. `embed.many` takes a batch.
    """
    ...
