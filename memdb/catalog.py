"""The tables of tenants' rows, from the database's catalog. Whatever is done to all of them is also done to a new one.

They are the tables, of any schema, for which `CALL memdb.isolate(...)` was run.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import msgspec

from memdb.engine.executor import AdminExecutor
from memdb.engine.own import query
from memdb.errors import SchemaMismatch


class TenantTable(msgspec.Struct, frozen=True):
    """A table, with its schema unless that is memdb, and the tables that it refers to, except by deferrable references."""

    name: str
    refers_to: list[str]


@query
async def tables(on: AdminExecutor) -> list[TenantTable]:
    """All of these tables, by name."""
    ...


async def names_in_order(on: AdminExecutor) -> list[str]:
    """Their names, each after those that it refers to. Raises SchemaMismatch if there is a cycle of references."""
    try:
        return list(TopologicalSorter({table.name: table.refers_to for table in await tables(on)}).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise SchemaMismatch(f"tables refer to one another in a circle, of which one reference must be DEFERRABLE: {circle}") from None
