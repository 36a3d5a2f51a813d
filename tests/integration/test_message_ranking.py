"""Messages ranked as a conversation, against a model of it in Python: words that count around where they are, length, the centre."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from memdb import memories, messages, sessions
from memdb.agents import Agent
from memdb.engine.database import Tenant
from memdb.errors import InvalidInput
from memdb.messages import NewMessage, Ranking
from memdb.sessions import Session
from tests.conftest import vector

DAY = datetime(2024, 5, 10, tzinfo=UTC)
VOCABULARY = ["oak", "elm", "fir", "ash", "tin", "zinc", "lead", "iron", "silver", "copper", "gold", "birch"]


async def _said(tenant: Tenant, agent: Agent, turns: list[str], role: Any = "user", **fields: Any) -> Session:
    session = (await sessions.start(tenant, agent_id=agent.id)).session
    items = [NewMessage(role=role, content=turn, sent_at=DAY, **fields) for turn in turns]
    await messages.append_many(tenant, session_id=session.id, items=items)
    return session


def _texts(scope: list[list[str]], question: str, ranking: Ranking) -> dict[str, tuple[float, float]]:
    """BM25 of each content's own words, and with those around it. A length is the number of different words and those of the day."""
    every = [turn for turns in scope for turn in turns]
    lengths = {turn: len({*turn.split()}) + 3 for turn in every}
    average = sum(lengths.values()) / len(every)
    middles = {}
    for turns in scope:
        for number, turn in enumerate(turns):
            middles[turn] = sum(lengths[each] for each in turns[: number + 1]) - lengths[turn] // 2
    scores: dict[str, tuple[float, float]] = {}
    for word in question.split():
        own = {turn: sum(1 / n**2 for n in range(1, count + 1)) for turn in every if (count := Counter(turn.split())[word])}
        joint = dict(own)
        if len(own) <= max(len(every) / 4, 3) and ranking.context_share:
            for turns in scope:
                for here in turns:
                    for there in {*turns} & own.keys() - {here}:
                        away = abs(middles[here] - middles[there])
                        share = ranking.context_share * (0.7 if middles[here] < middles[there] else 1) * math.exp(-away / 40)
                        joint[here] = joint.get(here, 0) + (own[there] * share if away < 80 else 0)
        joint = {turn: frequency for turn, frequency in joint.items() if frequency}
        idf = math.log(1 + (len(every) - len(joint) + 0.5) / (len(joint) + 0.5))
        for turn, frequency in joint.items():
            half = 0.9 * (1 - ranking.bm25_b + ranking.bm25_b * lengths[turn] / average)
            alone, together = scores.get(turn, (0.0, 0.0))
            mine = own.get(turn, 0.0)
            scores[turn] = (alone + idf * mine * 1.9 / (mine + half), together + idf * frequency * 1.9 / (frequency + half))
    return scores


@pytest.mark.parametrize("ranking", [Ranking(context_share=1, length_weight=0.15), Ranking(context_share=0.4, bm25_b=0), Ranking(bm25_b=1)])
async def test_words_count_around_where_they_are(tenant: Tenant, agent: Agent, ranking: Ranking) -> None:
    random = np.random.default_rng(3)
    scope = [
        [f"x{number}y{turn} ada " + " ".join(random.choice(VOCABULARY, size=random.integers(1, 25))) for turn in range(9)]
        for number in range(5)
    ]
    for turns in scope:
        await _said(tenant, agent, turns)
    for question in ("oak ada", "x0y0 x3y8 nowhere"):
        hits = await messages.search(tenant, text=question, agent_id=agent.id, ranking=ranking, limit=1000)
        expected = _texts(scope, question, ranking)
        most = max(together for _, together in expected.values())
        assert {hit.message.text for hit in hits} == expected.keys()
        for hit in hits:
            alone, together = expected[hit.message.text]
            assert hit.text_score == pytest.approx(together, rel=1e-5)
            assert (hit.text, hit.context) == pytest.approx((alone / most, (together - alone) / most), abs=1e-5)
            assert hit.length == pytest.approx(ranking.length_weight * math.log(len({*hit.message.text.split()}) + 3))
            assert hit.score == pytest.approx(hit.vector + hit.text + hit.context + hit.length)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


async def test_what_is_left_out_lends_no_words(tenant: Tenant, agent: Agent) -> None:
    session = await _said(tenant, agent, ["the key is under the mat", "who told you"])
    await messages.append(tenant, session_id=session.id, role="assistant", content="nobody", sent_at=DAY)
    await _said(tenant, agent, ["elsewhere"])

    async def found(**filters: Any) -> set[str]:
        return {hit.message.text for hit in await messages.search(tenant, text="key", ranking=Ranking(context_share=1), **filters)}

    assert await found() == {"the key is under the mat", "who told you", "nobody"}
    assert await found(role="user") == {"the key is under the mat", "who told you"}
    assert await found(role="assistant") == set()
    (first, *_) = await messages.search(tenant, text="key")
    await messages.delete(tenant, id=first.message.id)
    assert await found() == set()


async def test_what_all_embeddings_have_in_common_does_not_count(tenant: Tenant, agent: Agent) -> None:
    common = 2 * vector(500)
    vectors = [common + vector(n) for n in range(60)]
    session = (await sessions.start(tenant, agent_id=agent.id)).session
    items = [NewMessage(role="user", content=f"x{n}", embedding=each, sent_at=DAY) for n, each in enumerate(vectors)]
    await messages.append_many(tenant, session_id=session.id, items=items)
    asked = common + vector(3) + 0.5 * vector(700)
    units = [each / np.linalg.norm(each) for each in vectors]
    for share in (0.5, 1.0):
        toward = asked / np.linalg.norm(asked) - share * np.mean(units, axis=0)
        near = [float(each @ toward / np.linalg.norm(toward)) for each in units]
        hits = await messages.search(tenant, embedding=asked, session_id=session.id, ranking=Ranking(centring=share), limit=100)
        scaled = {f"x{n}": (each - min(near)) / (max(near) - min(near)) for n, each in enumerate(near)}
        assert {hit.message.text: hit.vector for hit in hits} == pytest.approx(scaled, abs=1e-2)
        true = {f"x{n}": float(each @ asked / np.linalg.norm(asked)) for n, each in enumerate(units)}
        assert {hit.message.text: hit.similarity for hit in hits} == pytest.approx(true, abs=2e-3)
    few = await _said(tenant, agent, [f"y{n}" for n in range(49)], embedding=common)
    hits = await messages.search(tenant, embedding=common, session_id=few.id, ranking=Ranking(centring=1))
    assert [hit.similarity for hit in hits] == pytest.approx([1] * 10, abs=1e-3)
    same = await _said(tenant, agent, [f"z{n}" for n in range(60)], embedding=common)
    hits = await messages.search(tenant, embedding=common, session_id=same.id, ranking=Ranking(centring=1))
    assert [(hit.similarity, hit.vector) for hit in hits] == [(pytest.approx(1, abs=1e-3), 1)] * 10


async def test_a_ranking_without_weights_is_the_default(tenant: Tenant, agent: Agent) -> None:
    await _said(tenant, agent, ["oak elm", "oak", "fir oak fir"], embedding=vector(1))
    asked: dict[str, Any] = {"text": "oak fir", "embedding": vector(1) + vector(2)}
    plain = await messages.search(tenant, **asked)
    ranked = await messages.search(tenant, **asked, ranking=Ranking(length_weight=1e-12))
    assert [replace(hit, score=0.0, length=0.0, text_score=None, text=0.0, vector=0.0) for hit in plain] == [
        replace(hit, score=0.0, length=0.0, text_score=None, text=0.0, vector=0.0) for hit in ranked
    ]
    for part in ("score", "text_score", "text", "vector"):
        assert [getattr(hit, part) for hit in ranked] == pytest.approx([getattr(hit, part) for hit in plain], abs=1e-6)


async def test_wrong_parts_are_named(tenant: Tenant) -> None:
    wrong: list[tuple[Any, str]] = [
        (Ranking(context_share=1.1), "context_share must be between 0 and 1"),
        (Ranking(centring=-1), "centring must be between 0 and 1"),
        (Ranking(length_weight=-1), "length_weight must be between 0 and 1000"),
        (memories.Ranking(), "ranking must be a Ranking of memdb.messages, not Ranking"),
    ]
    for ranking, message in wrong:
        with pytest.raises(InvalidInput, match=f"^{message}"):
            await messages.search(tenant, text="x", ranking=ranking)
