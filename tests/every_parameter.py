"""Every parameter of every query function, given values of its type that tests choose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias, get_args, get_origin

import msgspec
import pytest

from memdb.engine.database import Database
from memdb.engine.executor import Executor
from memdb.engine.own import QUERIES
from memdb.engine.query import Query
from tests.conftest import Home
from tests.samples import ADMIN_SAMPLES, OF_THE_OWNER, SAMPLES, STREAMS, World, undone

Forms: TypeAlias = Callable[[Any], Iterable[tuple[Any, Any]]]
"""From an annotation to the values that are tried, each with what is given for it."""


class Told(NamedTuple):
    """What a call said to a value of a parameter: what it returned, or the error of memdb's that it raised."""

    query: Query[..., Any]
    name: str
    value: Any
    said: Any


def only(kind: type, values: list[Any]) -> Forms:
    """These values, for parameters that are of this type, may be None, or are lists of it."""

    def forms(annotation: Any) -> Iterator[tuple[Any, Any]]:
        if annotation is kind:
            yield from zip(values, values, strict=True)
        elif get_origin(annotation) is list:
            yield from ((value, [form]) for value, form in forms(get_args(annotation)[0]))
        elif type(None) in get_args(annotation):
            for each in get_args(annotation):
                yield from forms(each)

    return forms


async def each_given(world: World, db: Database, home: Home, monkeypatch: pytest.MonkeyPatch, forms: Forms) -> list[Told]:
    """All parameters that have forms, with each of them."""
    bind = Query.bind
    given: dict[str, Any] = {}

    def changed(self: Query[..., Any], on: Executor, arguments: Mapping[str, Any]) -> list[Any]:
        return bind(self, on, {**arguments, **given} if self is query else arguments)

    monkeypatch.setattr(Query, "bind", changed)
    calls, told = {**SAMPLES, **ADMIN_SAMPLES}, []
    # Administration last: it moves and removes what the others work on.
    for query in sorted(QUERIES.values(), key=lambda each: each.name in ADMIN_SAMPLES):
        if query.name not in calls or query.name in STREAMS | OF_THE_OWNER:
            continue
        on: Executor = db.admin(home.tenant.org_id) if query.name in ADMIN_SAMPLES else home.tenant
        for name in sorted(query._names):
            for value, form in forms(query.annotations[name]):
                given = {name: form}
                told.append(Told(query, name, value, await undone(calls[query.name], world, on)))
    monkeypatch.undo()
    return told


def structs(said: Any) -> Iterator[msgspec.Struct]:
    """All rows in what a call returned."""
    if isinstance(said, msgspec.Struct):
        yield said
        for name in said.__struct_fields__:
            yield from structs(getattr(said, name))
    elif isinstance(said, list):
        for each in said:
            yield from structs(each)
