"""Decoding of records by position: a Struct's fields are the columns, in order."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable
from enum import Enum
from functools import cache
from operator import itemgetter
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias, Union, get_args, get_origin

import msgspec

from memdb.engine import hints
from memdb.errors import QueryDefinitionError, SchemaMismatch

Decode: TypeAlias = Callable[[Any], Any]

_SCALARS_MAY_BE_NONE: Final = (Union, types.UnionType)
# Of dataclasses, named tuples, TypedDicts, attrs' and pydantic's classes.
_MARKS_OF_RECORDS: Final = ("__dataclass_fields__", "_fields", "__required_keys__", "__attrs_attrs__", "model_fields")


class Column(NamedTuple):
    """One column of a result: the field's dotted path, the column's name, and its annotation."""

    path: str
    name: str
    annotation: Any


class Shape(NamedTuple):
    """How a record is decoded. `columns` are in the order of the SELECT; `decode` takes a record."""

    columns: tuple[Column, ...]
    decode: Decode
    is_struct: bool

    def compare(self, record: Any, *, returned_by: str, wanted_by: str) -> None:
        """Raises SchemaMismatch unless the record has these columns, compared by name for a Struct, otherwise by number."""
        found, expected = list(record.keys()), [column.name for column in self.columns]
        if len(found) != len(expected) or (self.is_struct and found != expected):
            raise SchemaMismatch(f"{returned_by} returns {found}, {wanted_by} wants {expected if self.is_struct else 'one column'}")


NOTHING: Final = Shape((), lambda record: None, is_struct=False)
"""The shape of a statement that returns no columns."""


@cache
def shape_of(annotation: Any) -> Shape:
    """The shape of a Struct, or of a scalar.

    A nested Struct takes its columns in place; `Struct | None` is None if its first column is. A `list[Struct]` is one column of JSON.
    """
    if not _is_struct(annotation):
        _check_column("the result", annotation)
        return Shape((Column("value", "", annotation),), lambda record: record[0], is_struct=False)
    columns = tuple(_columns(annotation, ""))
    decode, _ = _nested(annotation, 0)
    return Shape(columns, decode, is_struct=True)


def kind_of(shape: Shape, annotation: Any, area: str) -> str:
    """What NotFound calls a missing row: the Struct's name, or the area's for a scalar."""
    if shape.is_struct and isinstance(annotation, type):
        return re.sub(r"(?<!^)(?=[A-Z])", " ", annotation.__name__).lower()
    return re.sub(r"ies$", "y", area).removesuffix("s").replace("_", " ")


def without_none(annotation: Any) -> tuple[Any, bool]:
    """The annotation without `None`, and whether it had it."""
    if get_origin(annotation) not in _SCALARS_MAY_BE_NONE:
        return annotation, False
    members = tuple(member for member in get_args(annotation) if member is not type(None))
    optional = len(members) < len(get_args(annotation))
    return (members[0] if len(members) == 1 else Union[members]), optional  # noqa: UP007


def is_text_choice(annotation: Any) -> bool:
    """Whether the annotation is a Literal of strings, which is sent as text."""
    return get_origin(annotation) is Literal and all(isinstance(choice, str) for choice in get_args(annotation))


def is_json_list(annotation: Any) -> bool:
    """Whether the annotation is a list of Structs, which is sent as JSON."""
    return get_origin(annotation) is list and _is_struct(get_args(annotation)[0])


def is_json_choice(annotation: Any) -> bool:
    """Whether the annotation is a union of types, such as `str | list[JsonObject]`, which is sent as JSON."""
    return get_origin(annotation) in _SCALARS_MAY_BE_NONE


def _is_struct(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)


def _check_struct(struct: type[msgspec.Struct]) -> None:
    by_name = [each.name for each in inspect.signature(struct).parameters.values() if each.kind is each.KEYWORD_ONLY]
    if by_name:
        told = f"the fields of a row's Struct are the columns, by position, so these must not be kw_only: {', '.join(by_name)}"
        raise QueryDefinitionError(f"{struct.__name__}: {told}")


def _check_column(path: str, annotation: Any) -> None:
    """Raises QueryDefinitionError for what a column's value is not made into: it would be of another type than it is annotated with."""
    plain, _ = without_none(annotation)
    if get_origin(plain) is Annotated:
        plain = get_args(plain)[0]
    kind = get_origin(plain) or plain
    if kind is list and get_args(plain) and not is_json_list(plain):
        _check_column(path, get_args(plain)[0])
    if not isinstance(kind, type):
        return
    if issubclass(kind, Enum):
        raise QueryDefinitionError(f"{path} must be a str or a Literal, not the Enum {kind.__name__}")
    if any(hasattr(kind, mark) for mark in _MARKS_OF_RECORDS):
        raise QueryDefinitionError(f"{path} must be a msgspec.Struct or of a column's type, not {kind.__name__}")
    if issubclass(kind, tuple | set | frozenset):
        raise QueryDefinitionError(f"{path} must be a list, not a {kind.__name__}")


def _columns(struct: type[msgspec.Struct], prefix: str) -> list[Column]:
    _check_struct(struct)
    annotated = hints.of_class(struct)
    columns: list[Column] = []
    for name in struct.__struct_fields__:
        inner, may_be_none = without_none(annotated[name])
        if _is_struct(inner):
            of_inner = _columns(inner, f"{prefix}{name}.")
            columns += [column._replace(annotation=column.annotation | None) for column in of_inner] if may_be_none else of_inner
        else:
            _check_column(f"{struct.__name__}.{name}", annotated[name])
            columns.append(Column(f"{prefix}{name}", name, annotated[name]))
    return columns


def _unless_absent(part: Decode, first: int) -> Decode:
    return lambda record: None if record[first] is None else part(record)


def _nested(struct: type[msgspec.Struct], start: int) -> tuple[Decode, int]:
    """A decoder of the columns from `start` on, and the number of the column after its last."""
    annotated = hints.of_class(struct)
    inner = {name: without_none(annotated[name])[0] for name in struct.__struct_fields__}
    if not any(map(_is_struct, inner.values())):
        end = start + len(inner)
        lists = [(place, annotation) for place, annotation in enumerate(inner.values()) if is_json_list(annotation)]
        return (_with_lists(struct, slice(start, end), lists) if lists else lambda record: struct(*record[start:end])), end
    parts: list[Decode] = []
    at = start
    for name, annotation in inner.items():
        if _is_struct(annotation):
            first = at
            part, at = _nested(annotation, at)
            parts.append(_unless_absent(part, first) if annotation is not annotated[name] else part)
        else:
            parts.append(_json_list(annotation, at) if is_json_list(annotation) else itemgetter(at))
            at += 1
    return (lambda record: struct(*[part(record) for part in parts])), at


def _with_lists(struct: type[msgspec.Struct], columns: slice, lists: list[tuple[int, Any]]) -> Decode:
    def decode(record: Any) -> Any:
        values = list(record[columns])
        for place, annotation in lists:
            values[place] = msgspec.convert(values[place], annotation)
        return struct(*values)

    return decode


def _json_list(annotation: Any, at: int) -> Decode:
    return lambda record: msgspec.convert(record[at], annotation)
