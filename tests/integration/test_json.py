"""JSON in every parameter that takes it: kept, with its types, or refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest

from memdb import memories
from memdb.engine.database import Database
from memdb.errors import InvalidInput, SchemaMismatch, ServerError
from tests.conftest import Home
from tests.every_parameter import each_given, structs
from tests.samples import build
from tests.server import execute
from tests.unit.test_json_values import same

NUMBERS: list[Any] = [
    1e16,
    -1e16,
    1e22,
    1.7976931348623157e308,
    -1.5e300,
    5e-324,
    0.1,
    1.0,
    100.0,
    1e15,
    10**16,
    2**64 + 1,
    -(2**4095),
]
KEPT: list[Any] = [
    *({"n": number} for number in NUMBERS),
    {"all": NUMBERS, "in": {"each": [{"other": [1e16, 1, 1.0, True, None, "1e16"]}]}},
    {"zz": 1, "a": 2, "": 3, "A": {"é": 4, "e\u0301": 5}},
]
REFUSED: list[Any] = [{"n": -0.0}, {"n": [1, {"m": -0.0}]}, {"n": float("nan")}, {"n": float("inf")}, {"n": "\0"}, {"\ud800": 1}, {1: 2}]

# What travels as JSON, but is not JSON of the caller's.
_NO_JSON = {("memories.insert_many", "tags"), ("memories.keep_many", "tags")}


def _objects(values: list[Any]) -> Any:
    def forms(annotation: Any) -> Iterator[tuple[Any, Any]]:
        annotation = get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation
        if annotation is Any or (get_origin(annotation) or annotation) is dict:
            yield from zip(values, values, strict=True)
        elif get_origin(annotation) is list:
            yield from ((value, [form]) for value, form in forms(get_args(annotation)[0]))
        elif type(None) in get_args(annotation):
            for each in get_args(annotation):
                yield from forms(each)

    return forms


async def test_json_is_kept_with_its_types_or_refused_by_name(db: Database, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await build(db, home.tenant)
    kept, changed = set(), set()
    for query, name, value, said in await each_given(world, db, home, monkeypatch, _objects(KEPT)):
        what = f"{query.name}({name}={value})"
        assert not isinstance(said, ServerError | SchemaMismatch), f"{what}: {said}"
        if isinstance(said, InvalidInput):
            assert said.field, what
        if returned := [getattr(row, name) for row in structs(said) if hasattr(row, name)]:
            (kept if any(same(each, value) for each in returned) else changed).add((query.name, name))
    assert kept >= {
        ("agents.create", "config"),
        ("memories.insert", "metadata"),
        ("memories.insert_many", "metadata"),
        ("messages.insert", "metadata"),
        ("messages.change", "metadata"),
        ("sessions.start", "metadata"),
        ("summaries.add", "structured"),
    }
    assert changed == _NO_JSON
    for query, name, value, said in await each_given(world, db, home, monkeypatch, _objects(REFUSED)):
        assert isinstance(said, InvalidInput), f"{query.name}({name}={value}): {said}"
        assert said.field == name


async def test_a_large_float_stays_one_through_all_that_is_done_with_it(home: Home, dsn: str) -> None:
    tenant, agent = home
    given = {"exact": 1e16, "whole": 10**16, "list": [2.5e20]}
    made = await memories.add(tenant, agent_id=agent.id, content="A number", metadata=given)
    assert same(made.metadata, given)
    await memories.update(tenant, id=made.id, content="The number")
    found = await memories.get(tenant, id=made.id)
    assert found is not None
    assert same(found.metadata, given)
    reverted = await memories.revert(tenant, id=made.id, version=1)
    assert same(reverted.metadata, given)
    execute(dsn, "UPDATE memdb.memories SET metadata = metadata || '{\"other\": 1}'")
    found = await memories.get(tenant, id=made.id)
    assert found is not None
    assert same(found.metadata, given | {"other": 1})
