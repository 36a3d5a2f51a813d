"""The tables that hold tenants' rows, as the database's catalog has them: whatever is done to all of them is done to a new one, too.

They are the tables, of any schema, that `CALL memdb.isolate(...)` has made a tenant's.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import msgspec

from memdb.engine.executor import AdminExecutor
from memdb.engine.own import query
from memdb.errors import SchemaMismatch


class TenantTable(msgspec.Struct, frozen=True):
    """A table, named with its schema unless that is memdb, and the others that it refers to, less what can wait for a transaction's end."""

    name: str
    refers_to: list[str]


@query
async def tables(on: AdminExecutor) -> list[TenantTable]:
    """All of them, by name."""
    ...


async def names_in_order(on: AdminExecutor) -> list[str]:
    """Their names, each after those that it refers to. Raises SchemaMismatch where they refer to one another in a circle."""
    try:
        return list(TopologicalSorter({table.name: table.refers_to for table in await tables(on)}).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise SchemaMismatch(f"tables refer to one another in a circle, of which one reference must be DEFERRABLE: {circle}") from None
