"""Whole lists, read a page at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

T = TypeVar("T")

_LARGEST_PAGE: Final = 1000


async def all_of(page: Callable[..., Awaitable[list[T]]], limit: int | None = None) -> list[T]:
    """All rows of a list, or the first `limit`: `page` takes `before` and `limit`, as the areas' own pages do."""
    rows: list[T] = []
    while limit is None or len(rows) < limit:
        size = _LARGEST_PAGE if limit is None else min(limit - len(rows), _LARGEST_PAGE)
        found = await page(before=rows[-1] if rows else None, limit=size)
        rows += found
        if len(found) < size:
            break
    return rows
