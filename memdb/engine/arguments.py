"""Keyword arguments that several functions share: the keys of one TypedDict, which each of them unpacks.

    class Filters(TypedDict, total=False):
        agent_id: UUID | None
        since: datetime | None

    @query
    async def count(on: Executor, *, status: Status | None = "active", **filters: Unpack[Filters]) -> int: ...

    @unpacking
    async def page(on: Executor, *, limit: int = 50, **filters: Unpack[Filters]) -> list[Memory]: ...

A key that need not be given is None where it is not. Type checkers know the arguments, `help` and `inspect.signature` show them one by one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar, Unpack, get_args, get_origin, get_type_hints, overload

import msgspec

from memdb.engine import hints
from memdb.errors import QueryDefinitionError

P = ParamSpec("P")
R = TypeVar("R")


class Shared(NamedTuple):
    """What a function unpacks: the TypedDict, and the defaults of what need not be given."""

    keys: Any
    defaults: Mapping[str, Any]

    def annotations(self) -> dict[str, Any]:
        return get_type_hints(self.keys, include_extras=True)

    def show(self, made: Callable[..., Any], function: Callable[..., Any]) -> None:
        """Give `made` the signature of `function`, with each key in place of all."""
        signature = inspect.signature(function)
        own = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        keys = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=self.defaults.get(name, inspect.Parameter.empty),
                # Its text, as in the annotations beside.
                annotation=getattr(annotation, "__forward_arg__", annotation),
            )
            for name, annotation in self.keys.__annotations__.items()
        ]
        made.__signature__ = signature.replace(parameters=[*own, *keys])  # type: ignore[attr-defined]


def shared_by(function: Callable[..., Any], defaults: type[msgspec.Struct] | None = None) -> Shared | None:
    """What the function unpacks, None if it has no `**` parameter. Raises QueryDefinitionError if that is no TypedDict unpacked."""
    code = function.__code__
    if not code.co_flags & inspect.CO_VARKEYWORDS:
        return None
    name = code.co_varnames[code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & inspect.CO_VARARGS)]
    annotation = hints.of_parameter(function, name)
    if get_origin(annotation) is not Unpack:
        raise QueryDefinitionError(f"{function.__qualname__}: **{name} must be annotated with Unpack[a TypedDict]")
    (keys,) = get_args(annotation)
    of_struct = {} if defaults is None else _defaults(defaults)
    return Shared(keys, {name: of_struct.get(name) for name in keys.__annotations__ if name in keys.__optional_keys__})


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
    """Let an async function have every key of the TypedDict that it unpacks, and no other.

    What is not given has the default of the Struct's field of this name; without a Struct it is None.
    """
    if function is None:
        return partial(_unpacking, defaults=defaults)
    return _unpacking(function, defaults)


def _unpacking(function: Callable[..., Any], defaults: type[msgspec.Struct] | None) -> Callable[..., Any]:
    shared = shared_by(function, defaults)
    if shared is None:
        raise QueryDefinitionError(f"{function.__qualname__}: there is no ** parameter to unpack")
    filled, required = dict(shared.defaults), shared.keys.__required_keys__
    known = frozenset(inspect.signature(function).parameters) | shared.keys.__annotations__.keys()

    @wraps(function)
    async def made(*args: Any, **arguments: Any) -> Any:
        if wrong := (arguments.keys() - known) | (required - arguments.keys()):
            raise TypeError(f"{function.__name__}(): missing or unexpected keyword arguments: {', '.join(sorted(wrong))}")
        return await function(*args, **{**filled, **arguments})

    shared.show(made, function)
    return made
