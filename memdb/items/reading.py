"""Reading items by key, by page, and what namespaces there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import takewhile
from uuid import UUID

import msgspec

from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, JsonObject, Limit, QueryText
from memdb.engine.own import query
from memdb.items.filters import checked
from memdb.items.structs import Depth, Filter, Item, ItemCursor, ItemHit, ItemKey, Labels, Offset
from memdb.items.values import places
from memdb.questions import asked


class Placed(msgspec.Struct, frozen=True):
    """An item, and which of those that were asked for it is, from 1."""

    number: int
    item: Item


@query
async def read(on: Executor, *, place: list[JsonObject], refresh: bool, with_expired: bool) -> list[Placed]:
    """Part of `get` and `get_many`."""
    ...


async def get(on: Executor, *, namespace: Sequence[str], key: str, refresh: bool = False, with_expired: bool = False) -> Item | None:
    """The item, or None if there is none or it has expired.

    `refresh`: whether it gets all of its time to live again; `updated_at` stays. An item that is being written meanwhile, and one that has
    expired, does not. `with_expired`: whether it is returned as well where it has expired and is not removed yet.
    """
    return (await get_many(on, keys=[ItemKey(namespace, key)], refresh=refresh, with_expired=with_expired))[0]


async def get_many(on: Executor, *, keys: Iterable[ItemKey], refresh: bool = False, with_expired: bool = False) -> list[Item | None]:
    """`get` for up to 10,000 items, in one round trip; results in the order of the keys."""
    place = places(keys)
    found: list[Item | None] = [None] * len(place)
    if found:
        for each in await read(on, place=place, refresh=refresh, with_expired=with_expired):
            found[each.number - 1] = each.item
    return found


@query
async def page_of_prefix(
    on: Executor,
    *,
    prefix: Labels,
    filter: Filter | None,
    before_updated_at: datetime | None,
    before_id: UUID | None,
    offset: Offset,
    limit: Limit,
    refresh: bool,
    with_expired: bool,
    plan_for_values: bool,
) -> list[Item]:
    """Part of `page`."""
    ...


async def page(
    on: Executor,
    *,
    prefix: Sequence[str] = (),
    filter: Filter | None = None,
    before: ItemCursor | None = None,
    offset: int = 0,
    limit: int = 50,
    refresh: bool = False,
    with_expired: bool = False,
) -> list[Item]:
    """The items in the namespace `prefix` and in all below it, the last put first.

    `filter`: only what it lets through (`memdb.items.Filter`). `before`: the `cursor` of the last item of the page before; or `offset`: how
    many to leave out. `limit`: 1 to 1,000. `refresh` and `with_expired` are those of `get`. Raises InvalidInput.
    """
    updated_at, id = (None, None) if before is None else before
    return await page_of_prefix(
        on,
        prefix=prefix,  # type: ignore[arg-type]
        filter=checked(filter),
        before_updated_at=updated_at,
        before_id=id,
        offset=offset,
        limit=limit,
        refresh=refresh,
        with_expired=with_expired,
        plan_for_values=True,
    )


@query
async def count_of_prefix(on: Executor, *, prefix: Labels, filter: Filter | None, with_expired: bool) -> int:
    """Part of `count`."""
    ...


async def count(on: Executor, *, prefix: Sequence[str] = (), filter: Filter | None = None, with_expired: bool = False) -> int:
    """How many items are in the namespace `prefix` and in all below it, of those that `filter` lets through. Raises InvalidInput."""
    return await count_of_prefix(on, prefix=prefix, filter=checked(filter), with_expired=with_expired)  # type: ignore[arg-type]


@query
async def namespaces_below(
    on: Executor, *, start: Labels, prefix: Labels, suffix: Labels, depth: Depth | None, offset: Offset, limit: Limit, with_expired: bool
) -> list[list[str]]:
    """Part of `namespaces`: `start` is the prefix up to its first *."""
    ...


async def namespaces(
    on: Executor,
    *,
    prefix: Sequence[str] = (),
    suffix: Sequence[str] = (),
    depth: int | None = None,
    offset: int = 0,
    limit: int = 100,
    with_expired: bool = False,
) -> list[list[str]]:
    """The namespaces that have items, in order of their labels, byte by byte: those that begin with `prefix` and end with `suffix`, where
    the label "*" stands for any.

    `depth`: only so many labels of each, the same once. `offset`: how many to leave out. `limit`: 1 to 1,000. Raises InvalidInput.
    """
    return await namespaces_below(
        on,
        start=list(takewhile(lambda label: label != "*", prefix)),
        prefix=prefix,  # type: ignore[arg-type]
        suffix=suffix,  # type: ignore[arg-type]
        depth=depth,
        offset=offset,
        limit=limit,
        with_expired=with_expired,
    )


@query
async def search_exact(
    on: Executor,
    *,
    prefix: Labels,
    filter: Filter | None,
    text: QueryText | None,
    embedding: Embedding | None,
    offset: Offset,
    limit: Limit,
    refresh: bool,
    with_expired: bool,
    plan_for_values: bool,
) -> list[ItemHit]:
    """Part of `search`: by comparing all."""
    ...


async def search(
    on: Executor,
    *,
    prefix: Sequence[str] = (),
    filter: Filter | None = None,
    text: str | None = None,
    embedding: Embedding | None = None,
    offset: int = 0,
    limit: int = 10,
    refresh: bool = False,
    with_expired: bool = False,
) -> list[ItemHit]:
    """The items in the namespace `prefix` and in all below it with a part that answers best to a text, an embedding of it, or both.

    - `filter`: only what it lets through is compared (`memdb.items.Filter`).
    - `embedding`: every part with an embedding is in the running, by cosine similarity.
    - `text`: by BM25; a part needs one word in common with it, in any inflection of the organization's language. "Quoted phrases" and
      -words count as in `memories.search`.

    The score is the sum of both, each of an item's best part, scaled to 0..1 over the scope. Of equals the newer comes first. `offset`: how
    many to leave out; `limit`: 1 to 1,000. All of the scope is compared. Raises InvalidInput, also for a zero embedding.
    """
    return await search_exact(
        on,
        prefix=prefix,  # type: ignore[arg-type]
        filter=checked(filter),
        text=text,
        embedding=asked(text, embedding, on.dimension),
        offset=offset,
        limit=limit,
        refresh=refresh,
        with_expired=with_expired,
        plan_for_values=True,
    )
