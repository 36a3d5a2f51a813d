"""Arguments that several functions share: what they come to in each, and what is refused."""

from __future__ import annotations

import inspect
import pydoc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypedDict, Unpack
from unittest.mock import create_autospec
from uuid import UUID

import msgspec
import pytest

import memdb
from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit
from memdb.engine.package import PACKAGES, Package
from memdb.errors import InvalidInput, QueryDefinitionError


class Filters(TypedDict, total=False):
    since: datetime | None
    kind: str | None


class Page(Filters):
    limit: Limit


class NewThing(msgspec.Struct):
    name: str
    kind: str | None = "plain"
    since: datetime | None = None
    tags: list[str] = []


COLUMNS = Columns(NewThing, but=("tags",))


@pytest.fixture
def queries(tmp_path: Path) -> Iterator[Package]:
    """A package of which this module is an area, with the statements that the tests need."""
    folder = tmp_path / "sql" / "test_arguments"
    folder.mkdir(parents=True)
    (folder / "page.sql").write_text("SELECT :id::uuid, :since::timestamptz, :kind::text, :limit::int")
    (folder / "insert.sql").write_text("SELECT unnest(:name::text[]), unnest(:kind::text[]), unnest(:since::timestamptz[]), :said::jsonb[]")
    yield Package("tests.unit", home=tmp_path)
    del PACKAGES["tests.unit"]


def test_a_statement_has_the_keys_as_parameters(queries: Package) -> None:
    @queries
    async def page(on: Executor, *, id: UUID, **asked: Unpack[Page]) -> list[int]: ...

    assert page.query.parameters == ("id", "since", "kind", "limit")
    assert page.query.defaults == {"since": None, "kind": None}
    assert page.query.annotations["limit"] == Limit
    shown = "(on: 'Executor', *, id: 'UUID', since: 'datetime | None' = None, kind: 'str | None' = None, limit: 'Limit') -> 'list[int]'"
    assert str(inspect.signature(page)) == shown
    assert "kind: 'str | None' = None" in pydoc.plain(pydoc.render_doc(page))


async def test_a_statement_refuses_other_keys(queries: Package) -> None:
    @queries
    async def page(on: Executor, *, id: UUID, **asked: Unpack[Page]) -> list[int]: ...

    with pytest.raises(TypeError, match=r"missing .*: limit; unexpected .*: sort \(it has id, kind, limit, since\)"):
        page.query.bind(None, {"id": UUID(int=1), "sort": 1})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="missing a required argument: 'limit'"):
        await create_autospec(page)(None, id=1)


def test_a_statement_has_the_fields_of_a_struct_as_lists(queries: Package) -> None:
    @queries
    async def insert(on: Executor, *, said: list[dict[str, Any]], **columns: Annotated[list[Any], COLUMNS]) -> list[int]: ...

    assert insert.query.parameters == ("name", "kind", "since", "said")
    assert insert.query.annotations["kind"] == list[str | None]
    assert insert.query.defaults == {}
    assert COLUMNS.of([NewThing("a"), NewThing("b", None)]) == {"name": ["a", "b"], "kind": ["plain", None], "since": [None, None]}


def test_what_is_not_said_is_refused(queries: Package) -> None:
    with pytest.raises(QueryDefinitionError, match=r"\*\*asked must be annotated with Unpack\[a TypedDict\], or"):

        @queries
        async def page(on: Executor, *, id: UUID, **asked: str) -> list[int]: ...

    with pytest.raises(QueryDefinitionError, match="there is no"):

        @unpacking
        async def choose(on: Executor, *, id: UUID) -> None: ...


async def test_a_function_has_every_key_that_it_unpacks() -> None:
    @unpacking
    async def plain(on: None, *, name: str = "n", **filters: Unpack[Filters]) -> dict[str, object]:
        return {"name": name, **filters}

    @unpacking(defaults=NewThing)
    async def like_struct(on: None, *, name: str, **filters: Unpack[Filters]) -> dict[str, object]:
        return {"name": name, **filters}

    assert await plain(None, kind="k") == {"name": "n", "since": None, "kind": "k"}
    assert await like_struct(None, name="a") == {"name": "a", "since": None, "kind": "plain"}
    assert str(inspect.signature(like_struct)).endswith(
        "since: 'datetime | None' = None, kind: 'str | None' = 'plain') -> 'dict[str, object]'"
    )
    assert inspect.iscoroutinefunction(plain)
    with pytest.raises(TypeError, match=r"plain\(\): unexpected keyword arguments: sort \(it has kind, name, since\)"):
        await plain(None, sort=1)  # type: ignore[call-arg]


def test_a_batch_is_not_read_beyond_what_it_may_have() -> None:
    def endless() -> Iterator[NewThing]:
        while True:
            yield NewThing("a")

    assert len(items_of([NewThing("a")] * 3, NewThing, at_most=3)) == 3
    with pytest.raises(InvalidInput, match="must be at most 3 at a time"):
        items_of(endless(), NewThing, at_most=3)
    for wrong, told in (([1], "int"), ("ab", r"str \(items\[0\]\)"), (None, "NoneType"), ([NewThing("a"), {}], r"dict \(items\[1\]\)")):
        with pytest.raises(InvalidInput, match=f"items must be NewThing objects, not {told}$"):
            items_of(wrong, NewThing, at_most=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("details", "struct", "besides"),
    [
        (memdb.memories.MemoryDetails, memdb.memories.NewMemory, {"content", "external_id"}),
        (memdb.events.EventDetails, memdb.events.NewEvent, {"content"}),
        (memdb.facts.FactDetails, memdb.facts.NewFact, {"entity_id", "content", "entities"}),
        (memdb.observations.ObservationDetails, memdb.observations.NewObservation, {"content", "entities", "message_ids"}),
        (memdb.insights.InsightDetails, memdb.insights.NewInsight, {"title", "content", "fact_ids", "event_ids"}),
        (memdb.edges.EdgeDetails, memdb.edges.NewEdge, {"source_id", "target_id", "type"}),
        (memdb.triples.TripleDetails, memdb.triples.NewTriple, {"subject", "predicate", "object"}),
        (memdb.messages.MessageDetails, memdb.messages.NewMessage, {"role", "content", "tool_calls", "tool_call_id", "id"}),
    ],
)
def test_one_may_be_told_what_an_item_of_many_is(details: Any, struct: type[msgspec.Struct], besides: set[str]) -> None:
    fields = {name: annotation for name, annotation in inspect.get_annotations(struct).items() if name not in besides}
    told = {name: each.__forward_arg__ for name, each in details.__annotations__.items()}
    if "tags" in told:
        told["tags"] = told["tags"].removesuffix(" | None")  # None is no tags.
    assert told == fields
