"""Validation of arguments: each parameter's annotation becomes a check that names the field, before anything is sent to the server.

The vocabulary is small on purpose: uuid.UUID, str, int, float, Decimal, bool, bytes, datetime, date, timedelta, Literal, JSON objects and
values, Embedding, lists of these, `| None`, `| Clear | None`, and `Annotated[..., msgspec.Meta(...)]` for bounds and lengths.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias, TypeVar, Union, get_args, get_origin
from uuid import UUID

from msgspec import Meta

from memdb.engine.bounds import taken_apart
from memdb.engine.clearing import CLEAR, Clear, is_clearable
from memdb.engine.embeddings import embedding, embeddings
from memdb.engine.json_values import for_jsonb, storable
from memdb.engine.moments import moment
from memdb.engine.quantities import decimal, integer, number
from memdb.errors import InvalidInput, QueryDefinitionError

R = TypeVar("R")

if TYPE_CHECKING:
    import numpy as np

    Embedding: TypeAlias = Sequence[float] | np.ndarray[Any, np.dtype[Any]]
else:
    # numpy takes as long to import as all of memdb, so it is imported with the first embedding.
    Embedding = Annotated[Sequence[float], "or a numpy array"]
"""A vector of the embedding space's dimension: any sequence of finite floats, or an array of shape (dimension,). It is normalized."""

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object: keys are strings; values are str, int, float, bool, None, lists and objects. The order of keys is not preserved."""

JsonValue: TypeAlias = Any
"""Any JSON value."""
Limit: TypeAlias = Annotated[int, Meta(ge=1, le=1000)]
"""The maximum number of rows: 1 to 1,000."""

Version: TypeAlias = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Confidence: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Slug: TypeAlias = Annotated[str, Meta(min_length=1, max_length=63)]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
Content: TypeAlias = Annotated[str, Meta(min_length=1, max_length=8192)]
QueryText: TypeAlias = Annotated[str, Meta(max_length=100_000)]
Tag: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Tags: TypeAlias = Annotated[list[Tag], Meta(max_length=20)]
Weight: TypeAlias = Annotated[float, Meta(ge=0, le=1000)]
Ids: TypeAlias = Annotated[list[UUID], Meta(max_length=1000)]
Email: TypeAlias = Annotated[str, Meta(min_length=3, max_length=320)]
Notes: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2000)]
Reason: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2000)]
RoleName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=63)]
ModelName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]

Check: TypeAlias = Callable[[Any, int], Any]
"""Takes the value and the database's embedding dimension; returns what is sent, or raises InvalidInput."""

_VOCABULARY: Final = (
    "UUID, str, int, float, Decimal, bool, bytes, datetime, date, timedelta, Literals of texts, dict, Any, Embedding, lists"
)
_ARGUMENT: Final = re.compile(r"query argument \$(\d+)")


def check_for(field: str, annotation: Any, *, elements_of: str | None = None) -> Check:
    """The check of a parameter `field` with this annotation. Raises QueryDefinitionError if the annotation is not in the vocabulary.

    `elements_of`: the argument whose elements the list's come from, if it is not the list itself.
    """
    if annotation == Embedding:
        return lambda value, dimension: embedding(field, value, dimension)
    annotation, meta = taken_apart(field, annotation)
    if get_origin(annotation) in (Union, types.UnionType):
        return _optional(field, annotation)
    if get_origin(annotation) is list:
        return _list(field, get_args(annotation)[0], meta, elements_of or field)
    if get_origin(annotation) is Literal:
        return _literal(field, get_args(annotation))
    plain = _PLAIN.get(get_origin(annotation) or annotation)
    if plain is None:
        raise QueryDefinitionError(f"parameter {field}: memdb cannot send a {annotation}, only {_VOCABULARY}")
    return plain(field, meta)


def check_of_value(field: str, value: Any, dimension: int) -> Any:
    """`value` as it is sent when nothing specifies the parameter's type. Raises InvalidInput, also for what memdb cannot send."""
    if value is None or value is CLEAR:
        return None
    if isinstance(value, list | tuple):
        return [check_of_value(field, each, dimension) for each in value]
    if hasattr(value, "dtype") and value.shape:
        return embedding(field, value, dimension)
    plain = next((_PLAIN[kind] for kind in type(value).__mro__ if kind in _PLAIN and kind is not object), None)
    if plain is None:
        raise InvalidInput(field, f"must be of a type that PostgreSQL has, not {type(value).__name__}")
    return plain(field, None)(value, dimension)


def of_parameter(error: InvalidInput, parameters: Sequence[str]) -> InvalidInput:
    """The error with the parameter's name in place of the number given by the driver."""
    told = _ARGUMENT.search(error.rule)
    return InvalidInput(parameters[int(told[1]) - 1], error.rule) if told else error


def _optional(field: str, annotation: Any) -> Check:
    members = [member for member in get_args(annotation) if member not in (type(None), Clear)]
    if len(members) != 1:
        raise QueryDefinitionError(f"parameter {field}: must be annotated with one type, beside it None or Clear, not with {annotation}")
    inner = check_for(field, members[0])
    may_be_cleared = is_clearable(annotation)

    def check(value: Any, dimension: int) -> Any:
        if value is None or (value is CLEAR and may_be_cleared):
            return None
        if value is CLEAR:
            raise InvalidInput(field, "must not be CLEAR, which is for what an update may empty: give a value, or None")
        return inner(value, dimension)

    return check


def each_checked(items: Sequence[Any], check: Callable[[Any], R], *, of: str = "items") -> list[R]:
    """What `check` makes of each; its InvalidInput says which of several it is about."""
    try:
        return [check(item) for item in items]
    except InvalidInput as error:
        raise _placed(items, check, of) or error from error.__cause__


def _placed(items: Sequence[Any], check: Callable[[Any], object], of: str) -> InvalidInput | None:
    for index, item in enumerate(items if len(items) > 1 else ()):
        try:
            check(item)
        except InvalidInput as error:
            return InvalidInput(error.field, error.rule, index=index, of=of)
    return None


def _list(field: str, item: Any, meta: Meta | None, of: str) -> Check:
    inner = check_for(field, item)
    of_embeddings = Embedding in (item, *get_args(item))
    shortest = (meta and meta.min_length) or 0
    longest = meta.max_length if meta and meta.max_length is not None else None

    def check(value: Any, dimension: int) -> list[Any]:
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise InvalidInput(field, f"must be a list, not {type(value).__name__}")
        if len(value) < shortest:
            raise InvalidInput(field, f"must have at least {shortest} items, not {len(value)}")
        if longest is not None and len(value) > longest:
            raise InvalidInput(field, f"must have at most {longest} items, not {len(value)}")
        try:
            if of_embeddings:
                return embeddings(field, [inner(each, dimension) if each is None or each is CLEAR else each for each in value], dimension)
            return [inner(each, dimension) for each in value]
        except InvalidInput as error:
            raise _placed(value, lambda each: inner(each, dimension), of) or error from error.__cause__

    return check


def _literal(field: str, allowed: tuple[Any, ...]) -> Check:
    if not all(isinstance(choice, str) for choice in allowed):
        raise QueryDefinitionError(f"parameter {field}: a Literal must be of texts, not of {', '.join(map(repr, allowed))}")
    choices = ", ".join(allowed)

    def check(value: Any, dimension: int) -> Any:
        if isinstance(value, str) and value in allowed:
            return value
        raise InvalidInput(field, f"must be one of {choices}; not {value!r:.80}")

    return check


def _uuid(field: str, meta: Meta | None) -> Check:
    def check(value: Any, dimension: int) -> UUID:
        if isinstance(value, UUID):
            return value
        try:
            return UUID(value)
        except (TypeError, ValueError, AttributeError):
            # An object that looks like Python's UUID but belongs to another library is recognized by its module.
            origin = "" if type(value).__module__ == "builtins" else f" (of {type(value).__module__})"
            raise InvalidInput(field, f"must be a uuid.UUID or its text, not {value!r:.80}{origin}") from None

    return check


def _text(field: str, meta: Meta | None) -> Check:
    shortest = (meta and meta.min_length) or 0
    longest = meta.max_length if meta and meta.max_length is not None else 1 << 30

    def check(value: Any, dimension: int) -> str:
        if not isinstance(value, str):
            raise InvalidInput(field, f"must be a str, not {type(value).__name__}")
        if not shortest <= len(value) <= longest:
            raise InvalidInput(field, f"must have {shortest} to {longest} characters, not {len(value)}")
        storable(field, value)
        return value

    return check


def _bytes(field: str, meta: Meta | None) -> Check:
    shortest = (meta and meta.min_length) or 0
    longest = meta.max_length if meta and meta.max_length is not None else 1 << 30

    def check(value: Any, dimension: int) -> bytes:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise InvalidInput(field, f"must be bytes, not {type(value).__name__}")
        if len(value) < shortest:
            raise InvalidInput(field, f"must have at least {shortest} bytes, not {len(value)}")
        if len(value) > longest:
            raise InvalidInput(field, f"must have at most {longest} bytes, not {len(value)}")
        return value if isinstance(value, bytes) else bytes(value)

    return check


def _instance(kind: type) -> Callable[[str, Meta | None], Check]:
    def check_of(field: str, meta: Meta | None) -> Check:
        def check(value: Any, dimension: int) -> Any:
            if isinstance(value, kind):
                return value
            raise InvalidInput(field, f"must be a {kind.__name__}, not {type(value).__name__}")

        return check

    return check_of


def _day(field: str, meta: Meta | None) -> Check:
    def check(value: Any, dimension: int) -> date:
        # A datetime is also a date, and PostgreSQL would cut off its time.
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        raise InvalidInput(field, f"must be a date, not {type(value).__name__}")

    return check


def _moment(field: str, meta: Meta | None) -> Check:
    return lambda value, dimension: moment(field, value)


def _json(field: str, meta: Meta | None, kind: type = object) -> Check:
    def check(value: Any, dimension: int) -> Any:
        if kind is dict and type(value) is not dict:
            raise InvalidInput(field, f"must be a JSON object (a dict), not {type(value).__name__}")
        return for_jsonb(field, value)

    return check


_PLAIN: Final[dict[Any, Callable[[str, Meta | None], Check]]] = {
    UUID: _uuid,
    str: _text,
    int: integer,
    float: number,
    Decimal: decimal,
    bool: _instance(bool),
    bytes: _bytes,
    datetime: _moment,
    date: _day,
    timedelta: _instance(timedelta),
    dict: partial(_json, kind=dict),
    Any: _json,
}
