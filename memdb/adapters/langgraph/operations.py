"""LangGraph's store operations in terms of `memdb.items`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from langgraph.store.base import GetOp, ListNamespacesOp, Op, PutOp, Result, SearchItem, SearchOp
from langgraph.store.base import Item as StoreItem

from memdb import items
from memdb.adapters.langgraph.indexing import Index
from memdb.adapters.over_items import batches, in_batches, is_plain
from memdb.adapters.paging import from_offset
from memdb.engine.executor import Executor, Transaction
from memdb.errors import InvalidInput
from memdb.items import Item, ItemKey, NewItem

T = TypeVar("T")


class Reading:
    """Where a store's operations read, and their results."""

    def __init__(self, tenant: Executor, index: Index | None, *, ended: bool) -> None:
        self.tenant = tenant
        self.index = index
        self.ended = ended

    async def results(self, ops: Sequence[Op]) -> list[Result]:
        """The result of each reading operation, None for others. Equal ones are run once."""
        different = {repr(op): op for op in ops if not isinstance(op, PutOp)}
        searches = {name: op for name, op in different.items() if isinstance(op, SearchOp)}
        vectors = await self.index.queries([op.query for op in searches.values() if op.query]) if self.index is not None else {}
        calls: list[Callable[[], Awaitable[Mapping[str, Result]]]] = []
        for refresh in (True, False):
            gets = {name: op for name, op in different.items() if isinstance(op, GetOp) and bool(op.refresh_ttl) is refresh}
            calls += [partial(self._gets, dict(some), refresh) for some in batches(list(gets.items()))]
        calls += [partial(self._search, name, op, vectors.get(op.query or "")) for name, op in searches.items()]
        calls += [partial(self._namespaces, name, op) for name, op in different.items() if isinstance(op, ListNamespacesOp)]
        if isinstance(self.tenant, Transaction):
            found = [await call() for call in calls]
        else:
            # All of them, so that none continues after the others have failed.
            answers = await asyncio.gather(*[call() for call in calls], return_exceptions=True)
            found = [_raised(each) for each in answers]
        by_name = {name: result for each in found for name, result in each.items()}
        return [by_name.get(repr(op)) for op in ops]

    async def _gets(self, ops: Mapping[str, GetOp], refresh: bool) -> Mapping[str, Result]:
        keys = [ItemKey(op.namespace, op.key) for op in ops.values()]
        found = await items.get_many(self.tenant, keys=keys, refresh=refresh, ended=self.ended)
        return {name: None if item is None else _as_item(item) for name, item in zip(ops, found, strict=True)}

    async def _search(self, name: str, op: SearchOp, vector: Any) -> Mapping[str, Result]:
        scope: dict[str, Any] = {
            "prefix": op.namespace_prefix,
            "filter": op.filter,
            "refresh": op.refresh_ttl,
            "ended": self.ended,
        }
        if vector is None or self.index is None:
            page = partial(items.page, self.tenant, **scope)
            return {name: [_as_search_item(item, None) for item in await from_offset(page, op.offset, op.limit)]}
        hits = await from_offset(partial(items.search, self.tenant, embedding=vector, **scope), op.offset, op.limit)
        return {name: [_as_search_item(hit.item, self.index.score(hit.similarity)) for hit in hits]}

    async def _namespaces(self, name: str, op: ListNamespacesOp) -> Mapping[str, Result]:
        ends: dict[str, Sequence[str]] = {"prefix": (), "suffix": ()}
        for condition in op.match_conditions or ():
            kind = condition.match_type
            if kind not in ends:
                raise InvalidInput("match_type", f"must be prefix or suffix, not {kind!r:.40}")
            path = condition.path[::-1] if kind == "suffix" else condition.path
            if (both := _both(ends[kind], path)) is None:
                return {name: []}
            ends[kind] = both
        ends["suffix"] = ends["suffix"][::-1]
        page = partial(items.namespaces, self.tenant, depth=op.max_depth, ended=self.ended, **ends)  # type: ignore[arg-type]
        return {name: [tuple(namespace) for namespace in await from_offset(page, op.offset, op.limit)]}


async def write(tenant: Executor, index: Index | None, ops: Iterable[PutOp], owner: Mapping[str, Any]) -> None:
    """Put and delete, all or nothing, according to the last operation of each key."""
    last = {ItemKey(tuple(op.namespace), op.key): op for op in ops}
    # In the order in which the database locks them, in case this takes more than one statement.
    places = sorted(last)
    puts = [(place, op) for place in places if (op := last[place]).value is not None]
    values = [_kept(op.value) for _, op in puts]
    parts = [[]] * len(puts) if index is None else await index.parts([op for _, op in puts])
    items_of = {
        place: NewItem(
            namespace=place.namespace,
            key=place.key,
            value=value,
            time_to_live=None if op.ttl is None else timedelta(minutes=op.ttl),
            parts=found,
            to_the_letter=not is_plain(value),
        )
        for (place, op), value, found in zip(puts, values, parts, strict=True)
    }

    async def put(on: Executor, some: Sequence[ItemKey]) -> None:
        given = [items_of[place] for place in some if place in items_of]
        await items.put_many(on, items=given, delete=[place for place in some if place not in items_of], **owner)

    await in_batches(tenant, places, put)


def _kept(value: Any) -> dict[str, Any]:
    """The value in JSON's types. Raises TypeError if it is not a JSON object."""
    if not isinstance(value, Mapping):
        raise TypeError(f"a value must be a dict, not {type(value).__name__}")
    kept: dict[str, Any] = json.loads(json.dumps(dict(value)))
    return kept


def _raised(answer: T | BaseException) -> T:
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _as_item(item: Item) -> StoreItem:
    return StoreItem(
        value=item.value, key=item.key, namespace=tuple(item.namespace), created_at=item.created_at, updated_at=item.updated_at
    )


def _as_search_item(item: Item, score: float | None) -> SearchItem:
    return SearchItem(tuple(item.namespace), item.key, item.value, item.created_at, item.updated_at, score)


def _both(one: Sequence[str], other: Sequence[str]) -> list[str] | None:
    """The prefix that satisfies both of these, in which * is any label; None if there is none."""
    shorter, longer = sorted((one, other), key=len)
    if any("*" not in pair and pair[0] != pair[1] for pair in zip(shorter, longer, strict=False)):
        return None
    return [a if b == "*" else b for a, b in zip(shorter, longer, strict=False)] + list(longer[len(shorter) :])
