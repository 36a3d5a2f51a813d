"""Handing over: rows of the source pass through Python to the functions of areas, in batches, as an adapter would call them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from memdb.engine.database import Tenant
from memdb.engine.executor import Transaction
from memdb.operations.adopting.declared import Handed, Owner
from memdb.operations.adopting.landing import RowRefused, put_apart
from memdb.operations.adopting.rows import Counted, Landed, Row, digest_of

READ_ROWS: Final = 1000


class _Handed(NamedTuple):
    number: int
    said: str
    is_new: bool


class Handing:
    """The destination of rows of one kind."""

    def __init__(self, tenant: Tenant, handed: Handed, *, skip_bad: bool, agent_id: UUID | None, user_id: UUID | None) -> None:
        self._tenant = tenant
        self._handed = handed
        self._skip_bad = skip_bad
        self._given = Owner(agent_id, user_id)
        self._owner: Owner | None = None

    async def land(self, stream: str, rows: Sequence[Row]) -> Landed:
        """Put rows. Raises RowRefused for the first row that cannot be put, unless such rows are to be skipped."""
        if self._owner is None:
            self._owner = await self._handed.owner(self._tenant, self._given)
        return await self._tenant.run(partial(self._land, stream, rows, self._owner))

    async def _land(self, stream: str, rows: Sequence[Row], owner: Owner, tx: Transaction) -> Landed:
        refused: dict[int, str] = {}
        put = partial(self._put, rows, owner)
        parts = await put_apart(tx, range(len(rows)), put, refused, skip_bad=self._skip_bad)
        if refused and not self._skip_bad:
            number, reason = next(iter(refused.items()))
            raise RowRefused(stream, self._handed.name(rows[number]), reason)
        handed = [each for part in parts for each in part]
        other = [each.number for each in handed if each.said != self._handed.said(rows[each.number])]
        return Landed(
            rows=len(rows),
            added=sum(each.is_new for each in handed),
            same=len(handed) - len(other),
            digest=sum(digest_of(each.said) for each in handed),
            other=[self._handed.name(rows[number]) for number in other],
            refused=[(self._handed.name(rows[number]), reason) for number, reason in refused.items()],
        )

    async def _put(self, rows: Sequence[Row], owner: Owner, tx: Transaction, numbers: Sequence[int]) -> list[_Handed]:
        found = await self._handed.found(tx, [rows[number] for number in numbers], owner)
        there = [_Handed(number, said, False) for number, said in zip(numbers, found, strict=True) if said is not None]
        new = [number for number, said in zip(numbers, found, strict=True) if said is None]
        put = await self._handed.put(tx, [rows[number] for number in new], owner) if new else []
        return there + [_Handed(number, said, True) for number, said in zip(new, put, strict=True)]


async def counted(batches: AsyncIterator[Sequence[Row]], handed: Handed) -> Counted:
    """The number of rows to come, and their digest."""
    rows = digest = 0
    async for some in batches:
        rows += len(some)
        digest += sum(digest_of(handed.said(row)) for row in some)
    return Counted(rows, str(digest))
