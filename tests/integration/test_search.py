"""Search: exact over the agent's scope, by vector, by text and by both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from memdb import agents, memories, users
from memdb.agents import Agent
from memdb.engine.database import Tenant
from memdb.errors import InvalidInput
from memdb.memories import Hit, NewMemory, Ranking
from tests.conftest import DIMENSION, Home, vector

TEXTS = ["green tea from Japan", "black tea with milk", "strong coffee at work", "a boiler with error E-117", "walks in the old forest"]


@pytest.fixture
async def stored(tenant: Tenant, agent: Agent) -> list[memories.Memory]:
    items = [NewMemory(content=text, embedding=vector(n)) for n, text in enumerate(TEXTS)]
    return await memories.add_many(tenant, agent_id=agent.id, items=items)


def _contents(hits: list[Hit]) -> list[str]:
    return [hit.memory.content for hit in hits]


@pytest.mark.usefixtures("stored")
async def test_by_vector_is_exact(tenant: Tenant, agent: Agent) -> None:
    asked = vector(99)
    hits = await memories.search(tenant, agent_id=agent.id, embedding=asked, limit=3)
    similarities = np.array([vector(n) @ asked for n in range(len(TEXTS))])
    expected = np.argsort(-similarities)[:3]
    assert _contents(hits) == [TEXTS[n] for n in expected]
    assert [hit.similarity for hit in hits] == pytest.approx(similarities[expected], abs=1e-3)
    assert all(hit.score == hit.similarity and hit.text_score is None for hit in hits)


@pytest.mark.usefixtures("stored")
async def test_by_text_ranks_by_bm25(tenant: Tenant, agent: Agent) -> None:
    hits = await memories.search(tenant, agent_id=agent.id, text="Which teas are green?")
    assert _contents(hits) == ["green tea from Japan", "black tea with milk"]
    # k1 = 0.9, b = 0.4; 5 memories of 3 distinct words on average ("a", "with", "from", "at", "in", "the" are stop words).
    lengths = np.array([3, 3, 3, 3, 3])
    average = lengths.mean()

    def bm25(documents: int, length: int) -> float:
        idf = np.log(1 + (5 - documents + 0.5) / (documents + 0.5))
        return float(idf * 1.9 / (1 + 0.9 * (1 - 0.4 + 0.4 * length / average)))

    assert hits[0].text_score == pytest.approx(bm25(2, 3) + bm25(1, 3), rel=0.05)
    assert hits[1].text_score == pytest.approx(bm25(2, 3), rel=0.05)
    assert [hit.score for hit in hits] == pytest.approx([1, hits[1].text_score / hits[0].text_score])  # type: ignore[operator]
    assert all(hit.score == hit.parts.text and hit.similarity is None for hit in hits)


@pytest.mark.usefixtures("stored")
async def test_by_both_is_the_weighted_sum_of_the_scaled_parts(tenant: Tenant, agent: Agent) -> None:
    asked = vector(4) + vector(2)
    weights = Ranking(vector_weight=0.5, text_weight=2)
    hits = await memories.search(tenant, agent_id=agent.id, text="error E-117", embedding=asked, ranking=weights)
    assert len(hits) == len(TEXTS)
    similarities = np.array([hit.similarity for hit in hits], dtype=float)
    texts = np.array([hit.text_score or 0.0 for hit in hits])
    scaled = (similarities - similarities.min()) / (similarities.max() - similarities.min())
    assert [hit.score for hit in hits] == pytest.approx(0.5 * scaled + 2 * texts / texts.max())
    assert hits[0].memory.content == TEXTS[3]
    assert [hit.score for hit in hits] == sorted([hit.score for hit in hits], reverse=True)


async def test_a_memory_is_in_the_running_by_either(tenant: Tenant, agent: Agent) -> None:
    await memories.add(tenant, agent_id=agent.id, content="words only")
    await memories.add(tenant, agent_id=agent.id, content="neither")
    await memories.add(tenant, agent_id=agent.id, content="meaning", embedding=vector(1))
    hits = await memories.search(tenant, agent_id=agent.id, text="word", embedding=vector(1))
    assert sorted(_contents(hits)) == ["meaning", "words only"]
    # One similarity in the whole scope has no spread to be scaled by: it counts fully, as the best text does.
    assert [hit.score for hit in hits] == [1.0, 1.0]


async def test_ties_are_newest_first(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content=f"tie {n}", embedding=vector(1)) for n in range(10)]
    added = await memories.add_many(tenant, agent_id=agent.id, items=items)
    newest = [memory.id for memory in reversed(added)]
    for asked in ({"embedding": vector(1)}, {"text": "tie"}, {"embedding": vector(1), "text": "tie"}):
        hits = await memories.search(tenant, agent_id=agent.id, limit=10, **asked)  # type: ignore[arg-type]
        assert [hit.memory.id for hit in hits] == newest


async def test_only_active_memories_of_the_scope_are_found(tenant: Tenant, agent: Agent, rival: Home) -> None:
    user = await users.create(tenant, email="ada@example.com")
    other = await agents.create(tenant, slug="other", name="Other")
    session = user.id
    kept = await memories.add(
        tenant,
        agent_id=agent.id,
        content="tea one",
        embedding=vector(1),
        user_id=user.id,
        session_id=session,
        tags=["t"],
        category="preference",
    )
    archived = await memories.add(tenant, agent_id=agent.id, content="tea two", embedding=vector(1))
    await memories.update(tenant, id=archived.id, status="archived")
    deleted = await memories.add(tenant, agent_id=agent.id, content="tea three", embedding=vector(1))
    await memories.delete(tenant, id=deleted.id)
    plain = await memories.add(tenant, agent_id=agent.id, content="tea four", embedding=vector(1))
    await memories.add(tenant, agent_id=other.id, content="tea five", embedding=vector(1))
    await memories.add(rival.tenant, agent_id=rival.agent.id, content="tea six", embedding=vector(1))
    filters: list[dict[str, Any]] = [
        {"user_id": user.id},
        {"session_id": session},
        {"tags": ["t"]},
        {"category": "preference"},
        {"until": plain.created_at},
    ]
    for asked in ({"embedding": vector(1)}, {"text": "tea"}, {"embedding": vector(1), "text": "tea"}):
        hits = await memories.search(tenant, agent_id=agent.id, **asked)  # type: ignore[arg-type]
        assert [hit.memory.id for hit in hits] == [plain.id, kept.id]
        for chosen in filters:
            hits = await memories.search(tenant, agent_id=agent.id, **asked, **chosen)
            assert [hit.memory.id for hit in hits] == [kept.id], chosen
        assert await memories.search(tenant, agent_id=agent.id, since=plain.created_at, tags=["t"], **asked) == []  # type: ignore[arg-type]
        assert await memories.search(rival.tenant, agent_id=agent.id, **asked) == []  # type: ignore[arg-type]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("text", ["", "   ", "the of and", "?!", "%", "_", "'", "\\", "a & !b | (c", "<->", '"', ":*", "$$", "zzz" * 1000])
async def test_odd_texts_are_just_texts(tenant: Tenant, agent: Agent, text: str) -> None:
    assert await memories.search(tenant, agent_id=agent.id, text=text) == []
    by_both = await memories.search(tenant, agent_id=agent.id, text=text, embedding=vector(3))
    by_vector = await memories.search(tenant, agent_id=agent.id, embedding=vector(3))
    assert _contents(by_both) == _contents(by_vector)


async def test_words_with_quotes_and_backslashes_are_found(tenant: Tenant, agent: Agent) -> None:
    content = r"O'Brien keeps C:\temp\notes and http://example.com/a?b=c"
    await memories.add(tenant, agent_id=agent.id, content=content)
    for text in ("o'brien", r"C:\temp\notes", "http://example.com/a?b=c"):
        assert _contents(await memories.search(tenant, agent_id=agent.id, text=text)) == [content]


async def test_a_long_question_is_served(tenant: Tenant, agent: Agent) -> None:
    await memories.add(tenant, agent_id=agent.id, content="needle", embedding=vector(1))
    text = "needle " + " ".join(f"word{n}" for n in range(9000))
    assert len(await memories.search(tenant, agent_id=agent.id, text=text)) == 1
    with pytest.raises(InvalidInput, match="text must have 0 to 100000 characters"):
        await memories.search(tenant, agent_id=agent.id, text="x" * 100_001)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "text or embedding must be given"),
        ({"embedding": [0.0] * DIMENSION}, "embedding must not be the zero vector"),
        ({"embedding": [1.0]}, "embedding must have 384 dimensions"),
        ({"text": "a\0"}, "text must not contain NUL"),
        ({"text": "a", "embedding": vector(1), "ranking": Ranking(text_weight=-1)}, "text_weight must be between 0"),
        ({"text": "a", "embedding": vector(1), "ranking": Ranking(vector_weight=float("inf"))}, "vector_weight must be between 0"),
    ],
)
async def test_what_cannot_be_searched_is_refused(tenant: Tenant, agent: Agent, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await memories.search(tenant, agent_id=agent.id, **asked)
    assert str(caught.value).startswith(message)


async def test_a_stored_zero_vector_harms_nobody(tenant: Tenant, agent: Agent) -> None:
    await memories.add(tenant, agent_id=agent.id, content="zero", embedding=[0.0] * DIMENSION)
    await memories.add(tenant, agent_id=agent.id, content="one", embedding=vector(1))
    assert _contents(await memories.search(tenant, agent_id=agent.id, embedding=vector(1))) == ["one"]
    (first, second) = await memories.search(tenant, agent_id=agent.id, embedding=vector(1), text="zero")
    assert {first.memory.content, second.memory.content} == {"zero", "one"}
    assert first.score == second.score == 1.0


async def test_an_empty_tenant_finds_nothing(tenant: Tenant, agent: Agent) -> None:
    assert await memories.search(tenant, agent_id=agent.id, embedding=vector(1), text="x") == []
