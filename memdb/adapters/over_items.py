"""What adapters over `memdb.items` have in common: how a value is put, what it is found by, and batches of any size."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from memdb.engine.executor import Executor
from memdb.engine.json_values import for_jsonb
from memdb.errors import InvalidInput

T = TypeVar("T")

_LARGEST_BATCH: Final = 10_000
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


async def in_batches(on: Executor, given: Sequence[T], call: Callable[[Executor, Sequence[T]], Awaitable[object]]) -> None:
    """`call` for as many of the given at a time as one call takes: all or nothing."""
    if len(given) <= _LARGEST_BATCH:
        await call(on, given)
        return
    async with on.transaction() as tx:
        for start in range(0, len(given), _LARGEST_BATCH):
            await call(tx, given[start : start + _LARGEST_BATCH])
