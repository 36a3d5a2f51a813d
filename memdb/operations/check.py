"""memdb check: every SQL file against a live schema, through PostgreSQL's own description of the prepared statement.

Compared are the parameters' types; the result's columns, their order, names and types; and whether a column that may be NULL has an
annotation that allows None. A column counts as never NULL if it comes straight from a NOT NULL column of a relation that no outer join can
null-extend. Of expressions PostgreSQL says nothing: their annotation allows None, or the file asserts otherwise in a line such as
`-- not null: tags, embedded`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, NamedTuple, get_args, get_origin
from uuid import UUID

import msgspec

from memdb.engine import preflight
from memdb.engine.connecting import ADMIN_ROLE
from memdb.engine.dsn import connection_parameters, resolve_dsn
from memdb.engine.executor import AdminExecutor, Executor
from memdb.engine.inputs import Embedding
from memdb.engine.lexer import ACTOR_PARAMETER, SPACE_PARAMETER, TENANT_PARAMETER
from memdb.engine.own import QUERIES, query
from memdb.engine.query import Cardinality, Query
from memdb.engine.rows import is_json_choice, is_json_list, is_text_choice, without_none
from memdb.errors import ExtraMissing
from memdb.operations.libpq import open_connection

try:
    import psycopg
    from psycopg.types import TypeInfo
except ImportError as error:
    raise ExtraMissing("checking statements", "migrate") from error

_ASSERTED: Final = re.compile(r"^-- not null: (.+)$", re.MULTILINE)
_EXPLAIN: Final = "EXPLAIN (VERBOSE, GENERIC_PLAN, FORMAT JSON) "
_TENANT_TYPE: Final = "memdb.tenant"
_SCALARS: Final[Mapping[Any, frozenset[str]]] = {
    UUID: frozenset({"uuid"}),
    str: frozenset({"text", "varchar"}),
    int: frozenset({"int2", "int4", "int8"}),
    float: frozenset({"float4", "float8"}),
    bool: frozenset({"bool"}),
    bytes: frozenset({"bytea"}),
    datetime: frozenset({"timestamptz"}),
    date: frozenset({"date"}),
    timedelta: frozenset({"interval"}),
    dict: frozenset({"jsonb"}),
    # inputs.JsonValue
    Any: frozenset({"jsonb"}),
}
_JSON: Final = frozenset({"json", "jsonb"})
_OF_EXECUTOR: Final[Mapping[str, frozenset[str]]] = {
    TENANT_PARAMETER: frozenset({_TENANT_TYPE}),
    ACTOR_PARAMETER: _SCALARS[str],
    SPACE_PARAMETER: frozenset({"int2"}),
}


class NotNullColumn(msgspec.Struct, frozen=True):
    """A column that can never be NULL, by its relation's OID and its number."""

    relation_id: int
    number: int
    schema: str
    relation: str


class Domain(msgspec.Struct, frozen=True):
    """A domain, by its OID, and the name of the type below."""

    id: int
    base: str


class Difference(NamedTuple):
    """Where a statement and its function differ: `declared` is Python's side, `found` the database's."""

    query: str
    what: str
    declared: str
    found: str


class _Field(NamedTuple):
    name: str
    type: str
    relation_id: int
    number: int


@query
async def not_null_columns(on: Executor) -> list[NotNullColumn]:
    """All NOT NULL columns of the database's tables."""
    ...


@query
async def domains(on: Executor) -> list[Domain]:
    """The domains of memdb's schema: parameters that do something as they arrive."""
    ...


def check(dsn: str | None = None, *, queries: Iterable[Query[..., Any]] | None = None, role: str = "memdb_app") -> list[Difference]:
    """What differs between the query functions (memdb's own, by default) and the schema at `dsn` or $MEMDB_DSN.

    Each statement is prepared and planned, never run, in the role that it is for. Raises SchemaMissing, SchemaOutdated,
    PgvectorMissing, and what `memdb.connect` raises of the server.
    """
    query.load_all()
    chosen = list(QUERIES.values() if queries is None else queries)
    found: list[Difference] = []
    parameters = connection_parameters(resolve_dsn(dsn))
    for acting, is_admin in ((role, False), (ADMIN_ROLE, True)):
        mine = [each for each in chosen if issubclass(each.executor, AdminExecutor) == is_admin]
        if mine:
            with open_connection(parameters, role=acting) as connection:
                (found_there,) = connection.execute(preflight.inspect.query.statement.encode()).fetchall()
                preflight.judge_schema(preflight.Inspection(*found_there), allow_newer_schema=True)
                checker = _Checker(connection)
                for each in mine:
                    found += checker.differences(each)
    return found


class _Checker:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._types = {info.oid: info.name for info in connection.adapters.types}
        self._types |= {info.array_oid: f"{info.name}[]" for info in connection.adapters.types if info.array_oid}
        self._types |= dict(connection.execute(domains.query.statement.encode()).fetchall())
        for name in ("halfvec", _TENANT_TYPE):
            info = TypeInfo.fetch(connection, name)
            if info is not None:
                self._types |= {info.oid: name, info.array_oid: f"{name}[]"}
        rows = connection.execute(not_null_columns.query.statement.encode()).fetchall()
        self._not_null = {(row[0], row[1]): (row[2], row[3]) for row in rows}
        # Each has a NOT NULL column, its key.
        self._tables = {row[0] for row in rows}

    def differences(self, query: Query[..., Any]) -> Iterator[Difference]:
        prepared = self._connection.pgconn.prepare(b"", query.statement.encode())
        if prepared.error_message:
            yield Difference(query.name, "statement", "valid SQL", prepared.get_error_message().strip())
            return
        described = self._connection.pgconn.describe_prepared(b"")
        for number, name in enumerate(query.parameters):
            yield from self._compare_parameter(query, name, self._type(described.param_type(number)))
        fields = [
            _Field(
                (described.fname(at) or b"").decode(),
                self._type(described.ftype(at)),
                described.ftable(at),
                described.ftablecol(at),
            )
            for at in range(described.nfields)
        ]
        yield from self._compare_columns(query, fields)

    def _compare_parameter(self, query: Query[..., Any], name: str, found: str) -> Iterator[Difference]:
        if name in _OF_EXECUTOR:
            allowed = _OF_EXECUTOR[name]
        else:
            annotation, _ = without_none(query.annotations[name])
            allowed = _types_of(annotation)
        if found not in allowed:
            yield Difference(query.name, f"parameter :{name}", " or ".join(sorted(allowed)), found)

    def _compare_columns(self, query: Query[..., Any], fields: list[_Field]) -> Iterator[Difference]:
        if query.cardinality is Cardinality.NOTHING:
            if fields:
                yield Difference(query.name, "result", "nothing", ", ".join(field.name for field in fields))
            return
        columns = query.shape.columns
        declared, found = [column.name for column in columns], [field.name for field in fields]
        if len(declared) != len(found) or (query.shape.is_struct and declared != found):
            yield from _compare_names(query.name, declared, found)
            return
        try:
            explained = self._connection.execute((_EXPLAIN + query.statement).encode()).fetchone()
        except psycopg.Error as error:
            yield Difference(query.name, "plan", "a plan", str(error).strip())
            return
        assert explained is not None
        nullability = _Nullability(explained[0][0]["Plan"])
        asserted = _asserted_not_null(query.source)
        # One row or none: where a scalar is `| None`, no row and NULL are the same answer.
        scalar_may_be_none = query.cardinality is Cardinality.MAYBE and not query.shape.is_struct
        for at, (column, field) in enumerate(zip(columns, fields, strict=True)):
            annotation, may_be_none = without_none(column.annotation)
            allowed = _types_of(annotation)
            if field.type not in allowed:
                yield Difference(query.name, f"column {column.path}", " or ".join(sorted(allowed)), field.type)
            if may_be_none or scalar_may_be_none:
                continue
            origin = self._not_null.get((field.relation_id, field.number))
            sure = origin is not None and nullability.never_fills(at, origin)
            # An assertion vouches for an expression, a view or a join, never for a table's column that has lost its NOT NULL.
            vouched = field.name in asserted and (field.relation_id not in self._tables or origin is not None)
            if not sure and not vouched:
                yield Difference(query.name, f"column {column.path}", "never NULL", "may be NULL")

    def _type(self, oid: int) -> str:
        return self._types.get(oid, f"type {oid}")


def _types_of(annotation: Any) -> frozenset[str]:
    if annotation == Embedding:
        return frozenset({"halfvec"})
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if is_text_choice(annotation):
        return _SCALARS[str]
    if is_json_list(annotation) or is_json_choice(annotation):
        return _JSON
    if get_origin(annotation) is list:
        # PostgreSQL says nothing of what is NULL within an array.
        item, _ = without_none(get_args(annotation)[0])
        return frozenset(f"{each}[]" for each in _types_of(item))
    return _SCALARS.get(get_origin(annotation) or annotation, frozenset({f"a type for {annotation}"}))


def _compare_names(query: str, declared: list[str], found: list[str]) -> Iterator[Difference]:
    for name in declared:
        if name not in found:
            yield Difference(query, f"column {name}", "present", "missing")
    for name in found:
        if name not in declared:
            yield Difference(query, f"column {name}", "no such field", "present")
    if sorted(declared) == sorted(found):
        yield Difference(query, "column order", ", ".join(declared), ", ".join(found))


def _asserted_not_null(source: str) -> frozenset[str]:
    return frozenset(name.strip() for line in _ASSERTED.findall(source) for name in line.split(","))


def _output_of(plan: Mapping[str, Any]) -> list[str]:
    """A plan's columns; what puts partitions together has those of the first."""
    if "Output" in plan or not plan.get("Plans"):
        return list(plan.get("Output", ()))
    return _output_of(plan["Plans"][0])


def _aliases_of(scan: Mapping[str, Any]) -> list[str]:
    """A scan's alias; as a partition's, which has a number, also that of the whole."""
    alias = scan["Alias"]
    return [alias, re.sub(r"_\d+$", "", alias)] if scan.get("Parent Relationship") == "Member" else [alias]


class _Nullability:
    """Which relations of a plan stand on a side of an outer join that may be filled with NULLs, CTEs looked through."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self._output = _output_of(plan)
        self._read: set[tuple[str, str]] = set()
        self._filled: set[tuple[str, str]] = set()
        self._filled_ctes: set[str] = set()
        self._safe_aliases: set[str] = set()
        self._filled_aliases: set[str] = set()
        # A CTE's plan hangs on a node above its scans, so what is learnt of the scans needs another walk, until nothing new is.
        known = -1
        while known != len(self._filled) + len(self._filled_ctes):
            known = len(self._filled) + len(self._filled_ctes)
            self._safe_aliases.clear()
            self._filled_aliases.clear()
            self._walk(plan, nullable=False)

    def never_fills(self, at: int, origin: tuple[str, str]) -> bool:
        """Whether no outer join can make the result's column number `at`, which comes from the relation `origin`, NULL."""
        # The plan's output names the scan ("m.id"), which is exact; a relation may be scanned more than once, or be planned away.
        alias = self._output[at].partition(".")[0] if at < len(self._output) else ""
        return alias in self._safe_aliases - self._filled_aliases or (origin in self._read and origin not in self._filled)

    def _walk(self, node: Mapping[str, Any], *, nullable: bool) -> None:
        if "Relation Name" in node:
            self._read.add((node["Schema"], node["Relation Name"]))
            if nullable:
                self._filled.add((node["Schema"], node["Relation Name"]))
            (self._filled_aliases if nullable else self._safe_aliases).update(_aliases_of(node))
        if nullable and "CTE Name" in node:
            self._filled_ctes.add(node["CTE Name"])
        join = node.get("Join Type")
        for child in node.get("Plans", ()):
            side = child.get("Parent Relationship")
            filled = join == "Full" or (join, side) in (("Left", "Inner"), ("Right", "Outer"))
            if side == "InitPlan":
                self._walk(child, nullable=child.get("Subplan Name", "").removeprefix("CTE ") in self._filled_ctes)
            else:
                self._walk(child, nullable=nullable or filled)
