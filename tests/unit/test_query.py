"""What @query refuses at import, and how rows become Structs. The SQL files are made in a folder of the test's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

import memdb.query as query_module
from memdb.errors import QueryDefinitionError
from memdb.executor import Executor
from memdb.query import Cardinality, query
from memdb.rows import shape_of


class Inner(msgspec.Struct):
    a: int
    b: int


class Outer(msgspec.Struct):
    first: int
    inner: Inner
    last: int | None


@pytest.fixture
def sql_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    monkeypatch.setattr(query_module, "SQL", tmp_path)
    monkeypatch.setattr(query_module, "QUERIES", {})
    (tmp_path / "unit").mkdir()

    def write(name: str, text: str) -> None:
        (tmp_path / "unit" / f"{name}.sql").write_text(text)

    return write


SqlFile = Callable[[str, str], None]


def test_the_path_is_the_name(sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid, :org_id::memdb.tenant, :id")

    @query
    async def get(on: Executor, *, id: UUID) -> int | None:
        """One."""
        ...

    assert get.name == "unit.get"
    assert get.statement == "/* memdb unit.get */ SELECT $1::uuid, $2::memdb.tenant, $1"
    assert get.parameters == ("id", "org_id")
    assert get.cardinality is Cardinality.MAYBE
    assert get.__doc__ == "One."


def test_a_missing_file_is_refused(sql_file: SqlFile) -> None:
    with pytest.raises(QueryDefinitionError, match=r"missing\.sql is missing or empty"):

        @query
        async def missing(on: Executor) -> int: ...


def test_different_parameters_are_refused(sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid, :limit::int")
    with pytest.raises(QueryDefinitionError, match="differ in: limit, offset"):

        @query
        async def get(on: Executor, *, id: UUID, offset: int) -> int: ...


def test_the_tenant_is_never_a_parameter(sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :org_id::memdb.tenant")
    with pytest.raises(QueryDefinitionError, match="comes from the executor"):

        @query
        async def get(on: Executor, *, org_id: UUID) -> int: ...


def test_positional_parameters_are_refused(sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid")
    with pytest.raises(QueryDefinitionError, match="keyword-only"):

        @query
        async def get(on: Executor, id: UUID) -> int: ...


def test_the_first_parameter_is_an_executor(sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid")
    with pytest.raises(QueryDefinitionError, match="annotated with an executor"):

        @query
        async def get(id: UUID) -> int: ...


def test_a_call_names_what_is_wrong_with_its_arguments(sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid")

    @query
    async def get(on: Executor, *, id: UUID) -> int: ...

    executor: Any = None
    with pytest.raises(TypeError, match=r"unit.get\(\): missing or unexpected keyword arguments: id, key"):
        get.bind(executor, {"key": 1})
    with pytest.raises(TypeError, match="takes an executor, and everything else by keyword"):
        get()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("annotation", "cardinality"),
    [
        (int, Cardinality.ONE),
        (Inner, Cardinality.ONE),
        (Inner | None, Cardinality.MAYBE),
        (list[Inner], Cardinality.MANY),
        (AsyncIterator[Inner], Cardinality.STREAM),
        (type(None), Cardinality.NOTHING),
    ],
)
def test_the_return_annotation_is_the_cardinality(annotation: Any, cardinality: Cardinality) -> None:
    assert query_module._returned(annotation)[0] is cardinality


def test_a_struct_within_a_struct_takes_its_columns_in_place() -> None:
    shape = shape_of(Outer)
    assert [column.path for column in shape.columns] == ["first", "inner.a", "inner.b", "last"]
    assert shape.decode((1, 2, 3, None)) == Outer(1, Inner(2, 3), None)


def test_a_scalar_is_the_first_column() -> None:
    assert shape_of(int).decode((7,)) == 7
