"""The counts of removals, and the size of their batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta

Batch: TypeAlias = Annotated[int, Meta(ge=1, le=1000)]
Progress: TypeAlias = Callable[[int], None]
RowCounts: TypeAlias = dict[str, int]

LARGEST_BATCH: Final = 1000


class Purge(msgspec.Struct, frozen=True):
    """The number of rows that a purge removed, by table, without zeros; and the holds that kept rows of some users or agents."""

    rows: RowCounts
    holds: list[str]


def add_counts(total: RowCounts, rows: RowCounts) -> None:
    for table, count in rows.items():
        total[table] = total.get(table, 0) + count
