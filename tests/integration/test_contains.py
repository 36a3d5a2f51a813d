"""A part of the content as a filter: of pages, counts, clears and searches."""

from __future__ import annotations

from typing import Any

import pytest

from memdb import memories
from memdb.agents import Agent
from memdb.engine.database import Tenant
from memdb.errors import InvalidInput
from memdb.memories import NewMemory, Ranking
from tests.conftest import Home, vector

CONTENTS = {
    "percent": "Growth was 100% in 2025",
    "underscore": "snake_case in C:\\temp",
    "accents": "ŽOFIE má ráda ČAJ",
    "sharp": "STRASSE and Straße",
    "composed": "cafe\u0301 au lait",
    "hidden": "data\u00adbase",
    "plain": "Ada likes tea",
}


@pytest.fixture
async def stored(tenant: Tenant, agent: Agent) -> dict[str, Any]:
    items = [NewMemory(content=content, embedding=vector(1)) for content in CONTENTS.values()]
    return dict(zip(CONTENTS, await memories.add_many(tenant, agent_id=agent.id, items=items), strict=True))


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("%", ["percent"]),
        ("_", ["underscore"]),
        ("\\", ["underscore"]),
        ("0%", ["percent"]),
        ("e_c", ["underscore"]),
        ("ofie", ["accents"]),
        ("má RÁDA čaj", ["accents"]),
        ("ma rada", []),
        ("traße", ["sharp"]),
        ("CAFÉ", ["composed"]),
        ("Database", ["hidden"]),
        ("IKES T", ["plain"]),
        ("likes  tea", []),
        (" ", ["percent", "underscore", "accents", "sharp", "composed", "plain"]),
        ("'; --", []),
    ],
)
async def test_a_part_is_taken_as_it_is(tenant: Tenant, agent: Agent, stored: dict[str, Any], part: str, found: list[str]) -> None:
    expected = [stored[name] for name in reversed(CONTENTS) if name in found]
    assert await memories.page(tenant, agent_id=agent.id, contains=part) == expected
    assert await memories.page(tenant, contains=part) == expected
    assert await memories.count(tenant, contains=part) == len(found)
    hits = await memories.search(tenant, agent_id=agent.id, embedding=vector(1), contains=part)
    assert {hit.memory.id for hit in hits} == {memory.id for memory in expected}


async def test_it_filters_before_the_limit(home: Home) -> None:
    tenant, agent = home
    items = [NewMemory(content=f"note {n} of tea" + "!" * (n == 3), embedding=vector(n + 1)) for n in range(40)]
    wanted = (await memories.add_many(tenant, agent_id=agent.id, items=items))[3]
    assert await memories.page(tenant, agent_id=agent.id, contains="tea!", limit=1) == [wanted]
    for given in ({"embedding": vector(30)}, {"text": "tea"}, {"text": "tea", "embedding": vector(30)}):
        for ranking in (Ranking(), Ranking(recency_weight=0.5)):
            (hit,) = await memories.search(tenant, agent_id=agent.id, contains="TEA!", limit=1, ranking=ranking, **given)  # type: ignore[arg-type]
            assert hit.memory == wanted
    assert await memories.clear(tenant, contains="tea!") == 1
    assert await memories.count(tenant) == 39


@pytest.mark.parametrize("part", ["", "x" * 8193, "\0", 5])
async def test_what_is_no_part(tenant: Tenant, agent: Agent, part: Any) -> None:
    for call in (memories.page(tenant, contains=part), memories.search(tenant, agent_id=agent.id, text="x", contains=part)):
        with pytest.raises(InvalidInput, match="contains"):
            await call
