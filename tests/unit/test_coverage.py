"""docs/coverage.md names what there is, and all of it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import memdb
from memdb import (
    archives,
    attributes,
    audit,
    backup,
    checkpoints,
    clusters,
    directives,
    edges,
    entities,
    escalations,
    events,
    facts,
    indexes,
    insights,
    intentions,
    memories,
    messages,
    observations,
    organizations,
    profiles,
    prompts,
    relations,
    retention,
    roles,
    session_events,
    sessions,
    spaces,
    spending,
    summaries,
    threads,
    tokens,
    triples,
    upkeep,
    users,
)

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "coverage.md").read_text()
AREAS = (
    memdb.agents,
    attributes,
    archives,
    audit,
    backup,
    checkpoints,
    clusters,
    directives,
    edges,
    entities,
    escalations,
    facts,
    events,
    indexes,
    insights,
    intentions,
    memories,
    messages,
    observations,
    organizations,
    profiles,
    prompts,
    relations,
    retention,
    roles,
    session_events,
    sessions,
    spaces,
    spending,
    summaries,
    threads,
    tokens,
    triples,
    upkeep,
    users,
)
_NOT_FOR_CALLERS = "Part of "


def _public() -> set[str]:
    """The functions that a service calls: those of the areas, less the statements that other functions choose from."""
    found = set()
    for area in AREAS:
        for name, value in vars(area).items():
            is_async = inspect.iscoroutinefunction(value) or inspect.isasyncgenfunction(value)
            is_function = is_async and value.__module__.startswith(area.__name__)
            if is_function and not name.startswith("_"):
                doc = value.__doc__ or ""
                if not doc.startswith(_NOT_FOR_CALLERS):
                    found.add(f"{area.__name__.rpartition('.')[2]}.{name}")
    return found


def test_every_function_named_exists_and_every_public_one_is_named() -> None:
    named = {name for name in re.findall(r"`(\w+\.\w+)`", TEXT) if not name.endswith(".py") and name[0].islower()}
    assert named == _public()


def test_every_test_named_exists() -> None:
    for file, name in re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT):
        source = (ROOT / "tests" / "integration" / file).read_text()
        assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), f"{file}::{name}"
