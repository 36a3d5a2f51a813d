"""Removing rows of any table that is a tenant's, by statements made of what the catalog says of it and of what refers to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from memdb.catalog import names_in_order
from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.own import query
from memdb.retention.counting import LARGEST_BATCH, RowCounts
from memdb.retention.holding import refuse

# Of rows that have much in them, few at a time: they are locked for as long as a batch of it takes.
_WITH_CONTENTS_AT_ONCE: Final = 20


class Statement(msgspec.Struct, frozen=True):
    """A statement for a table, or for all of them, and what it is for."""

    purpose: str
    table_name: str | None
    text: str


class Content(msgspec.Struct, frozen=True):
    """A statement that chooses what is in some rows of a table, or keeps them."""

    table_name: str
    child: str
    is_keeper: bool
    text: str


@query
async def of_tenant(on: AdminExecutor) -> list[Statement]:
    """Part of `erase_organization`."""
    ...


@query
async def of_user(on: AdminExecutor) -> list[Statement]:
    """Part of `erase_user`."""
    ...


@query
async def ending(on: AdminExecutor) -> list[Statement]:
    """Part of whatever removes rows: what may go, and what is under a hold."""
    ...


@query
async def contents(on: AdminExecutor) -> list[Content]:
    """Part of whatever removes rows: what is in them."""
    ...


@query
async def removing(on: AdminExecutor) -> list[Statement]:
    """Part of whatever removes rows."""
    ...


@query
async def give_back(on: AdminExecutor, *, kind: str, count: int) -> bool:
    """Part of whatever removes rows: what was not deleted counted towards a quota."""
    ...


class Removals:
    """How the rows of each table are chosen, locked and removed. `tables` are all, each before those that it refers to.

    A row is given by its key: a JSON array of the key's columns, less the tenant's.
    """

    def __init__(self, tables: Sequence[str], statements: Sequence[Statement], contents: Sequence[Content]) -> None:
        self.tables: Final = tables
        self.texts: Final = {(each.purpose, each.table_name): each.text for each in statements}
        self._contents: Final[defaultdict[str, list[Content]]] = defaultdict(list)
        for each in contents:
            self._contents[each.table_name].append(each)

    def tables_for(self, purpose: str) -> list[str]:
        return [table for table in self.tables if (purpose, table) in self.texts]

    def at_once(self, table: str, batch: int = LARGEST_BATCH) -> int:
        """How many rows of a table to take at a time, while there may be something in them."""
        return min(batch, _WITH_CONTENTS_AT_ONCE) if any(not each.is_keeper for each in self._contents[table]) else batch

    async def choose(self, tx: AdminExecutor, purpose: str, table: str, *arguments: Any) -> list[str]:
        """The keys of the next rows."""
        return [record["key"] for record in await tx._fetch(self.texts[purpose, table], [tx.org_id, *arguments])]

    async def lock(self, tx: AdminExecutor, table: str, keys: Sequence[str], before: Any = None) -> list[str]:
        """Lets nobody refer to some rows or change them until the end of the transaction.

        Returns those that there are, and that ended before a time if one is given.
        """
        return await self.choose(tx, "lock", table, keys, before)

    async def check_holds(self, tx: AdminExecutor, table: str, keys: Sequence[str]) -> None:
        """Raises UnderLegalHold if one forbids to remove any of these rows."""
        ((name,),) = await tx._fetch(self.texts["held", table], [tx.org_id, keys])
        refuse(name)

    async def inside(self, tx: AdminExecutor, table: str, keys: Sequence[str], *, keepers: bool) -> tuple[str, list[str]] | None:
        """A table with rows that are in these, and the keys of some; what keeps these as well, if it is not to."""
        for each in self._contents[table]:
            if keepers or not each.is_keeper:
                found = [record["key"] for record in await tx._fetch(each.text, [tx.org_id, keys, LARGEST_BATCH])]
                if found:
                    return each.child, found
        return None

    async def remove(self, tx: AdminExecutor, table: str, keys: Sequence[str], *, give_quota_back: bool) -> RowCounts:
        """Remove locked rows and what hangs on them. Rows removed, by table, those without any left out."""
        removed: RowCounts = {}
        live = 0
        for record in await tx._fetch(self.texts["remove", table], [tx.org_id, keys]):
            live += record["live"]
            if record["rows"]:
                removed[record["table_name"]] = record["rows"]
        if live and give_quota_back:
            await give_back(tx, kind=table, count=live)
        return removed


async def removals(on: AdminExecutor, choosing: Sequence[Statement] = ()) -> Removals:
    """Those of this database, with statements that choose what is to go."""
    names = await names_in_order(on)
    return Removals(names[::-1], [*choosing, *await ending(on), *await removing(on)], await contents(on))


async def remove_some(
    tx: AdminTransaction, plan: Removals, table: str, keys: Sequence[str], *, before: Any = None, of_whom: str | None = None
) -> RowCounts:
    """Remove rows, less what is gone or did not end before a time, if one is given; or a batch of what is in them, as long as there is any.

    When their user or their organization is erased (`of_whom`), nothing keeps them. Raises UnderLegalHold.
    """
    if not (locked := await plan.lock(tx, table, keys, before)):
        return {}
    await plan.check_holds(tx, table, locked)
    if (found := await plan.inside(tx, table, locked, keepers=of_whom is not None)) is not None:
        return await remove_some(tx, plan, *found, of_whom=of_whom)
    return await plan.remove(tx, table, locked, give_quota_back=of_whom != "organization")


def key_of(id: UUID) -> str:
    """The key of a row whose key is an id."""
    return msgspec.json.encode([id]).decode()


Choose = Callable[[AdminTransaction, str], Awaitable[list[str]]]


async def next_rows(tx: AdminTransaction, tables: list[str], choose: Choose) -> tuple[str, list[str]] | None:
    """The first of the tables that has something to be chosen, and the keys of it. Those without are taken off the list."""
    while tables:
        if keys := await choose(tx, tables[0]):
            return tables[0], keys
        del tables[0]
    return None
