"""What an area shows is what a caller may use: its `__all__`, its `dir()`, and docs/coverage.md say the same.

That page also has every name of other systems' documents.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

import memdb
from memdb.engine.own import QUERIES, query
from tests.documented import DOCUMENTED

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "coverage.md").read_text()
AREAS = {name: getattr(memdb, name) for name in memdb.__all__ if inspect.ismodule(getattr(memdb, name)) and name != "errors"}
_NOT_FOR_CALLERS = "Part of "


def _functions(area: ModuleType) -> set[str]:
    return {name for name in area.__all__ if inspect.isfunction(getattr(area, name))}


def test_every_function_named_exists_and_every_public_one_is_named() -> None:
    named = {name for name in re.findall(r"`(\w+\.\w+)`", TEXT) if not name.endswith(".py") and name[0].islower()}
    assert named == {f"{name}.{function}" for name, area in AREAS.items() for function in _functions(area)}


def test_every_test_named_exists() -> None:
    for file, name in re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT):
        source = (ROOT / "tests" / "integration" / file).read_text()
        assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), f"{file}::{name}"


@pytest.mark.parametrize("title", DOCUMENTED)
def test_every_name_of_another_system_s_documents_is_there(title: str) -> None:
    section = re.split(r"^#+ ", TEXT.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    assert set(DOCUMENTED[title].split()) - set(re.findall(r"\w+", section)) == set()


@pytest.mark.parametrize("area", AREAS.values(), ids=AREAS)
def test_an_area_lists_what_it_shows(area: ModuleType) -> None:
    assert area.__all__ == sorted(area.__all__)
    assert dir(area) == area.__all__


@pytest.mark.parametrize("area", AREAS.values(), ids=AREAS)
def test_what_is_part_of_a_function_is_not_shown(area: ModuleType) -> None:
    parts = {name for name, value in vars(area).items() if inspect.isfunction(value) and str(value.__doc__).startswith(_NOT_FOR_CALLERS)}
    assert not parts, "not even beside `__all__`"


def test_every_query_function_is_shown_or_part_of_one_that_is() -> None:
    query.load_all()
    for each in QUERIES.values():
        area = AREAS.get(each.name.partition(".")[0])
        if area is not None:
            is_part = str(each.function.__doc__).startswith(_NOT_FOR_CALLERS)
            assert is_part != (each.function.__name__ in area.__all__), each.name
