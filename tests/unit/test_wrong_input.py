"""Every parameter of every `@query` function refuses what is not its kind, by name, before anything is sent."""

from __future__ import annotations

import types
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
import pytest
from msgspec import Meta

import memdb  # noqa: F401 - imports every area
from memdb.engine.clearing import CLEAR, is_clearable
from memdb.engine.cursors import Cursor
from memdb.engine.executor import NO_CONTEXT, AdminExecutor
from memdb.engine.inputs import Embedding
from memdb.engine.own import QUERIES
from memdb.engine.query import Query
from memdb.errors import InvalidInput

DIMENSION = 3


class Nobody(AdminExecutor):
    """Whom a statement is bound for; it sends nothing."""

    async def _fetch(self, statement: str, arguments: Sequence[Any]) -> list[Any]:
        raise AssertionError("nothing may be sent")

    _fetch_many = _stream = transaction = _fetch  # type: ignore[assignment]


class Kind(NamedTuple):
    """An annotation taken apart."""

    plain: Any
    meta: Meta
    optional: bool


def _kind(annotation: Any) -> Kind:
    meta = Meta()
    if annotation == Embedding:
        return Kind(Embedding, meta, optional=False)
    if get_origin(annotation) is Annotated:
        annotation, meta = get_args(annotation)[:2]
    if get_origin(annotation) in (Union, types.UnionType):
        members = get_args(annotation)
        if Cursor in members:
            # What stands for a row by itself, a row's Struct where nothing does.
            alone = [member for member in members if member not in (type(None), Cursor) and not _is_row(member)]
            return _kind([*alone, members[0]][0])._replace(optional=type(None) in members)
        return _kind(next(member for member in members if member is not type(None)))._replace(optional=True)
    return Kind(annotation, meta, optional=False)


def _is_row(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)


def _good(annotation: Any) -> Any:
    kind = _kind(annotation)
    if kind.optional:
        return None
    if get_origin(kind.plain) is Literal:
        return get_args(kind.plain)[0]
    if get_origin(kind.plain) is list:
        return []
    if kind.plain == Embedding:
        return [1.0] * DIMENSION
    low = kind.meta.ge or 0
    return {
        uuid.UUID: uuid.uuid4(),
        str: "x" * (kind.meta.min_length or 1),
        int: int(low),
        float: float(low),
        bool: True,
        datetime: datetime.now(UTC),
        timedelta: timedelta(days=1),
        bytes: b"\0",
        Any: [1],
        dict: {},
    }[get_origin(kind.plain) or kind.plain]


def _bad(annotation: Any) -> Iterator[Any]:
    plain, meta, optional = _kind(annotation)
    if not is_clearable(annotation):
        yield CLEAR
    if not optional:
        yield None
    if plain == Embedding:
        yield from ([1.0] * (DIMENSION + 1), [float("nan")] * DIMENSION, "text", 7, [1e300] * DIMENSION)
    elif get_origin(plain) is Literal:
        yield from ("no such choice", 7)
    elif get_origin(plain) is list:
        yield from ("text", 7)
        yield from ([each] for each in _bad(get_args(plain)[0]))
        if meta.max_length is not None:
            yield [_good(get_args(plain)[0])] * (meta.max_length + 1)
    elif (get_origin(plain) or plain) is dict:
        yield from ([], "text", {1: 2}, {"a": float("nan")}, {"a": "\0"}, {"a": object()})
    elif plain is str:
        yield from (7, b"x", "a\0b", "\ud800")
        if meta.max_length is not None:
            yield "x" * (meta.max_length + 1)
        if meta.min_length:
            yield ""
    elif plain is bytes:
        yield from ("text", 7, [1])
        if meta.max_length is not None:
            yield bytes(meta.max_length + 1)
    elif plain is int:
        yield from ("1", 1.5, True, 2**63, -(2**63) - 1)
        yield from (bound for bound in (meta.ge is not None and meta.ge - 1, meta.le is not None and meta.le + 1) if bound is not False)
    elif plain is float:
        yield from ("1", float("nan"), float("inf"), True)
        yield from (bound for bound in (meta.ge is not None and meta.ge - 1, meta.le is not None and meta.le + 1) if bound is not False)
    elif plain is uuid.UUID:
        yield from ("not a uuid", 7)
    elif plain is datetime:
        yield from (datetime(2026, 1, 1), "2026-01-01")
    elif plain is timedelta:
        yield from (7, "1 day")
    elif plain is Any:
        yield from (float("nan"), {1: 2}, "\0", object())
    elif plain is bool:
        yield from (1, "yes")
    elif _is_row(plain):
        yield from ("text", uuid.uuid4(), (datetime.now(UTC), uuid.uuid4()))
    else:
        raise AssertionError(f"no wrong values are known for {plain}")


PARAMETERS = [(query, name) for query in QUERIES.values() for name in sorted(query._names)]


@pytest.mark.parametrize(("query", "name"), PARAMETERS, ids=lambda part: part.name if isinstance(part, Query) else part)
def test_a_wrong_argument_is_refused_by_name(query: Query[..., Any], name: str) -> None:
    nobody = Nobody(uuid.uuid4(), None, NO_CONTEXT._replace(space=1, dimension=DIMENSION), 1.0)
    good = {each: _good(query.annotations[each]) for each in query._names}
    query.bind(nobody, good)
    of_another_list = [Cursor("memdb.Nothing", (7,))] if Cursor in get_args(query.annotations[name]) else []
    for wrong in (*_bad(query.annotations[name]), *of_another_list):
        with pytest.raises(InvalidInput) as refused:
            query.bind(nobody, {**good, name: wrong})
        assert refused.value.field == name, wrong
        assert str(refused.value).startswith(f"{name} must")
