"""CLEAR, which an update takes to empty a field, where None leaves the field unchanged.

A parameter that may be cleared is annotated `Name | Clear | None`. NULL is sent in its place, and its name in `:cleared`, a list that no
caller passes and that the statement tests:

    title = coalesce(:title::text, CASE WHEN 'title' <> ALL (:cleared::text[]) THEN r.title END)

In a list with one element per row of a batch (`memdb.engine.arguments.Columns`), all elements are CLEAR or none is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Any, Final, Union, get_args, get_origin

from memdb.engine.lexer import CLEARED_PARAMETER
from memdb.errors import InvalidInput, QueryDefinitionError


class Clear(Enum):
    """The type of `memdb.CLEAR`, its only value."""

    CLEAR = "CLEAR"

    def __repr__(self) -> str:
        return "memdb.CLEAR"

    __str__ = __repr__


CLEAR: Final = Clear.CLEAR
"""Empties a field: `await sessions.update(tenant, id=id, title=memdb.CLEAR)`. Accepted for fields that may be None, refused for others."""


def is_clearable(annotation: Any) -> bool:
    """Whether a parameter with this annotation may be CLEAR."""
    return Clear in get_args(annotation)


def without_clear(annotation: Any) -> Any:
    """The annotation without `Clear`."""
    return Union[tuple(each for each in get_args(annotation) if each is not Clear)] if is_clearable(annotation) else annotation  # noqa: UP007


def clearable_of(name: str, annotations: Mapping[str, Any], parameters: Collection[str], source: str) -> tuple[str, ...]:
    """The parameters of the query function `name` that may be CLEAR. Raises QueryDefinitionError if its statement ignores `:cleared`."""
    clearable = tuple(each for each in parameters if is_clearable(_of_row(annotations.get(each))))
    asks = CLEARED_PARAMETER in parameters
    if asks and not clearable:
        raise QueryDefinitionError(f"{name}: the statement asks for :{CLEARED_PARAMETER}, but no parameter may be CLEAR")
    for each in clearable:
        if not asks or f"'{each}'" not in source:
            raise QueryDefinitionError(f"{name}: {each} may be CLEAR, so the statement must ask for '{each}' in :{CLEARED_PARAMETER}")
    return clearable


def cleared(names: Iterable[str], arguments: Mapping[str, Any]) -> list[str]:
    """The names whose argument is CLEAR. Raises InvalidInput if it is CLEAR for only some rows of a batch."""
    return [name for name in names if _is_cleared(name, arguments[name])]


def _is_cleared(name: str, value: Any) -> bool:
    if not isinstance(value, list) or not any(each is CLEAR for each in value):
        return value is CLEAR
    if not all(each is CLEAR for each in value):
        raise InvalidInput(name, "must be CLEAR for all items of a batch, or for none")
    return True


def _of_row(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is list else annotation
