"""What a package's decorator refuses, what tools see of its functions, and how rows become Structs."""

from __future__ import annotations

import inspect
import pydoc
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, TypedDict
from unittest.mock import create_autospec
from uuid import UUID

import msgspec
import pytest

from memdb.engine.cardinality import Cardinality, returned
from memdb.engine.clearing import Clear
from memdb.engine.executor import Executor
from memdb.engine.own import query
from memdb.engine.package import PACKAGES, Package
from memdb.engine.rows import shape_of
from memdb.errors import QueryDefinitionError

SqlFile: TypeAlias = Callable[[str, str], None]


class Inner(msgspec.Struct):
    a: int
    b: int


class Outer(msgspec.Struct):
    first: int
    inner: Inner
    last: int | None


@pytest.fixture
def queries(tmp_path: Path) -> Iterator[Package]:
    """A package of which this module is an area; its files are below the test's folder."""
    yield Package("tests.unit", home=tmp_path)
    del PACKAGES["tests.unit"]


@pytest.fixture
def sql_file(tmp_path: Path) -> SqlFile:
    folder = tmp_path / "sql" / "test_query"
    folder.mkdir(parents=True)

    def write(name: str, text: str) -> None:
        (folder / f"{name}.sql").write_text(text)

    return write


def test_the_path_is_the_name(queries: Package, sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid, :org_id::memdb.tenant, :id")

    @queries
    async def get(on: Executor, *, id: UUID) -> int | None:
        """One."""
        ...

    assert get.query.name == "test_query.get"
    assert get.query.statement == "/* tests.unit test_query.get */ SELECT $1::uuid, $2::memdb.tenant, $1"
    assert get.query.parameters == ("id", "org_id")
    assert get.query.cardinality is Cardinality.MAYBE
    assert get.__doc__ == "One."


def test_a_query_function_is_a_function_to_every_tool(queries: Package, sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid")
    sql_file("scan", "SELECT 1")

    @queries
    async def get(on: Executor, *, id: UUID, least: int = 3) -> int: ...

    @queries
    def scan(on: Executor) -> AsyncIterator[int]: ...

    assert inspect.isfunction(get)
    assert inspect.iscoroutinefunction(get)
    assert inspect.isasyncgenfunction(scan)
    assert str(inspect.signature(get)) == "(on: 'Executor', *, id: 'UUID', least: 'int' = 3) -> 'int'"
    assert "get(on: 'Executor', *, id: 'UUID'" in pydoc.plain(pydoc.render_doc(get))


async def test_a_query_function_can_be_mocked(queries: Package, sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid")

    @queries
    async def get(on: Executor, *, id: UUID) -> int: ...

    mocked = create_autospec(get, return_value=7)
    assert await mocked(None, id=1) == 7
    with pytest.raises(TypeError, match="missing a required"):
        await mocked(None)
    with pytest.raises(TypeError, match="unexpected keyword argument 'key'"):
        await mocked(None, id=1, key=2)


def test_a_file_is_read_at_the_first_use(queries: Package, sql_file: SqlFile) -> None:
    @queries
    async def late(on: Executor) -> int: ...

    sql_file("late", "SELECT 1")
    assert late.query.parameters == ()


def test_a_missing_file_is_refused(queries: Package) -> None:
    @queries
    async def missing(on: Executor) -> int: ...

    with pytest.raises(QueryDefinitionError, match=r"sql/test_query/missing\.sql of the package tests\.unit is missing or empty"):
        queries.load_all()


def test_a_file_without_a_function_is_refused(queries: Package, sql_file: SqlFile) -> None:
    sql_file("stray", "SELECT 1")
    with pytest.raises(QueryDefinitionError, match=r"tests\.unit: no function for sql/test_query/stray\.sql"):
        queries.load_all()


def test_a_folder_without_a_module_is_refused(queries: Package, tmp_path: Path) -> None:
    (tmp_path / "sql" / "nowhere").mkdir(parents=True)
    with pytest.raises(QueryDefinitionError, match=r"no module tests\.unit\.nowhere for the folder sql/nowhere"):
        queries.load_all()


def test_a_second_package_of_one_name_is_refused(queries: Package) -> None:
    with pytest.raises(QueryDefinitionError, match=r"the package tests\.unit is declared already"):
        Package("tests.unit")


def test_a_function_of_another_package_is_refused() -> None:
    with pytest.raises(QueryDefinitionError, match=r"test_query\.get is not below the package memdb: declare its own"):

        @query
        async def get(on: Executor) -> int: ...


def test_two_functions_of_one_name_are_refused(queries: Package) -> None:
    async def get(on: Executor) -> int: ...

    async def other(on: Executor) -> int: ...

    other.__name__, other.__module__ = "get", "tests.unit.test_query.inner"
    queries(get)
    with pytest.raises(QueryDefinitionError, match=r"both tests\.unit\.test_query and .*inner define test_query\.get"):
        queries(other)


def test_different_parameters_are_refused(queries: Package, sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid, :limit::int")

    @queries
    async def get(on: Executor, *, id: UUID, offset: int) -> int: ...

    with pytest.raises(QueryDefinitionError, match="differ in: limit, offset"):
        get.query.load()


def test_the_tenant_is_never_a_parameter(queries: Package, sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :org_id::memdb.tenant")

    @queries
    async def get(on: Executor, *, org_id: UUID) -> int: ...

    with pytest.raises(QueryDefinitionError, match="is never given by a caller"):
        get.query.load()


def test_what_may_be_cleared_is_asked_for(queries: Package, sql_file: SqlFile) -> None:
    kept = "SELECT coalesce(:title::text, {})"
    sql_file("forgets", kept.format("'stored'"))
    sql_file("asks", kept.format("CASE WHEN 'title' <> ALL (:cleared::text[]) THEN 'stored' END"))
    sql_file("misspells", kept.format("CASE WHEN 'tilte' <> ALL (:cleared::text[]) THEN 'stored' END"))

    @queries
    async def forgets(on: Executor, *, title: str | Clear | None) -> str | None: ...

    @queries
    async def misspells(on: Executor, *, title: str | Clear | None) -> str | None: ...

    for wrong in (forgets, misspells):
        with pytest.raises(QueryDefinitionError, match="title may be CLEAR, so the statement must ask for 'title' in :cleared"):
            wrong.query.load()

    @queries
    async def asks(on: Executor, *, title: str | None) -> str | None: ...

    with pytest.raises(QueryDefinitionError, match="asks for :cleared, but no parameter may be CLEAR"):
        asks.query.load()


def test_positional_parameters_are_refused(queries: Package, sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid")

    @queries
    async def get(on: Executor, id: UUID) -> int: ...

    with pytest.raises(QueryDefinitionError, match="keyword-only"):
        get.query.load()


def test_the_first_parameter_is_an_executor(queries: Package, sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid")

    @queries
    async def get(id: UUID) -> int: ...

    with pytest.raises(QueryDefinitionError, match="annotated with an executor"):
        get.query.load()


def test_a_stream_is_a_plain_function(queries: Package, sql_file: SqlFile) -> None:
    sql_file("scan", "SELECT 1")

    @queries
    async def scan(on: Executor) -> AsyncIterator[int]: ...

    with pytest.raises(QueryDefinitionError, match="must be a plain def if it returns an AsyncIterator"):
        scan.query.load()


def test_a_call_names_what_is_wrong_with_its_arguments(queries: Package, sql_file: SqlFile) -> None:
    sql_file("get", "SELECT :id::uuid")

    @queries
    async def get(on: Executor, *, id: UUID) -> int: ...

    executor: Any = None
    with pytest.raises(TypeError, match=r"test_query.get\(\): missing .*: id; unexpected .*: key \(it has id\)"):
        get.query.bind(executor, {"key": 1})
    with pytest.raises(TypeError, match=r"get\(\) missing 1 required positional argument: 'on'"):
        get()  # type: ignore[call-arg]


class Colour(Enum):
    RED = "red"


class ByName(msgspec.Struct, kw_only=True):
    a: int


class Painted(msgspec.Struct):
    a: int
    colour: Colour | None


class Mixed(msgspec.Struct):
    a: int
    marks: set[str]


@dataclass
class Plain:
    a: int


class Tupled(NamedTuple):
    a: int


class Keyed(TypedDict):
    a: int


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        (ByName, "ByName: .* must not be kw_only: a"),
        (Painted, "Painted.colour must be a str or a Literal, not the Enum Colour"),
        (list[Painted], "Painted.colour must be"),
        (list[Colour], "the result must be a str or a Literal, not the Enum Colour"),
        (Mixed, "Mixed.marks must be a list, not a set"),
        (Plain, "the result must be a msgspec.Struct or of a column's type, not Plain"),
        (list[Tupled], "not Tupled"),
        (Keyed | None, "not Keyed"),
    ],
)
def test_what_no_row_is_made_into_is_refused(queries: Package, sql_file: SqlFile, annotation: Any, told: str) -> None:
    sql_file("get", "SELECT 1 AS a")

    async def get(on: Executor) -> Any: ...

    get.__annotations__["return"] = annotation
    with pytest.raises(QueryDefinitionError, match=told):
        queries(get).query.load()


@pytest.mark.parametrize("annotation", ["Absent", "list[Absent] | None", "msgspec.Absent", "uuid"])
def test_an_annotation_that_is_for_type_checkers_alone_is_told(queries: Package, sql_file: SqlFile, annotation: str) -> None:
    sql_file("get", "SELECT :id::uuid")

    async def get(on: Executor, *, id: Any) -> int: ...

    get.__annotations__["id"] = annotation
    with pytest.raises(QueryDefinitionError, match=r"test_query\..*get: the annotation of id, "):
        queries(get).query.load()


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
    assert returned(annotation)[0] is cardinality


def test_a_struct_within_a_struct_takes_its_columns_in_place() -> None:
    shape = shape_of(Outer)
    assert [column.path for column in shape.columns] == ["first", "inner.a", "inner.b", "last"]
    assert shape.decode((1, 2, 3, None)) == Outer(1, Inner(2, 3), None)


def test_a_scalar_is_the_first_column() -> None:
    assert shape_of(int).decode((7,)) == 7
