"""What adapters over `memdb.items` have in common: how a value is put, what it is found by, and batches of any size."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from memdb import items
from memdb.engine.executor import Executor
from memdb.engine.json_values import for_jsonb
from memdb.errors import InvalidInput
from memdb.items import Item, ItemKey
from memdb.items.structs import LARGEST_BATCH

T = TypeVar("T")

_LONGEST_CONTENT: Final = 100_000


def is_plain(value: Any) -> bool:
    """Whether jsonb keeps this JSON value as it is, but for the order of keys; if not, it is to be put to the letter."""
    try:
        for_jsonb("value", value)
    except InvalidInput:
        return False
    return True


def content_of(text: str) -> str:
    """What of a text a part keeps, for words and to embed it anew. Its embedding is of all of the text."""
    return text[:_LONGEST_CONTENT].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def batches(given: Sequence[T]) -> Iterator[Sequence[T]]:
    """The given, as many at a time as one call takes."""
    return (given[start : start + LARGEST_BATCH] for start in range(0, len(given), LARGEST_BATCH))


async def get_all(on: Executor, keys: Sequence[ItemKey]) -> list[Item]:
    """The items that there are of any number of keys, in their order."""
    return [item for some in batches(keys) for item in await items.get_many(on, keys=some) if item is not None]


async def in_batches(on: Executor, given: Sequence[T], call: Callable[[Executor, Sequence[T]], Awaitable[object]]) -> None:
    """`call` for as many of the given at a time as one call takes: all or nothing."""
    if len(given) <= LARGEST_BATCH:
        await call(on, given)
        return
    async with on.transaction() as tx:
        for some in batches(given):
            await call(tx, some)
