"""Removing rows of any tenant table, by statements generated from the catalog's description of it and of the references to it."""

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

# Rows with many contents are taken a few at a time, because they are locked while a batch of their contents is removed.
_WITH_CONTENTS_AT_ONCE: Final = 20


class Statement(msgspec.Struct, frozen=True):
    """A statement for one table, or for all of them, and its purpose."""

    purpose: str
    table_name: str | None
    text: str


class Content(msgspec.Struct, frozen=True):
    """A statement that selects the contents of a table's rows, or what keeps these rows."""

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
    """Part of all removals: which rows may be removed, and which are under a hold."""
    ...


@query
async def contents(on: AdminExecutor) -> list[Content]:
    """Part of all removals: the contents of rows."""
    ...


@query
async def removing(on: AdminExecutor) -> list[Statement]:
    """Part of all removals."""
    ...


@query
async def give_back(on: AdminExecutor, *, kind: str, count: int) -> bool:
    """Part of all removals: rows that were not deleted counted toward a quota."""
    ...


class Removals:
    """How the rows of each table are selected, locked and removed. `tables` are all tables, each before those that it refers to.

    A row is given by its key: a JSON array of the key's columns, without the tenant's.
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
        """How many rows of a table to take at a time, as long as they may have contents."""
        return min(batch, _WITH_CONTENTS_AT_ONCE) if any(not each.is_keeper for each in self._contents[table]) else batch

    async def choose(self, tx: AdminExecutor, purpose: str, table: str, *arguments: Any) -> list[str]:
        """The keys of the next rows."""
        return [record["key"] for record in await tx._fetch(self.texts[purpose, table], [tx.org_id, *arguments])]

    async def lock(self, tx: AdminExecutor, table: str, keys: Sequence[str], before: Any = None) -> list[str]:
        """Lock some rows against references and changes until the end of the transaction.

        Returns those that exist and, if a time is given, ended before it.
        """
        return await self.choose(tx, "lock", table, keys, before)

    async def check_holds(self, tx: AdminExecutor, table: str, keys: Sequence[str]) -> None:
        """Raises UnderLegalHold if a hold forbids removing any of these rows."""
        ((name,),) = await tx._fetch(self.texts["held", table], [tx.org_id, keys])
        refuse(name)

    async def inside(self, tx: AdminExecutor, table: str, keys: Sequence[str], *, keepers: bool) -> tuple[str, list[str]] | None:
        """A table with rows contained in these, and the keys of some; with `keepers`, also rows that would keep these."""
        for each in self._contents[table]:
            if keepers or not each.is_keeper:
                found = [record["key"] for record in await tx._fetch(each.text, [tx.org_id, keys, LARGEST_BATCH])]
                if found:
                    return each.child, found
        return None

    async def remove(self, tx: AdminExecutor, table: str, keys: Sequence[str], *, give_quota_back: bool) -> RowCounts:
        """Remove locked rows with their parts; returns the number of rows removed by table, without zeros."""
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
    """This database's removals, with the statements that select what to remove."""
    names = await names_in_order(on)
    return Removals(names[::-1], [*choosing, *await ending(on), *await removing(on)], await contents(on))


async def remove_some(
    tx: AdminTransaction, plan: Removals, table: str, keys: Sequence[str], *, before: Any = None, of_whom: str | None = None
) -> RowCounts:
    """Remove the rows that still exist and, if a time is given, ended before it; or a batch of their contents, as long as there are any.

    If their user or their organization is being erased (`of_whom`), nothing keeps them. Raises UnderLegalHold.
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
    """The first of the tables with rows to select, and their keys. Tables without are taken off the list."""
    while tables:
        if keys := await choose(tx, tables[0]):
            return tables[0], keys
        del tables[0]
    return None
