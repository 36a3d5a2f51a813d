"""Whether a dump fits a database."""

from __future__ import annotations

from memdb.engine.executor import AdminExecutor
from memdb.engine.resources import migration_ids
from memdb.errors import DumpOfOtherSchema, DumpRefused
from memdb.operations.backup.files import Header
from memdb.operations.backup.tables import Numbers, TenantTable, schema_of, tenant_tables
from memdb.spaces import Space


async def tables_of(on: AdminExecutor, header: Header) -> list[TenantTable]:
    """The tables of this database, which must be those of the dump."""
    schema, _ = await schema_of(on)
    if schema != header.schema:
        advice = "this database: `memdb migrate`"
        if header.schema in (known := migration_ids()) and schema in known and known.index(header.schema) < known.index(schema):
            advice = "the database that it is of (`memdb migrate`) and dump it again, or restore it into one at its level and migrate that"
        raise DumpOfOtherSchema(f"the dump is of a schema at {header.schema}, this one is at {schema}: migrate {advice}")
    tables = await tenant_tables(on)
    if [(table.name, table.columns) for table in tables] != [(table.name, table.columns) for table in header.tables]:
        raise DumpOfOtherSchema(
            f"the dump has other tables or columns than this database, though both are at {schema}: one was changed by "
            "hand, or has an application's tables that the other has not"
        )
    return tables


def numbers_of(header: Header, existing: list[Space]) -> Numbers:
    """The numbers of the dump's spaces in this database. A space is identified by its model."""
    here = {space.model: space for space in existing}
    found = Numbers([], [])
    for dumped in header.spaces:
        space = here.get(dumped.model)
        if space is not None and space.dimension == dumped.dimension:
            found.here.append(space.space)
            found.there.append(dumped.space)
        elif dumped.used:
            model = "an unnamed model" if dumped.model is None else f"the model {dumped.model}"
            raise DumpRefused(
                f"the dump has embeddings of {model} with {dumped.dimension} dimensions, for which there is no space here: make it "
                "(`memdb spaces create`), or give the one that is theirs the same name (`memdb spaces name`)"
            )
    return found


def same_numbers(header: Header, existing: list[Space]) -> bool:
    numbers = {(space.model, space.dimension): space.space for space in existing}
    return all(numbers.get((dumped.model, dumped.dimension)) == dumped.space for dumped in header.spaces)
