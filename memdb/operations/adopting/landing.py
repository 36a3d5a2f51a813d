"""Loading: a batch of rows is copied into a temporary table, and from there put into an area's tables as the tenant.

COPY cannot write to a table with row-level security. So memdb's policies, checks and references apply to adopted rows, too.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from memdb.engine.database import Tenant
from memdb.engine.executor import Transaction
from memdb.errors import AlreadyExists, InvalidInput, MemdbError, NotFound
from memdb.operations.adopting.declared import Shape, text
from memdb.operations.adopting.rows import Batch, Compared, Landed, Put

P = TypeVar("P")

_TABLE: Final = "adopted"
_LINE: Final = re.compile(r"\bline ([0-9]+)\b")
_OF_ROWS: Final = (InvalidInput, AlreadyExists)


class RowRefused(MemdbError):
    """A row cannot be adopted as it is: `row` is its name. Nothing of its batch was written; the batches before it were."""

    def __init__(self, stream: str, row: str, reason: str) -> None:
        super().__init__(f"{stream}: {row}: {reason}; mend it there, or go on without such rows by --skip-bad")
        self.row: Final = row
        self.reason: Final = reason


class UnreadableRow(Exception):
    """A row of a batch that the database cannot read, by its number."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number: Final = number


class Landing:
    """The destination of rows of one shape."""

    def __init__(self, tenant: Tenant, shape: Shape, *, skip_bad: bool, agent_id: UUID | None, user_id: UUID | None) -> None:
        self._tenant = tenant
        self._shape = shape
        self._skip_bad = skip_bad
        self._columns: list[str] = []
        owner: dict[str, Any] = {"agent_id": agent_id, "user_id": user_id}
        self._prepare, self._stage = text("into/transaction.sql"), shape.statement("stage")
        self._puts = [(each, owner if ":agent_id" in each else {}) for each in map(text, shape.puts)]
        self._compare, self._name = shape.statement("compare"), shape.statement("name")

    async def land(self, stream: str, batch: Batch) -> Landed:
        """Put rows. Raises RowRefused for the first row that cannot be put, unless such rows are to be skipped."""
        unreadable: list[tuple[str, str]] = []
        while True:
            try:
                return await self._land(stream, batch, unreadable)
            except UnreadableRow as error:
                fields, batch = batch.without(error.number)
                name = " / ".join(field[:80].decode(errors="backslashreplace") for field in fields[:3] if field is not None)
                if not self._skip_bad:
                    raise RowRefused(stream, name, str(error)) from error
                unreadable.append((name, str(error)))

    async def _land(self, stream: str, batch: Batch, unreadable: list[tuple[str, str]]) -> Landed:
        async with self._tenant.transaction() as tx:
            await tx._fetch(self._prepare, ())
            await tx._fetch(self._stage, ())
            self._columns = self._columns or await tx.fetch(str, text("into/columns.sql"))
            try:
                rows = await tx._copy(_TABLE, self._columns, batch.chunks)
            except InvalidInput as error:
                # The server's error about a COPY names the line.
                line = _LINE.search(getattr(error.__cause__, "context", None) or "")
                if line is None:
                    raise
                raise UnreadableRow(int(line[1]), str(error)) from error
            refused: dict[int, str] = {}
            put = _sum(await put_apart(tx, range(1, rows + 1), self._put, refused, skip_bad=self._skip_bad))
            if refused and not self._skip_bad:
                number, reason = next(iter(refused.items()))
                raise RowRefused(stream, (await self._names(tx, [number]))[0], reason)
            there = Compared(rows, put.digest, [])
            if put.told < rows:
                (there,) = await tx.fetch(Compared, self._compare, refused=list(refused))
            return Landed(
                rows=rows + len(unreadable),
                added=put.added,
                same=there.same,
                digest=int(there.digest),
                other=await self._names(tx, there.other),
                refused=unreadable + list(zip(await self._names(tx, list(refused)), refused.values(), strict=True)),
            )

    async def _put(self, tx: Transaction, numbers: Sequence[int]) -> Put:
        first, last = numbers[0], numbers[-1]
        return _sum([(await tx.fetch(Put, each, first=first, last=last, **owner))[0] for each, owner in self._puts])

    async def _names(self, tx: Transaction, numbers: list[int]) -> list[str]:
        """The names of rows, in the order of their numbers, which ascend."""
        return await tx.fetch(str, self._name, numbers=numbers) if numbers else []


async def put_apart(
    tx: Transaction,
    numbers: Sequence[int],
    put: Callable[[Transaction, Sequence[int]], Awaitable[P]],
    refused: dict[int, str],
    *,
    skip_bad: bool,
) -> list[P]:
    """Put rows, by their numbers; if that is refused, bisect, to find the refused rows in order. Returns the results of `put`."""
    if not numbers or (refused and not skip_bad):
        return []
    try:
        async with tx.transaction() as savepoint:
            return [await put(savepoint, numbers)]
    except _OF_ROWS as error:
        if len(numbers) == 1:
            refused[numbers[0]] = _told(error, tx.dimension)
            return []
        middle = len(numbers) // 2
        halves = [await put_apart(tx, some, put, refused, skip_bad=skip_bad) for some in (numbers[:middle], numbers[middle:])]
        return halves[0] + halves[1]


def _told(error: MemdbError, dimension: int) -> str:
    if getattr(error, "field", None) != "embedding":
        return str(error)
    return f"{error}, {dimension} dimensions here: --embedding-model chooses another, `memdb spaces create` makes one"


def _sum(puts: list[Put]) -> Put:
    return Put(sum(put.added for put in puts), sum(put.told for put in puts), str(sum(int(put.digest) for put in puts)))


async def check_writer(tenant: Tenant, agent_id: UUID | None) -> None:
    """Raises NotFound, WritesRefused."""
    if not await tenant.fetch(bool, text("into/writer.sql"), agent_id=agent_id):
        raise NotFound("organization or agent", agent_id or tenant.org_id)
