"""memdb check --fix: rewriting a statement's last SELECT list from the fields of its Struct.

Missing fields are inserted in the Struct's order, as columns of the relation from which their neighbours come. Columns that the Struct no
longer has are removed, and columns in another order are sorted. Everything else is left exactly as it is. The statement is compared with
the schema before it is written. If that finds a fault, or if it is unclear what to write, the file is left as it is.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import unified_diff
from itertools import chain, product
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from memdb.engine.executor import Executor
from memdb.engine.own import query
from memdb.engine.package import PACKAGES
from memdb.engine.query import Query
from memdb.engine.rows import Column, without_none
from memdb.errors import QueryDefinitionError
from memdb.operations.check import Difference, check
from memdb.operations.select_list import Item, SelectList, select_list

_VOUCHING: Final = re.compile(r"^-- not null: .+$", re.MULTILINE)
_LONGEST_LINE: Final = 140


class NamedColumn(msgspec.Struct, frozen=True):
    """A table that has a column of a name, and whether it is never NULL there."""

    schema: str
    relation: str
    is_not_null: bool


class Fix(NamedTuple):
    """A file that was written, or left as it is because of `refusal`."""

    query: str
    path: Path
    before: str
    after: str
    refusal: str | None = None

    def diff(self) -> str:
        """The change, in the format of `diff -u`."""
        name = f"{self.path.parent.name}/{self.path.name}"
        return "\n".join(unified_diff(self.before.splitlines(), self.after.splitlines(), name, name, n=1, lineterm=""))


class Unfixable(Exception):
    """A list cannot be rewritten."""


@query
async def columns_named(on: Executor, *, name: str) -> list[NamedColumn]:
    """The tables that have a column of this name."""
    ...


async def fix(on: Executor, dsn: str, queries: Iterable[Query[..., Any]]) -> list[Fix]:
    """Rewrite the lists of the statements whose columns are not their Struct's. `on` and `dsn` refer to the same database."""
    lists = [each for each in queries if each.shape.is_struct]
    differing = {difference.query for difference in await asyncio.to_thread(check, dsn, queries=lists)}
    fixes = [await _fix(on, dsn, each) for each in lists if differing & {each.name, f"{each.package}.{each.name}"}]
    return [each for each in fixes if each is not None]


async def _fix(on: Executor, dsn: str, wrong: Query[..., Any]) -> Fix | None:
    home = PACKAGES[wrong.package].home
    path = Path(str(home / "sql" / wrong.area / f"{wrong.function.__name__}.sql"))
    made = Fix(wrong.name, path, wrong.source, wrong.source)
    try:
        fixed = await rewritten(on, dsn, wrong)
        if not isinstance(home, Path):
            raise Unfixable("its package is not installed as files")
    except (Unfixable, QueryDefinitionError) as error:
        return made._replace(refusal=str(error))
    if fixed.source == wrong.source:
        return None
    await asyncio.to_thread(path.write_text, fixed.source, encoding="utf-8", newline="")
    wrong.__dict__ |= fixed.__dict__
    return made._replace(after=fixed.source)


async def rewritten(on: Executor, dsn: str, wrong: Query[..., Any]) -> Query[..., Any]:
    """The query function with its Struct's list in its statement. Raises Unfixable, or QueryDefinitionError if it cannot be read."""
    listed = select_list(wrong.source)
    if [item.name for item in listed.items] == [column.name for column in wrong.shape.columns]:
        return wrong
    fixed, new = await asyncio.to_thread(_proven, dsn, wrong, listed)
    return await _vouched(on, dsn, fixed, new)


def _proven(dsn: str, wrong: Query[..., Any], listed: SelectList) -> tuple[Query[..., Any], list[Column]]:
    """The statement with its Struct's list, in the only way that agrees with the schema, and the new columns."""
    columns = wrong.shape.columns
    kept = _arranged(columns, listed.items)
    new = [column for column, item in zip(columns, kept, strict=True) if item is None]
    sources = {part: _relations(part, columns, kept) for part in dict.fromkeys(map(_part, new))}
    agreed: list[Query[..., Any]] = []
    faults: list[Difference] = []
    for relations in product(*sources.values()):
        of_part = dict(zip(sources, relations, strict=True))
        items = [item or _added(listed, of_part[_part(column)], column) for column, item in zip(columns, kept, strict=True)]
        candidate = wrong.with_source(listed._replace(items=tuple(items)).text())
        found = [each for each in check(dsn, queries=[candidate]) if _is_fault(each, new)]
        if not found:
            agreed.append(candidate)
        faults += found
    if len(agreed) > 1:
        raise Unfixable(f"{', '.join(each.name for each in new)} may be of {' or '.join(sorted({*chain(*sources.values())}))}")
    if not agreed:
        raise Unfixable("; ".join(f"{each.what}: wanted {each.declared}, found {each.found}" for each in faults))
    return agreed[0], new


def _arranged(columns: Sequence[Column], items: Sequence[Item]) -> list[Item | None]:
    """The items in the order of the Struct's columns, None for each missing one."""
    of_name: dict[str, list[Item]] = {}
    for number, item in enumerate(items, 1):
        if item.name is None:
            raise Unfixable(f"column {number} of the list has no name that can be read: {' '.join(item.expression.split()):.60}")
        of_name.setdefault(item.name, []).append(item)
    found, wanted = Counter({name: len(each) for name, each in of_name.items()}), Counter(column.name for column in columns)
    for name in found & wanted:
        if found[name] != wanted[name]:
            raise Unfixable(f"{name} stands {found[name]} times in the list, and {wanted[name]} times in the Struct: which is which?")
    for item in items:
        if item.name not in wanted and item.relation is None:
            raise Unfixable(f"{item.name} is no field of the Struct, and more than a column: take it out by hand, or add the field")
    return [of_name[column.name].pop(0) if column.name in of_name else None for column in columns]


def _part(column: Column) -> str:
    """The nested Struct to which a column belongs."""
    return column.path.rpartition(".")[0]


def _relations(part: str, columns: Sequence[Column], kept: Sequence[Item | None]) -> list[str]:
    """The relations from which the other columns of the Struct come, as written."""
    mine = [item for column, item in zip(columns, kept, strict=True) if item is not None and _part(column) == part]
    found = list(dict.fromkeys(item.relation for item in mine if item.relation is not None))
    if not found:
        raise Unfixable(f"no column beside the new ones tells what {part or 'they'} come from")
    return found


def _added(listed: SelectList, relation: str, column: Column) -> Item:
    return Item(listed.lead, f"{relation}.{column.name}" if relation else column.name)


def _is_nullable(difference: Difference) -> bool:
    return (difference.declared, difference.found) == ("never NULL", "may be NULL")


def _is_fault(difference: Difference, new: Iterable[Column]) -> bool:
    """Whether a difference counts against the list. Existing faults of other columns do not, nor that a new column may be NULL."""
    if difference.what in ("statement", "plan", "column order") or difference.found in ("missing", "present"):
        return True
    return difference.what in {f"column {column.path}" for column in new} and not _is_nullable(difference)


async def _vouched(on: Executor, dsn: str, fixed: Query[..., Any], new: Sequence[Column]) -> Query[..., Any]:
    """The statement with the new columns added to `-- not null:`, if that lists all others of their relation.

    That is the case if it lists all columns that are never None, and the new one is NOT NULL in every table of the statement that has it.
    """
    unsure = {each.what for each in await asyncio.to_thread(check, dsn, queries=[fixed]) if _is_nullable(each)}
    items = dict(zip(fixed.shape.columns, select_list(fixed.source).items, strict=True))
    source = fixed.source
    for column in new:
        if f"column {column.path}" not in unsure:
            continue
        beside = [
            other.name
            for other, item in items.items()
            if other not in new and item.relation == items[column].relation and not without_none(other.annotation)[1]
        ]
        vouched = {name.strip() for line in _VOUCHING.findall(source) for name in line.partition(":")[2].split(",")}
        tables = [
            each
            for each in await columns_named(on, name=column.name)
            if re.search(rf"\b{re.escape(each.schema)}\.{re.escape(each.relation)}\b", source)
        ]
        if beside and vouched.issuperset(beside) and tables and all(each.is_not_null for each in tables):
            declared = [other.name for other in items]
            earlier = [name for name in beside if declared.index(name) < declared.index(column.name)]
            source = _with_vouching(source, column.name, (earlier or beside[:1])[-1])
    return fixed.with_source(source)


def _with_vouching(source: str, name: str, beside: str) -> str:
    """The source with the name after another one in the list, or in a line of its own if that line would be too long."""
    lines = list(_VOUCHING.finditer(source))
    named = re.compile(rf"\b{beside}\b")
    line, after = next((line, found) for line in lines if (found := named.search(source, *line.span())))
    if len(line.group()) + len(name) + 2 <= _LONGEST_LINE:
        return f"{source[: after.end()]}, {name}{source[after.end() :]}"
    return f"{source[: lines[-1].end()]}\n-- not null: {name}{source[lines[-1].end() :]}"
