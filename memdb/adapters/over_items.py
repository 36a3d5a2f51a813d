"""What adapters over `memdb.items` have in common: putting values, their searchable texts, and batches of any size."""

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
    """Whether jsonb preserves this JSON value, except for the order of keys; if not, it is put to the letter."""
    try:
        for_jsonb("value", value)
    except InvalidInput:
        return False
    return True


def content_of(text: str) -> str:
    """The part of a text that is stored, for words and for embedding it again. Its embedding is of the whole text."""
    return text[:_LONGEST_CONTENT].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def batches(given: Sequence[T]) -> Iterator[Sequence[T]]:
    """The given elements, in batches of the size that one call takes."""
    return (given[start : start + LARGEST_BATCH] for start in range(0, len(given), LARGEST_BATCH))


async def get_all(on: Executor, keys: Sequence[ItemKey]) -> list[Item]:
    """The existing items among any number of keys, in their order."""
    return [item for some in batches(keys) for item in await items.get_many(on, keys=some) if item is not None]


async def in_batches(on: Executor, given: Sequence[T], call: Callable[[Executor, Sequence[T]], Awaitable[object]]) -> None:
    """`call` in batches of the size that one call takes: all or nothing."""
    if len(given) <= LARGEST_BATCH:
        await call(on, given)
        return
    async with on.transaction() as tx:
        for some in batches(given):
            await call(tx, some)
