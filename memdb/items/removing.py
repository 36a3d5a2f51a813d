"""Deleting items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Limit
from memdb.engine.own import query
from memdb.errors import UnderLegalHold
from memdb.items.structs import ItemKey
from memdb.items.values import places


class Removed(msgspec.Struct, frozen=True):
    """The number of deleted items, or the hold that forbids the deletion."""

    hold: str | None
    items: int


@query
async def remove(on: Executor, *, place: list[JsonObject]) -> Removed:
    """Part of `delete` and `delete_many`."""
    ...


async def delete(on: Executor, *, namespace: Sequence[str], key: str) -> bool:
    """Delete an item permanently; returns whether it existed, expired or not. Raises UnderLegalHold, InvalidInput, WritesRefused."""
    return await delete_many(on, keys=[ItemKey(namespace, key)]) > 0


async def delete_many(on: Executor, *, keys: Iterable[ItemKey]) -> int:
    """`delete` for up to 10,000 items, all or none, in one round trip; returns how many existed."""
    removed = await remove(on, place=places(keys))
    if removed.hold is not None:
        raise UnderLegalHold(removed.hold)
    return removed.items


@query
async def sweep_expired(on: Executor, *, limit: Limit = 1000) -> int:
    """Delete up to `limit` expired items, in the order of expiry, and return their number. Call it again while that is `limit`.

    Items under a legal hold, or being written by others, stay. Raises InvalidInput, WritesRefused.
    """
    ...
