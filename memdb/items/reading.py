"""Reading items by key and by page, and listing namespaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

import msgspec

from memdb.engine.arguments import listed
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, JsonObject, Limit, QueryText
from memdb.engine.own import query
from memdb.items.filters import checked
from memdb.items.structs import Depth, Filter, Item, ItemHit, ItemKey, Key, Labels, Offset
from memdb.items.values import places
from memdb.questions import asked


class Placed(msgspec.Struct, frozen=True):
    """An item, and its place in the input, from 1."""

    number: int
    item: Item


@query
async def read(on: Executor, *, place: list[JsonObject], refresh: bool, ended: bool) -> list[Placed]:
    """Part of `get_many`."""
    ...


@query
async def read_one(on: Executor, *, namespace: Labels, key: Key, refresh: bool, ended: bool) -> Item | None:
    """Part of `get_many`: for a single key, in a quarter of the server time."""
    ...


async def get(on: Executor, *, namespace: Sequence[str], key: str, refresh: bool = False, ended: bool = False) -> Item | None:
    """The item, or None if it does not exist or has expired.

    `refresh`: whether its time to live starts anew; `updated_at` stays. An item that is being written concurrently, or has expired, is not
    refreshed. `ended`: whether an expired item that has not been removed yet is returned as well.
    """
    return (await get_many(on, keys=[ItemKey(namespace, key)], refresh=refresh, ended=ended))[0]


async def get_many(on: Executor, *, keys: Iterable[ItemKey], refresh: bool = False, ended: bool = False) -> list[Item | None]:
    """`get` for up to 10,000 items, in one round trip; the results are in the order of the keys."""
    place = places(keys)
    if len(place) == 1:
        return [await read_one(on, **place[0], refresh=refresh, ended=ended)]
    found: list[Item | None] = [None] * len(place)
    if found:
        for each in await read(on, place=place, refresh=refresh, ended=ended):
            found[each.number - 1] = each.item
    return found


@query
async def read_namespaces(on: Executor, *, place: list[JsonObject], after: Item | Cursor | None, limit: Limit) -> list[Item]:
    """Part of `scan`."""
    ...


async def scan(on: Executor, *, namespaces: Iterable[Sequence[str]], after: Item | Cursor | None = None, limit: int = 1000) -> list[Item]:
    """The items in these namespaces, without those below them, first put first; for reading namespaces as a whole, faster than by `page`.

    `after`: see `memdb.Cursor`. An item that is put meanwhile is returned again. `limit`: 1 to 1,000. Raises InvalidInput.
    """
    place = places((ItemKey(each, "") for each in listed("namespaces", namespaces)), of="namespaces")
    return await read_namespaces(on, place=place, after=after, limit=limit) if place else []


@query
async def page_of_prefix(
    on: Executor,
    *,
    prefix: Labels,
    filter: Filter | None,
    before: Item | Cursor | None,
    offset: Offset,
    limit: Limit,
    refresh: bool,
    ended: bool,
    plan_for_values: bool,
) -> list[Item]:
    """Part of `page`."""
    ...


async def page(
    on: Executor,
    *,
    prefix: Sequence[str] = (),
    filter: Filter | None = None,
    before: Item | Cursor | None = None,
    offset: int = 0,
    limit: int = 50,
    refresh: bool = False,
    ended: bool = False,
) -> list[Item]:
    """The items in the namespace `prefix` and in all below it, last put first.

    `filter`: only items that pass it (`memdb.items.Filter`). `before`: see `memdb.Cursor`; or `offset`: how many to skip. `limit`: 1 to
    1,000. `refresh` and `ended`: as in `get`. Raises InvalidInput.
    """
    return await page_of_prefix(
        on,
        prefix=prefix,  # type: ignore[arg-type]
        filter=checked(filter),
        before=before,
        offset=offset,
        limit=limit,
        refresh=refresh,
        ended=ended,
        plan_for_values=False,
    )


@query
async def count_of_prefix(on: Executor, *, prefix: Labels, filter: Filter | None, ended: bool) -> int:
    """Part of `count`."""
    ...


async def count(on: Executor, *, prefix: Sequence[str] = (), filter: Filter | None = None, ended: bool = False) -> int:
    """The number of items in the namespace `prefix` and in all below it that pass `filter`. Raises InvalidInput."""
    return await count_of_prefix(on, prefix=prefix, filter=checked(filter), ended=ended)  # type: ignore[arg-type]


@query
async def namespaces_below(
    on: Executor, *, start: Labels, prefix: Labels, suffix: Labels, depth: Depth | None, offset: Offset, limit: Limit, ended: bool
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
    ended: bool = False,
) -> list[list[str]]:
    """The namespaces that have items, begin with `prefix` and end with `suffix`, in which the label "*" stands for any label.

    They are sorted by their labels, compared as bytes. `depth`: cut each to this many labels, without duplicates. `offset`: how many to
    skip. `limit`: 1 to 1,000. Raises InvalidInput.
    """
    return await namespaces_below(
        on,
        start=list(takewhile(lambda label: label != "*", listed("prefix", prefix))),
        prefix=prefix,  # type: ignore[arg-type]
        suffix=suffix,  # type: ignore[arg-type]
        depth=depth,
        offset=offset,
        limit=limit,
        ended=ended,
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
    ended: bool,
    with_embeddings: bool,
    plan_for_values: bool,
) -> list[ItemHit]:
    """Part of `search`: comparing all."""
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
    ended: bool = False,
    with_embeddings: bool = False,
) -> list[ItemHit]:
    """The items in the namespace `prefix` and in all below it with a part that best answers a text, an embedding of it, or both.

    - `filter`: only items that pass it are compared (`memdb.items.Filter`).
    - `embedding`: by cosine similarity. Every part with an embedding is a candidate.
    - `text`: by BM25. A part must have a word in common with it, in any inflection of the organization's language. "Quoted phrases" and
      -words count as in `memories.search`.

    The score is the sum of both, each of the item's best part, scaled to 0..1 over the scope. Ties go to the newer. `offset`: how many to
    skip. `limit`: 1 to 1,000. `with_embeddings`: whether each hit has the embedding of its best part. All of the scope is compared. Raises
    InvalidInput, also for a zero embedding.
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
        ended=ended,
        with_embeddings=with_embeddings,
        plan_for_values=False,
    )
