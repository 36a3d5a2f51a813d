"""What adapters over `memdb.items` have in common: how a value is put, what it is found by, and lists that are longer than a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from memdb.engine.executor import Executor
from memdb.engine.json_values import for_jsonb
from memdb.errors import InvalidInput

T = TypeVar("T")

_LARGEST_PAGE: Final = 1000
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


def check_number(field: str, number: Any) -> None:
    """Raises InvalidInput unless it is an int of 0 or more."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise InvalidInput(field, f"must be an int of 0 or more, not {number!r:.40}")


async def in_batches(on: Executor, given: Sequence[T], call: Callable[[Executor, Sequence[T]], Awaitable[object]]) -> None:
    """`call` for as many of the given at a time as one call takes: all or nothing."""
    if len(given) <= _LARGEST_BATCH:
        await call(on, given)
        return
    async with on.transaction() as tx:
        for start in range(0, len(given), _LARGEST_BATCH):
            await call(tx, given[start : start + _LARGEST_BATCH])


async def read_all(page: Callable[..., Awaitable[list[T]]], offset: int, limit: int) -> list[T]:
    """As many as are wanted, however many a page has. Raises InvalidInput for what is negative."""
    check_number("offset", offset)
    check_number("limit", limit)
    found: list[T] = []
    while len(found) < limit:
        size = min(limit - len(found), _LARGEST_PAGE)
        some = await page(offset=offset + len(found), limit=size)
        found += some
        if len(some) < size:
            break
    return found
