"""The bounds in a parameter's annotation, `Annotated[..., msgspec.Meta(...)]`. One that is not checked is refused, not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, get_args, get_origin

from msgspec import Meta

from memdb.errors import QueryDefinitionError

_OF_NUMBERS: Final = frozenset({"ge", "gt", "le", "lt"})
_OF_LENGTHS: Final = frozenset({"min_length", "max_length"})
# Every datetime must be aware, with `Meta(tz=True)` or without.
_CHECKED: Final[Mapping[Any, frozenset[str]]] = {
    int: _OF_NUMBERS,
    float: _OF_NUMBERS,
    Decimal: _OF_NUMBERS,
    str: _OF_LENGTHS,
    bytes: _OF_LENGTHS,
    list: _OF_LENGTHS,
    datetime: frozenset({"tz"}),
}
_ALL: Final = ("ge", "gt", "le", "lt", "multiple_of", "pattern", "min_length", "max_length", "tz")


def taken_apart(field: str, annotation: Any) -> tuple[Any, Meta | None]:
    """An annotation without its bounds, and these. Raises QueryDefinitionError for bounds that are not checked."""
    if get_origin(annotation) is not Annotated:
        return annotation, None
    plain, *said = get_args(annotation)
    metas = [each for each in said if isinstance(each, Meta)]
    others = [type(each).__name__ for each in said if not isinstance(each, Meta | str)]
    if others:
        raise QueryDefinitionError(f"parameter {field}: bounds must be msgspec.Meta(...), not {', '.join(others)}")
    given = {name: value for meta in metas for name in _ALL if (value := getattr(meta, name)) is not None}
    kind = get_origin(plain) or plain
    checked = _CHECKED.get(kind, frozenset())
    refused = [name for name in given if name not in checked or (name == "tz" and not given[name])]
    if refused:
        told = f"memdb does not check {', '.join(refused)} of {_named(plain)}{_instead(plain, checked)}"
        raise QueryDefinitionError(f"parameter {field}: {told}")
    try:
        return plain, Meta(**given)
    except (TypeError, ValueError) as error:
        raise QueryDefinitionError(f"parameter {field}: its bounds do not go together: {error}") from None


def _named(plain: Any) -> str:
    return plain.__name__ if isinstance(plain, type) and not get_args(plain) else str(plain)


def _instead(plain: Any, checked: frozenset[str]) -> str:
    if type(None) in get_args(plain):
        return ": give them to the type that is not None, Annotated[..., Meta(...)] | None"
    return f", only {', '.join(sorted(checked))}" if checked else ""
