"""Keyword arguments shared by several functions, defined once.

The arguments of one row are the keys of a TypedDict, which each function unpacks. Type checkers know them, and `help` and
`inspect.signature` show them one by one. Omitted ones are None:

    class Filters(TypedDict, total=False):
        agent_id: UUID | None
        since: datetime | None

    @query
    async def count(on: Executor, *, status: Status | None = "active", **filters: Unpack[Filters]) -> int: ...

    @unpacking
    async def page(on: Executor, *, limit: int = 50, **filters: Unpack[Filters]) -> list[Memory]: ...

The arguments of many rows are the fields of a Struct, each a list with one element per row. The statement reads all of them with one
`unnest`. A list of only None is sent as NULL:

    @query
    async def insert(on: Executor, *, agent_id: UUID, **columns: Annotated[list[Any], Columns(NewEvent)]) -> list[Event]: ...
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import partial, wraps
from itertools import islice
from types import GenericAlias
from typing import Annotated, Any, NamedTuple, ParamSpec, TypeVar, Unpack, get_args, get_origin, overload

import msgspec

from memdb.engine import hints
from memdb.engine.executor import Executor
from memdb.engine.inputs import Check, check_for
from memdb.engine.lexer import NEVER_GIVEN
from memdb.errors import InvalidInput, QueryDefinitionError

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=msgspec.Struct)


class Columns:
    """The fields of a Struct as lists, except those that the statement takes in another form."""

    def __init__(self, struct: type[msgspec.Struct], *, but: Sequence[str] = ()) -> None:
        self.struct = struct
        self.fields = tuple(name for name in struct.__struct_fields__ if name not in but)

    def of(self, rows: Sequence[msgspec.Struct]) -> dict[str, list[Any]]:
        return {name: [getattr(row, name) for row in rows] for name in self.fields}


class Shared(NamedTuple):
    """A function's shared arguments, by name: their annotations as written, and the defaults of those that have one."""

    written: Mapping[str, Any]
    defaults: Mapping[str, Any]
    source: Any

    def annotations(self) -> dict[str, Any]:
        if not isinstance(self.source, Columns):
            return hints.of_typed_dict(self.source)
        of_fields = hints.of_class(self.source.struct)
        return {name: GenericAlias(list, (of_fields[name],)) for name in self.source.fields}

    def show(self, made: Callable[..., Any], function: Callable[..., Any]) -> None:
        """Give `made` the signature of `function`, with the shared arguments one by one."""
        signature = inspect.signature(function)
        own = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        shared = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=self.defaults.get(name, inspect.Parameter.empty), annotation=annotation
            )
            for name, annotation in self.written.items()
        ]
        made.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]


def shared_by(function: Callable[..., Any], defaults: type[msgspec.Struct] | None = None) -> Shared | None:
    """The function's shared arguments, or None if it has no `**` parameter. Raises QueryDefinitionError if that does not specify them."""
    code = function.__code__
    if not code.co_flags & inspect.CO_VARKEYWORDS:
        return None
    name = code.co_varnames[code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & inspect.CO_VARARGS)]
    annotation = hints.of_parameter(function, name)
    if get_origin(annotation) is Unpack:
        (keys,) = get_args(annotation)
        # Like other annotations: the text as written.
        written = {key: getattr(each, "__forward_arg__", each) for key, each in keys.__annotations__.items()}
        of_struct = {} if defaults is None else _defaults(defaults)
        return Shared(written, {key: of_struct.get(key) for key in written if key in keys.__optional_keys__}, keys)
    columns = get_args(annotation)[1] if get_origin(annotation) is Annotated else None
    if not isinstance(columns, Columns):
        wanted = "Unpack[a TypedDict], or Annotated[list[Any], Columns(a Struct)]"
        raise QueryDefinitionError(f"{function.__qualname__}: **{name} must be annotated with {wanted}")
    of_fields = inspect.get_annotations(columns.struct)
    return Shared({field: f"list[{of_fields[field]}]" for field in columns.fields}, {}, columns)


def check_of(name: str, annotation: Any, shared: Shared | None) -> Check:
    """The check of a parameter. A column of many rows is sent as None if all its values are None; `unnest` makes NULLs of it."""
    if shared is None or name not in shared.written or not isinstance(shared.source, Columns):
        return check_for(name, annotation)
    check = check_for(name, annotation, elements_of="items")

    def sparse(value: Any, dimension: int) -> Any:
        sent = check(value, dimension)
        return None if sent and all(each is None for each in sent) else sent

    return sparse


def executor_of(function: Callable[..., Any], annotations: Mapping[str, Any]) -> Any:
    executor = annotations.get(next(iter(function.__code__.co_varnames), ""))
    if not (isinstance(executor, type) and issubclass(executor, Executor)):
        raise QueryDefinitionError(f"{function.__qualname__}: the first parameter must be annotated with an executor")
    return executor


def keywords_of(
    function: Callable[..., Any], shared: Shared | None, name: str, placeholders: Iterable[str]
) -> tuple[dict[str, Any], frozenset[str]]:
    """The defaults and the names of a query function's keyword-only parameters, which must be the file's placeholders."""
    code = function.__code__
    if code.co_argcount != 1 or code.co_flags & inspect.CO_VARARGS:
        raise QueryDefinitionError(f"{name}: all parameters after the executor must be keyword-only")
    names = frozenset(code.co_varnames[1 : 1 + code.co_kwonlyargcount]) | (shared.written.keys() if shared else frozenset())
    if reserved := names & NEVER_GIVEN:
        raise QueryDefinitionError(f"{name}: :{', :'.join(sorted(reserved))} is never given by a caller, so it cannot be a parameter")
    if different := names ^ (set(placeholders) - NEVER_GIVEN):
        raise QueryDefinitionError(f"{name}: parameters and placeholders differ in: {', '.join(sorted(different))}")
    return {**(function.__kwdefaults__ or {}), **(shared.defaults if shared else {})}, names


def _defaults(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        field.name: field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
        for field in msgspec.structs.fields(struct)
        if not field.required
    }


@overload
def unpacking(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def unpacking(*, defaults: type[msgspec.Struct]) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def unpacking(function: Callable[..., Any] | None = None, /, *, defaults: type[msgspec.Struct] | None = None) -> Any:
    """Make an async function accept every key of the TypedDict that it unpacks, and no other.

    An omitted key has the default of the Struct's field of this name, or None without a Struct.
    """
    if function is None:
        return partial(_unpacking, defaults=defaults)
    return _unpacking(function, defaults)


def _unpacking(function: Callable[..., Any], defaults: type[msgspec.Struct] | None) -> Callable[..., Any]:
    shared = shared_by(function, defaults)
    if shared is None:
        raise QueryDefinitionError(f"{function.__qualname__}: there is no ** parameter to unpack")
    filled, required = dict(shared.defaults), frozenset(shared.written) - shared.defaults.keys()
    own = [each.name for each in inspect.signature(function).parameters.values() if each.kind is each.KEYWORD_ONLY]
    known = frozenset(own) | shared.written.keys()

    @wraps(function)
    async def made(*args: Any, **arguments: Any) -> Any:
        if not (known.issuperset(arguments) and required.issubset(arguments)):
            raise misnamed(function.__name__, arguments, known, required)
        return await function(*args, **{**filled, **arguments})

    shared.show(made, function)
    return made


def misnamed(name: str, given: Iterable[str], known: Set[str], required: Set[str]) -> TypeError:
    """What is wrong with the names of the arguments that are given."""
    unexpected, missing = sorted(set(given) - known), sorted(required - set(given))
    told = [f"missing keyword arguments: {', '.join(missing)}"] if missing else []
    if unexpected:
        told.append(f"unexpected keyword arguments: {', '.join(unexpected)} (it has {', '.join(sorted(known))})")
    return TypeError(f"{name}(): {'; '.join(told)}")


def listed(field: str, given: Iterable[R]) -> list[R]:
    """The elements of an iterable. Raises InvalidInput for a text, which would be taken for its letters, and for what is no iterable."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise InvalidInput(field, f"must be a list, not {type(given).__name__}")
    return list(given)


def items_of(items: Iterable[S], struct: type[S], *, at_least: int = 0, at_most: int) -> list[S]:
    """The items of a batch. Consumes no more of the iterable than the batch may have. Raises InvalidInput."""
    listed = list(islice(items, at_most + 1)) if isinstance(items, Iterable) else [items]
    for index, item in enumerate(listed):
        if not isinstance(item, struct):
            rule = f"must be {struct.__name__} objects, not {type(item).__name__}"
            raise InvalidInput("items", rule, index=index if len(listed) > 1 else None)
    if not at_least <= len(listed) <= at_most:
        raise InvalidInput("items", f"must be {f'{at_least} to' if at_least else 'at most'} {at_most} at a time")
    return listed
