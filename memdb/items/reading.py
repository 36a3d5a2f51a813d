"""Reading items by key, by page, and what namespaces there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

import msgspec

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, JsonObject, Limit, QueryText
from memdb.engine.own import query
from memdb.items.filters import checked
from memdb.items.structs import Depth, Filter, Item, ItemHit, ItemKey, Key, Labels, Offset
from memdb.items.values import places
from memdb.questions import asked


class Placed(msgspec.Struct, frozen=True):
    """An item, and which of those that were asked for it is, from 1."""

    number: int
    item: Item


@query
async def read(on: Executor, *, place: list[JsonObject], refresh: bool, ended: bool) -> list[Placed]:
    """Part of `get_many`."""
    ...


@query
async def read_one(on: Executor, *, namespace: Labels, key: Key, refresh: bool, ended: bool) -> Item | None:
    """Part of `get_many`: of a single key, in a quarter of the server's time."""
    ...


async def get(on: Executor, *, namespace: Sequence[str], key: str, refresh: bool = False, ended: bool = False) -> Item | None:
    """The item, or None if there is none or it has expired.

    `refresh`: whether it gets all of its time to live again; `updated_at` stays. An item that is being written meanwhile, and one that has
    expired, does not. `ended`: whether it is returned as well where it has expired and is not removed yet.
    """
    return (await get_many(on, keys=[ItemKey(namespace, key)], refresh=refresh, ended=ended))[0]


async def get_many(on: Executor, *, keys: Iterable[ItemKey], refresh: bool = False, ended: bool = False) -> list[Item | None]:
    """`get` for up to 10,000 items, in one round trip; results in the order of the keys."""
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
    """The items in these namespaces, but not below them, the first put first: for what is read as a whole, in less time than by `page`.

    `after`: see `memdb.Cursor`; an item that is put meanwhile comes again. `limit`: 1 to 1,000. Raises InvalidInput.
    """
    place = places(ItemKey(each, "") for each in namespaces)
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
    """The items in the namespace `prefix` and in all below it, the last put first.

    `filter`: only what it lets through (`memdb.items.Filter`). `before`: see `memdb.Cursor`; or `offset`: how many to leave out. `limit`:
    1 to 1,000. `refresh` and `ended` are those of `get`. Raises InvalidInput.
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
    """How many items are in the namespace `prefix` and in all below it, of those that `filter` lets through. Raises InvalidInput."""
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
    ended: bool = False,
    with_embeddings: bool = False,
) -> list[ItemHit]:
    """The items in the namespace `prefix` and in all below it with a part that answers best to a text, an embedding of it, or both.

    - `filter`: only what it lets through is compared (`memdb.items.Filter`).
    - `embedding`: every part with an embedding is in the running, by cosine similarity.
    - `text`: by BM25; a part needs one word in common with it, in any inflection of the organization's language. "Quoted phrases" and
      -words count as in `memories.search`.

    The score is the sum of both, each of an item's best part, scaled to 0..1 over the scope. Of equals the newer comes first. `offset`: how
    many to leave out; `limit`: 1 to 1,000. `with_embeddings`: whether each hit has the embedding of its best part. All of the scope is
    compared. Raises InvalidInput, also for a zero embedding.
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
