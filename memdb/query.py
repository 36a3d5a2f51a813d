"""@query: a SQL file becomes a typed async function.

    @query
    async def get(on: Executor, *, id: UUID) -> Memory | None: ...

in the module or package memdb.memories is sql/memories/get.sql. The file's `:names` are the function's keyword-only parameters, except
`:org_id`, `:actor` and `:space`, the executor's tenant, actor and embedding space. Names are compared at import, columns and types by
`memdb check`.

The return annotation is the cardinality:

- `Memory`: exactly one row, NotFound if there is none
- `Memory | None`: at most one
- `list[Memory]`: any number
- `AsyncIterator[Memory]` (on a plain `def`): any number, through a server-side cursor
- `None`: the statement returns nothing

where `Memory` may be a msgspec Struct or a scalar.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final, Generic, ParamSpec, TypeVar, get_args, get_origin, overload

from memdb import hints
from memdb.errors import InvalidInput, NotFound, PermissionDenied, QueryDefinitionError, SchemaMismatch, TenantRequired
from memdb.executor import AdminExecutor, Executor
from memdb.inputs import Check, check_for
from memdb.lexer import compile_parameters
from memdb.resources import SQL
from memdb.rows import Shape, shape_of, without_none

P = ParamSpec("P")
R = TypeVar("R")

TENANT_PARAMETER: Final = "org_id"
ACTOR_PARAMETER: Final = "actor"
SPACE_PARAMETER: Final = "space"
_OF_EXECUTOR: Final = frozenset({TENANT_PARAMETER, ACTOR_PARAMETER, SPACE_PARAMETER})
_CURSOR_PREFETCH: Final = 500

QUERIES: Final[dict[str, Query[..., Any]]] = {}
"""Every query function, by "area.name"."""


class Cardinality(Enum):
    ONE = "one"
    MAYBE = "maybe"
    MANY = "many"
    STREAM = "stream"
    NOTHING = "nothing"


class Query(Generic[P, R]):
    """A query function: call it with an executor and the file's parameters by keyword."""

    def __init__(self, function: Callable[P, R], *, absent: str | None = None, key: str | None = None) -> None:
        area = function.__module__.split(".")[1]
        self.name: Final = f"{area}.{function.__name__}"
        self.path: Final = SQL / area / f"{function.__name__}.sql"
        self.function: Final = function
        self.annotations: Final = hints.of_function(function)
        self.executor: Final = _first_parameter(function, self.annotations)
        self.cardinality, self.shape = _returned(self.annotations.get("return"))
        self.source: Final = _text(self.path)
        if not self.source.strip():
            raise QueryDefinitionError(f"{self.name}: {self.path} is missing or empty")
        compiled = compile_parameters(self.source)
        # The name in front tells the statement's file in pg_stat_activity and pg_stat_statements.
        self.statement: Final = f"/* memdb {self.name} */ {compiled.text}"
        self.parameters: Final = compiled.parameters
        self.needs_tenant: Final = TENANT_PARAMETER in compiled.parameters
        self._absent = absent or _kind(self.shape, self.annotations.get("return"), area)
        self._absent_key = key or (f"{absent}_id" if absent else "id")
        self.defaults, self._names = _signature(function, self.name, compiled.parameters)
        self._checks: tuple[tuple[str, Check | None], ...] = tuple(
            (name, None if name in _OF_EXECUTOR else check_for(name, self.annotations[name])) for name in compiled.parameters
        )
        self._columns_known = False
        self._admitted: set[type] = set()
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self.__module__ = function.__module__
        QUERIES[self.name] = self

    def __call__(self, *args: P.args, **arguments: P.kwargs) -> R:
        if len(args) != 1:
            raise TypeError(f"{self.name}() takes an executor, and everything else by keyword")
        on: Any = args[0]
        if self.cardinality is Cardinality.STREAM:
            return self._stream(on, arguments)  # type: ignore[return-value]
        return self._run(on, arguments)  # type: ignore[return-value]

    async def many(self, on: Executor, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
        """Run the statement once for each row of arguments: one pipeline, one transaction, results in the order of the rows.

        Where the statement promises one row and one does not come, all of it is rolled back and NotFound raised. Of a list, all results
        together.
        """
        if self.cardinality not in (Cardinality.ONE, Cardinality.MANY):
            raise QueryDefinitionError(f"{self.name}: only a statement that returns exactly one row, or a list, can be batched")
        batch = [self.bind(on, row) for row in rows]
        if not batch:
            return []

        def accept(records: Sequence[Any]) -> None:
            if self.cardinality is Cardinality.ONE and len(records) != len(batch):
                raise NotFound(self._absent)

        records = await on.fetch_many(self.statement, batch, accept)
        return self._decode(records)

    def bind(self, on: Executor, arguments: Mapping[str, Any]) -> list[Any]:
        """The arguments as they would be sent. Raises InvalidInput, which names the field, and TenantRequired."""
        if arguments.keys() != self._names:
            arguments = self._complete(arguments)
        if type(on) not in self._admitted:
            self._admit(on)
        if self.needs_tenant and on.org_id is None:
            wanted = "db.admin(org_id)" if issubclass(self.executor, AdminExecutor) else "db.tenant(org_id)"
            raise TenantRequired(f"{self.name} works on one tenant's rows: call it on {wanted}")
        dimension = on.dimension
        return [check(arguments[name], dimension) if check else getattr(on, name) for name, check in self._checks]

    def _admit(self, on: object) -> None:
        """Raises unless this statement may run on executors of this type. Once each: asking an abstract class takes its time."""
        if not isinstance(on, Executor):
            raise InvalidInput("on", f"must be db.tenant(org_id), db.admin(...) or a transaction on one of them, not {type(on).__name__}")
        if not isinstance(on, self.executor):
            raise PermissionDenied(f"{self.name} is administration: call it on db.admin(...), or a transaction of it")
        self._admitted.add(type(on))

    def _complete(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        complete = {**self.defaults, **arguments}
        if complete.keys() != self._names:
            wrong = sorted(complete.keys() ^ self._names)
            raise TypeError(f"{self.name}(): missing or unexpected keyword arguments: {', '.join(wrong)}")
        return complete

    async def _run(self, on: Executor, arguments: Mapping[str, Any]) -> Any:
        bound = self.bind(on, arguments)
        records = await on.fetch(self.statement, bound)
        if self.cardinality is Cardinality.MANY:
            return self._decode(records)
        if self.cardinality is Cardinality.NOTHING:
            return None
        if not records:
            if self.cardinality is Cardinality.ONE:
                raise NotFound(self._absent, arguments.get(self._absent_key))
            return None
        if len(records) > 1:
            raise SchemaMismatch(f"{self.name} returned {len(records)} rows where its annotation promises one")
        return self._decode_one(records[0])

    async def _stream(self, on: Executor, arguments: Mapping[str, Any]) -> AsyncIterator[Any]:
        bound = self.bind(on, arguments)
        async for record in on.stream(self.statement, bound, prefetch=_CURSOR_PREFETCH):
            yield self._decode_one(record)

    def _decode(self, records: Sequence[Any]) -> list[Any]:
        if not self._columns_known and records:
            self._compare_columns(records[0])
        decode = self.shape.decode
        return [decode(record) for record in records]

    def _decode_one(self, record: Any) -> Any:
        if not self._columns_known:
            self._compare_columns(record)
        return self.shape.decode(record)

    def _compare_columns(self, record: Any) -> None:
        found = list(record.keys())
        expected = [column.name for column in self.shape.columns]
        if len(found) != len(expected) or (self.shape.is_struct and found != expected):
            raise SchemaMismatch(f"{self.name}: the statement returns {found}, its annotation wants {expected}")
        self._columns_known = True

    def __repr__(self) -> str:
        return f"<query {self.name}>"


@overload
def query(function: Callable[P, R], /) -> Query[P, R]: ...
@overload
def query(*, absent: str, key: str | None = None) -> Callable[[Callable[P, R]], Query[P, R]]: ...
def query(function: Callable[P, R] | None = None, /, *, absent: str | None = None, key: str | None = None) -> Any:
    """Make `function`'s SQL file its body.

    `absent` names what is missing when a row is promised and none comes, and `key` the argument that is its key (by default `absent`_id, or
    id): NotFound says both.
    """
    if function is None:
        return lambda decorated: Query(decorated, absent=absent, key=key)
    return Query(function)


def _text(path: Path) -> str:
    try:
        # Half of the time of read_text(), for hundreds of files at import.
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""


def _first_parameter(function: Callable[..., Any], annotations: Mapping[str, Any]) -> Any:
    executor = annotations.get(next(iter(function.__code__.co_varnames), ""))
    if not (isinstance(executor, type) and issubclass(executor, Executor)):
        raise QueryDefinitionError(f"{function.__qualname__}: the first parameter must be annotated with an executor")
    return executor


def _signature(function: Callable[..., Any], name: str, placeholders: Iterable[str]) -> tuple[dict[str, Any], frozenset[str]]:
    """The defaults and the names of the keyword-only parameters, which must be the file's placeholders."""
    code = function.__code__
    if code.co_argcount != 1 or code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        raise QueryDefinitionError(f"{name}: all parameters after the executor must be keyword-only")
    names = frozenset(code.co_varnames[1 : 1 + code.co_kwonlyargcount])
    if reserved := names & _OF_EXECUTOR:
        raise QueryDefinitionError(f"{name}: :{', :'.join(sorted(reserved))} comes from the executor, so it cannot be a parameter")
    if different := names ^ (set(placeholders) - _OF_EXECUTOR):
        listed = ", ".join(sorted(different))
        raise QueryDefinitionError(f"{name}: parameters and placeholders differ in: {listed}")
    return dict(function.__kwdefaults__ or {}), names


def _returned(annotation: Any) -> tuple[Cardinality, Shape]:
    if annotation is type(None):
        return Cardinality.NOTHING, Shape((), lambda record: None, is_struct=False)
    if get_origin(annotation) is list:
        return Cardinality.MANY, shape_of(get_args(annotation)[0])
    if get_origin(annotation) is AsyncIterator:
        return Cardinality.STREAM, shape_of(get_args(annotation)[0])
    row, optional = without_none(annotation)
    return (Cardinality.MAYBE if optional else Cardinality.ONE), shape_of(row)


def _kind(shape: Shape, annotation: Any, area: str) -> str:
    """What NotFound calls a missing row: the Struct's name, or the area's for a scalar."""
    if shape.is_struct and isinstance(annotation, type):
        return re.sub(r"(?<!^)(?=[A-Z])", " ", annotation.__name__).lower()
    return re.sub(r"ies$", "y", area).removesuffix("s")
