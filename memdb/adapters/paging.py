"""Reading whole lists page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from memdb.errors import InvalidInput

T = TypeVar("T")

LARGEST_PAGE: Final = 1000
"""The maximum number of rows that one call of a list returns."""


async def all_of(page: Callable[..., Awaitable[list[T]]], limit: int | None = None) -> list[T]:
    """All rows of a list, or the first `limit`: `page` takes `before` and `limit`, like the areas' own pages."""
    rows: list[T] = []
    while limit is None or len(rows) < limit:
        size = LARGEST_PAGE if limit is None else min(limit - len(rows), LARGEST_PAGE)
        found = await page(before=rows[-1] if rows else None, limit=size)
        rows += found
        if len(found) < size:
            break
    return rows


async def from_offset(page: Callable[..., Awaitable[list[T]]], offset: int, limit: int | None) -> list[T]:
    """`limit` rows of a list, None for all, from `offset` on: `page` takes both. Raises InvalidInput for negative values."""
    check_number("offset", offset)
    if limit is not None:
        check_number("limit", limit)
    found: list[T] = []
    while limit is None or len(found) < limit:
        size = LARGEST_PAGE if limit is None else min(limit - len(found), LARGEST_PAGE)
        some = await page(offset=offset + len(found), limit=size)
        found += some
        if len(some) < size:
            break
    return found


def check_number(field: str, number: Any) -> None:
    """Raises InvalidInput unless it is an int of at least 0."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise InvalidInput(field, f"must be an int of 0 or more, not {number!r:.40}")
