"""One word for one thing: every public function and parameter has a name of CONTRIBUTING's tables, or of a field."""

from __future__ import annotations

import inspect
import re
from fnmatch import fnmatchcase
from pathlib import Path
from types import FunctionType, ModuleType
from typing import NamedTuple

import msgspec
import pytest

import memdb

CONTRIBUTING = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text()
NAMES = CONTRIBUTING[CONTRIBUTING.index("## Names") : CONTRIBUTING.index("## How a tenant is entered")]
AREAS = {name: getattr(memdb, name) for name in memdb.__all__ if inspect.ismodule(getattr(memdb, name)) and name != "errors"}
OF_FUNCTIONS, OF_PARAMETERS = NAMES.split("Parameters that are not fields of a row:")
_NAME = re.compile(r"`([\w*]+)`")


class Row(NamedTuple):
    """Names of one meaning, which may have a * for anything, and the areas that have them: None for any."""

    names: tuple[str, ...]
    areas: frozenset[str] | None

    def covers(self, name: str, area: str) -> bool:
        return (self.areas is None or area in self.areas) and any(fnmatchcase(name, each) for each in self.names)


def _rows() -> list[Row]:
    cells = [line.strip("| ").split(" | ") for line in OF_FUNCTIONS.splitlines() if line.startswith("| `")]
    return [Row(tuple(_NAME.findall(names)), None if areas == "any" else frozenset(areas.split())) for names, _, areas in cells]


def _functions(area: ModuleType) -> dict[str, FunctionType]:
    return {name: getattr(area, name) for name in area.__all__ if inspect.isfunction(getattr(area, name))}


def _parameters(function: FunctionType) -> list[str]:
    return [each.name for each in inspect.signature(function).parameters.values() if each.kind is each.KEYWORD_ONLY]


def _fields(area: ModuleType) -> set[str]:
    shown = [getattr(area, name) for name in area.__all__]
    rows = [each for each in shown if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    return {field for row in rows for field in row.__struct_fields__}


ROWS = _rows()
PARAMETERS = [name for names in re.findall(r"^\| (`[^|]+) \|", OF_PARAMETERS, re.MULTILINE) for name in _NAME.findall(names)]


def test_each_name_stands_in_the_tables_once() -> None:
    for names in ([name for row in ROWS for name in row.names], PARAMETERS):
        assert len(names) > 50
        assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", AREAS)
def test_a_function_has_a_known_name_in_its_area(name: str) -> None:
    unknown = [function for function in _functions(AREAS[name]) if not any(row.covers(function, name) for row in ROWS)]
    assert unknown == [], "give it a name that CONTRIBUTING's table has, or the table a row"


@pytest.mark.parametrize("name", AREAS)
def test_a_parameter_is_a_field_or_has_a_known_name(name: str) -> None:
    fields = _fields(AREAS[name])
    unknown = {
        f"{function}({parameter}=)"
        for function, made in _functions(AREAS[name]).items()
        for parameter in _parameters(made)
        if parameter not in fields and not any(fnmatchcase(parameter, known) for known in PARAMETERS)
    }
    assert unknown == set(), "give it a name that CONTRIBUTING's table has, or the table a row"


def test_nothing_in_the_tables_is_left_over() -> None:
    functions = {(name, area) for area, module in AREAS.items() for name in _functions(module)}
    for row in ROWS:
        covered = {(name, area) for name, area in functions if row.covers(name, area)}
        assert row.areas is None or {area for _, area in covered} == row.areas, row
        assert [each for each in row.names if not any(fnmatchcase(name, each) for name, _ in covered)] == []
    asked = {name for module in AREAS.values() for function in _functions(module).values() for name in _parameters(function)}
    assert [each for each in PARAMETERS if not any(fnmatchcase(name, each) for name in asked)] == []


@pytest.mark.parametrize("name", [name for name, area in AREAS.items() if hasattr(area, "page")])
def test_what_has_pages_has_a_count_with_the_same_filters(name: str) -> None:
    functions = _functions(AREAS[name])
    assert "count" in functions
    of_the_page = {"before", "after", "offset", "limit", "order", "refresh"}
    assert set(_parameters(functions["count"])) == set(_parameters(functions["page"])) - of_the_page
    page, count = inspect.signature(functions["page"]).parameters, inspect.signature(functions["count"]).parameters
    assert {each: count[each].default for each in count} == {each: page[each].default for each in page if each in count}
    assert {"before", "after"} & page.keys(), "keyset, in one of the two directions"


@pytest.mark.parametrize("name", AREAS)
def test_many_are_made_as_one_is(name: str) -> None:
    functions = _functions(AREAS[name])
    for each in functions:
        if each.endswith("_many") and each not in {"get_many", "delete_many"}:
            one = each.removesuffix("_many")
            assert one in functions or f"{one}_" in functions, each
            assert "items" in _parameters(functions[each])


def test_no_list_is_walked_by_other_names() -> None:
    wrong = {"offset", "cursor", "page", "skip", "start", "tag", "include_deleted", "all", "is_all", "older_than", "report"}
    # Frameworks' contracts count the items that they leave out.
    known = {("items", "offset")}
    asked = {(area, name) for area, made in AREAS.items() for function in _functions(made).values() for name in _parameters(function)}
    assert {each for each in asked - known if each[1] in wrong} == set()
