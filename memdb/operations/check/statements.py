"""Comparing a statement with its function, by PostgreSQL's own description of the prepared statement.

Compared are the parameters' types; the result's columns, their order, names and types; and whether a column that may be NULL has an
annotation that allows None. A column counts as never NULL if it comes straight from a NOT NULL column of a relation that no outer join can
null-extend. PostgreSQL does not say whether an expression may be NULL: its annotation must allow None, unless the file asserts otherwise in
a line such as `-- not null: tags, embedded`. Finally, a supposed read must be one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, NamedTuple, get_args, get_origin
from uuid import UUID

import msgspec

from memdb.engine.cardinality import Cardinality
from memdb.engine.clearing import without_clear
from memdb.engine.effects import writes
from memdb.engine.executor import AdminExecutor, Executor
from memdb.engine.inputs import Embedding
from memdb.engine.lexer import ACTOR_PARAMETER, SPACE_PARAMETER, TENANT_PARAMETER
from memdb.engine.own import query
from memdb.engine.preflight import inspect
from memdb.engine.query import Query
from memdb.engine.rows import is_json_choice, is_json_list, is_text_choice, without_none
from memdb.errors import ExtraMissing
from memdb.operations.check.nullability import Nullability
from memdb.operations.check.reading import changes

try:
    import psycopg
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
    Decimal: frozenset({"numeric"}),
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
    """A column that can never be NULL, by its relation's OID and its number; `is_owner` if it says which tenant a row belongs to."""

    relation_id: int
    number: int
    schema: str
    relation: str
    is_owner: bool


class NamedType(msgspec.Struct, frozen=True):
    """A type that is not PostgreSQL's own, by its OID, and the type that a caller sees."""

    id: int
    name: str


class Difference(NamedTuple):
    """A difference of a statement or a table (`query`): `declared` is what Python or the rules say, `found` what the database has."""

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
async def named_types(on: Executor) -> list[NamedType]:
    """The database's types beyond PostgreSQL's own."""
    ...


class Checker:
    """Compares statements with their functions, on one connection."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._types = {info.oid: info.name for info in connection.adapters.types}
        self._types |= {info.array_oid: f"{info.name}[]" for info in connection.adapters.types if info.array_oid}
        self._types |= dict(connection.execute(named_types.query.statement.encode()).fetchall())
        rows = connection.execute(not_null_columns.query.statement.encode()).fetchall()
        self._not_null = {(row[0], row[1]): (row[2], row[3]) for row in rows}
        self._of_tenants = {(row[2], row[3]) for row in rows if row[4]}
        # Each has a NOT NULL column, its key.
        self._tables = {row[0] for row in rows}
        inspected = connection.pgconn.exec_params(inspect.query.statement.encode(), [b"{}", b"{}"])
        self._steady = (inspected.get_value(0, inspected.nfields - 1) or b"").decode()

    def differences(self, query: Query[..., Any]) -> Iterator[Difference]:
        """Prepares and plans the statement, and never runs it."""
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
        returns = query.cardinality is not Cardinality.NOTHING
        if fields and not returns:
            yield Difference(query.name, "result", "nothing", ", ".join(field.name for field in fields))
        try:
            plan = self._plan(query)
        except psycopg.Error as error:
            # EXPLAIN does not accept statements without a plan, such as CALL.
            if returns or not isinstance(error, psycopg.errors.SyntaxError):
                yield Difference(query.name, "plan", "a plan", str(error).strip())
            return
        nullability = Nullability(plan)
        yield from self._compare_tenant(query, nullability.read)
        if returns:
            yield from self._compare_columns(query, fields, nullability)
        if not writes(query.statement, self._steady) and (found := changes(plan, self._steady)):
            yield Difference(query.name, "effect", "only reads", found)

    def _plan(self, query: Query[..., Any]) -> Mapping[str, Any]:
        explained = self._connection.execute((_EXPLAIN + query.statement).encode()).fetchone()
        assert explained is not None
        plan: Mapping[str, Any] = explained[0][0]["Plan"]
        return plan

    def _compare_parameter(self, query: Query[..., Any], name: str, found: str) -> Iterator[Difference]:
        if name in _OF_EXECUTOR:
            allowed = _OF_EXECUTOR[name]
        else:
            annotation, _ = without_none(without_clear(query.types[name]))
            allowed = _types_of(annotation)
            columns = {column.path: column.annotation for column in query.shape.columns}
            if name in query.clearable and name in columns and not without_none(columns[name])[1]:
                yield Difference(query.name, f"parameter :{name}", "never CLEAR, as its field is never None", "may be CLEAR")
        if found not in allowed:
            yield Difference(query.name, f"parameter :{name}", " or ".join(sorted(allowed)), found)

    def _compare_columns(self, query: Query[..., Any], fields: list[_Field], nullability: Nullability) -> Iterator[Difference]:
        columns = query.shape.columns
        declared, found = [column.name for column in columns], [field.name for field in fields]
        if len(declared) != len(found) or (query.shape.is_struct and declared != found):
            yield from _compare_names(query.name, declared, found)
            return
        asserted = _asserted_not_null(query.source)
        # One row or none: for a scalar `| None`, no row and NULL mean the same.
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
            # An assertion covers an expression, a view or a join, but never a table's column that has lost its NOT NULL.
            vouched = field.name in asserted and (field.relation_id not in self._tables or origin is not None)
            if not sure and not vouched:
                yield Difference(query.name, f"column {column.path}", "never NULL", "may be NULL")

    def _compare_tenant(self, query: Query[..., Any], read: Set[tuple[str, str]]) -> Iterator[Difference]:
        if not query.needs_tenant and not issubclass(query.executor, AdminExecutor):
            for schema, relation in sorted(read & self._of_tenants):
                yield Difference(
                    query.name, f"parameter :{TENANT_PARAMETER}", _TENANT_TYPE, f"missing: no row of {schema}.{relation} is seen"
                )

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
        # PostgreSQL says nothing about NULLs within an array.
        item, _ = without_none(without_clear(get_args(annotation)[0]))
        return frozenset(f"{each}[]" for each in _types_of(item))
    return _SCALARS.get(get_origin(annotation) or annotation, frozenset({f"a type for {annotation}"}))


def _compare_names(query: str, declared: list[str], found: list[str]) -> Iterator[Difference]:
    # A nested Struct may have a field of the same name.
    for name in Counter(declared) - Counter(found):
        yield Difference(query, f"column {name}", "present", "missing")
    for name in Counter(found) - Counter(declared):
        yield Difference(query, f"column {name}", "no such field", "present")
    if sorted(declared) == sorted(found):
        yield Difference(query, "column order", ", ".join(declared), ", ".join(found))


def _asserted_not_null(source: str) -> frozenset[str]:
    return frozenset(name.strip() for line in _ASSERTED.findall(source) for name in line.split(","))
