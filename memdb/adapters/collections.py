"""Namespaces of items, each item with a text and a vector by which it is found: the collections of vector stores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from memdb import items
from memdb.adapters.over_items import content_of, is_plain
from memdb.adapters.paging import LARGEST_PAGE, all_of, check_number, from_offset
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput
from memdb.items import Filter, Item, ItemHit, ItemKey, NewItem, NewPart


def new_item(namespace: Sequence[str], key: str, value: Any, *, text: str, embedding: Any) -> NewItem:
    part = NewPart(content=content_of(text), embedding=embedding)
    return NewItem(namespace=namespace, key=key, value=value, parts=[part], to_the_letter=not is_plain(value))


async def listed(on: Executor, namespace: Sequence[str], filter: Filter | None = None, *, limit: int | None = None) -> list[Item]:
    """The items that pass the filter, last put first: up to `limit`, None for all. Raises InvalidInput."""
    if limit is not None:
        check_number("limit", limit)
    return await all_of(partial(items.page, on, prefix=namespace, filter=filter), limit)


async def ranked(
    on: Executor, namespace: Sequence[str], filter: Filter | None, *, text: str | None = None, embedding: Any = None, limit: int | None
) -> list[ItemHit]:
    """`items.search` for any number of hits, None for all. Raises InvalidInput."""
    search = partial(items.search, on, prefix=namespace, filter=filter, text=text, embedding=embedding)
    return await from_offset(search, 0, limit)


async def delete_all(on: Executor, namespace: Sequence[str], filter: Filter | None = None, *, ended: bool = False) -> None:
    """Delete the items that pass the filter, with `ended` expired ones, too, some at a time. Raises as `items.delete_many`."""
    while page := await items.page(on, prefix=namespace, filter=filter, limit=LARGEST_PAGE, ended=ended):
        await items.delete_many(on, keys=[ItemKey(each.namespace, each.key) for each in page])


def check_name(field: str, name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise InvalidInput(field, f"must be a text that is not empty, not {name!r:.40}")
    return name


def as_json(field: str, value: object) -> dict[str, Any]:
    """A dict in JSON's types: a tuple becomes a list, an enum its value. Raises InvalidInput if that is not possible."""
    if not isinstance(value, Mapping):
        raise InvalidInput(field, f"must be a dict, not {type(value).__name__}")
    try:
        made: dict[str, Any] = json.loads(json.dumps(dict(value)))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(field, f"must hold JSON values only: {error}") from None
    return made
