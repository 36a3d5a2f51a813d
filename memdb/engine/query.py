"""Query functions: a SQL file's statement, called with an executor and its parameters by keyword.

    @query
    async def get(on: Executor, *, id: UUID) -> Memory | None: ...

in the module or package memdb.memories is sql/memories/get.sql. The file's `:names` are the function's keyword-only parameters, including
the keys of a TypedDict that it unpacks (`memdb.engine.arguments`). Excepted are `:org_id`, `:actor` and `:space`, the executor's tenant,
actor and embedding space, and `:cleared` (`memdb.engine.clearing`). The file may take several parts of a cursor (`memdb.engine.cursors`).
It is read, and its names compared with the function's, at the first call or by `Package.load_all`; `memdb check` compares columns and
types.

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
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec, Protocol, TypeVar

from memdb.engine import hints
from memdb.engine.arguments import check_of, executor_of, keywords_of, misnamed, shared_by
from memdb.engine.cardinality import Cardinality, returned
from memdb.engine.clearing import clearable_of, cleared
from memdb.engine.cursors import walks
from memdb.engine.executor import AdminExecutor, Executor, Transaction
from memdb.engine.inputs import Check, each_checked, of_parameter
from memdb.engine.lexer import CLEARED_PARAMETER, OF_EXECUTOR, TENANT_PARAMETER, compile_parameters
from memdb.engine.rows import Shape, kind_of
from memdb.errors import AlreadyExists, InvalidInput, NotFound, PermissionDenied, QueryDefinitionError, SchemaMismatch, TenantRequired

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

_CURSOR_PREFETCH: Final = 500


class QueryFunction(Protocol[P, R_co]):
    """A decorated function: it has the function's signature and docstring, and these members."""

    query: Query[..., Any]

    def __call__(self, *args: P.args, **arguments: P.kwargs) -> R_co: ...

    async def many(self, on: Executor, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
        """`Query.many`."""


class Query(Generic[P, R]):
    """A function and its SQL file. The file is read when something of it is first needed."""

    annotations: dict[str, Any]
    types: Mapping[str, Any]
    executor: type[Executor]
    cardinality: Cardinality
    shape: Shape
    source: str
    statement: str
    parameters: tuple[str, ...]
    needs_tenant: bool
    defaults: dict[str, Any]
    clearable: tuple[str, ...]
    _names: frozenset[str]
    _checks: tuple[tuple[str, Check | None], ...]
    _cleared_at: int | None
    _absent: str

    def __init__(
        self,
        function: Callable[P, R],
        *,
        package: str,
        area: str,
        home: Callable[[], Traversable],
        absent: str | None,
        key: str | None,
        again: bool,
    ) -> None:
        self.package: Final = package
        self.area: Final = area
        self.name: Final = f"{area}.{function.__name__}"
        self.function: Final = function
        self._home = home
        self._shared = shared_by(function)
        self._again = again
        self._named_absent = absent
        self._absent_key = key or (f"{absent}_id" if absent else "id")
        self._columns_known = False
        self._admitted: set[type] = set()

    def __getattr__(self, name: str) -> Any:
        if name not in type(self).__annotations__:
            raise AttributeError(name)
        self.load()
        return self.__dict__[name]

    def load(self) -> None:
        """Read the file and compare it with the function, unless that has been done. Raises QueryDefinitionError."""
        if "statement" in self.__dict__:
            return
        annotations = hints.of_function(self.function) | (self._shared.annotations() if self._shared else {})
        annotations[CLEARED_PARAMETER] = list[str]
        executor = executor_of(self.function, annotations)
        path = f"sql/{self.area}/{self.function.__name__}.sql"
        file = self._home() / path
        source = file.read_text(encoding="utf-8") if file.is_file() else ""
        if not source.strip():
            raise QueryDefinitionError(f"{self.name}: {path} of the package {self.package} is missing or empty")
        compiled = compile_parameters(source)
        walked = walks(annotations, compiled.parameters)
        types = annotations | {name: walk.types[name] for name, walk in walked.items()}
        given = [walked[name].field if name in walked else name for name in compiled.parameters]
        defaults, names = keywords_of(self.function, self._shared, self.name, given)
        cardinality, shape = returned(annotations.get("return"))
        if (cardinality is Cardinality.STREAM) == inspect.iscoroutinefunction(self.function):
            raise QueryDefinitionError(f"{self.name}: must be a plain def if it returns an AsyncIterator, and else an async def")
        clearable = clearable_of(self.name, annotations, compiled.parameters, source)
        checks = []
        for argument, name in zip(given, compiled.parameters, strict=True):
            check = None if name in OF_EXECUTOR else check_of(argument, types[name], self._shared)
            checks.append((argument, walked[name].picked(name, check) if check and name in walked else check))
        self.__dict__ |= {
            "annotations": annotations,
            "types": types,
            "executor": executor,
            "cardinality": cardinality,
            "shape": shape,
            "source": source,
            "statement": self._named(compiled.text),
            "parameters": compiled.parameters,
            "needs_tenant": TENANT_PARAMETER in compiled.parameters,
            "defaults": defaults,
            "clearable": clearable,
            "_names": names,
            "_checks": tuple(each for each in checks if each[0] != CLEARED_PARAMETER),
            "_cleared_at": compiled.parameters.index(CLEARED_PARAMETER) if clearable else None,
            "_absent": self._named_absent or kind_of(shape, annotations.get("return"), self.area),
        }

    def _named(self, text: str) -> str:
        # The leading comment shows the statement's file in pg_stat_activity and pg_stat_statements.
        return f"/* {self.package} {self.name} */ {text}"

    def with_source(self, source: str) -> Query[P, R]:
        """A copy with another text of its file, to be examined before it is written."""
        compiled, made = compile_parameters(source), copy(self)
        made.__dict__ |= {"source": source, "statement": self._named(compiled.text), "parameters": compiled.parameters}
        return made

    def as_function(self) -> QueryFunction[P, R]:
        """The function that callers see, with the signature and docstring of the decorated one."""
        made: Any
        if inspect.iscoroutinefunction(self.function):

            @wraps(self.function)
            async def made(on: Executor, /, **arguments: Any) -> Any:
                bound = self.bind(on, arguments)
                fetched = self._twice(on, on._fetch, bound) if self._again else on._fetch(self.statement, bound)
                try:
                    records = await fetched
                except InvalidInput as error:
                    raise of_parameter(error, [argument for argument, _ in self._checks]) from error.__cause__
                return self._answer(records, arguments)

        else:

            @wraps(self.function)
            async def made(on: Executor, /, **arguments: Any) -> Any:
                bound = self.bind(on, arguments)
                async for record in on._stream(self.statement, bound, prefetch=_CURSOR_PREFETCH):
                    yield self._decode_one(record)

        if self._shared is not None:
            self._shared.show(made, self.function)
        made.query = self
        made.many = self.many
        return made  # type: ignore[no-any-return]

    async def many(self, on: Executor, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
        """Run the statement once for each row of arguments: one pipeline, one transaction, results in the order of the rows.

        If the statement promises one row and one does not come, everything is rolled back and NotFound raised. Lists are concatenated.
        """
        if self.cardinality not in (Cardinality.ONE, Cardinality.MANY):
            raise QueryDefinitionError(f"{self.name}: only a statement that returns exactly one row, or a list, can be batched")
        batch = each_checked(list(rows), lambda row: self.bind(on, row), of="rows")
        if not batch:
            return []

        def accept(records: Sequence[Any]) -> None:
            if self.cardinality is Cardinality.ONE and len(records) != len(batch):
                raise NotFound(self._absent)

        fetched = self._twice(on, on._fetch_many, batch, accept) if self._again else on._fetch_many(self.statement, batch, accept)
        return self._decode(await fetched)

    async def _twice(self, on: Executor, fetch: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        try:
            return await fetch(self.statement, *arguments)
        except AlreadyExists:
            # A transaction has ended with the error.
            if isinstance(on, Transaction):
                raise
            return await fetch(self.statement, *arguments)

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
        bound = [check(arguments[name], dimension) if check else getattr(on, name) for name, check in self._checks]
        if self._cleared_at is not None:
            bound.insert(self._cleared_at, cleared(self.clearable, arguments))
        return bound

    def _admit(self, on: object) -> None:
        """Raises unless this statement may run on such executors. Cached by type, because abstract classes are slow to check."""
        if not isinstance(on, Executor):
            raise InvalidInput("on", f"must be db.tenant(org_id), db.admin(...) or a transaction on one of them, not {type(on).__name__}")
        if not isinstance(on, self.executor):
            raise PermissionDenied(f"{self.name} is administration: call it on db.admin(...), or a transaction of it")
        self._admitted.add(type(on))

    def _complete(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        complete = {**self.defaults, **arguments}
        if complete.keys() != self._names:
            raise misnamed(self.name, arguments, self._names, self._names - self.defaults.keys())
        return complete

    def _answer(self, records: Sequence[Any], arguments: Mapping[str, Any]) -> Any:
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
        self.shape.compare(record, returned_by=f"{self.name}: the statement", wanted_by="its annotation")
        self._columns_known = True

    def __repr__(self) -> str:
        return f"<query {self.name}>"
