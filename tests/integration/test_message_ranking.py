"""How messages are ranked, against a model of it in Python: words that count around where they are, the centre, who says what."""

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
from memdb.messages import MessageHit, NewMessage, Ranking
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
    half = {turn: 0.9 * (1 - ranking.bm25_b + ranking.bm25_b * length / average) for turn, length in lengths.items()}
    frequencies = {
        word: {turn: sum(1 / n**2 for n in range(1, count + 1)) for turn in every if (count := Counter(turn.split())[word])}
        for word in {*question.split()}
    }
    idf = {word: math.log(1 + (len(every) - len(having) + 0.5) / (len(having) + 0.5)) for word, having in frequencies.items()}
    own: dict[str, float] = {}
    for word, having in frequencies.items():
        for turn, found in having.items():
            own[turn] = own.get(turn, 0) + idf[word] * 1.9 * found / (found + half[turn])
    lent: dict[tuple[str, str], float] = {}
    for best in sorted(own, key=lambda turn: (round(own[turn], 6), every.index(turn)), reverse=True)[:10]:
        turns = next(turns for turns in scope if best in turns)
        middles = [sum(lengths[each] for each in turns[: n + 1]) - lengths[turn] / 2 for n, turn in enumerate(turns)]
        place = turns.index(best)
        for n in range(max(place - 4, 0), min(place + 5, len(turns))):
            away = abs(middles[n] - middles[place])
            share = ranking.context_share * (0.7 if n < place else 1) * math.exp(-away / 40)
            for word, having in frequencies.items():
                if best in having and n != place and away < 80 and len(having) <= max(len(every) / 4, 3):
                    lent[turns[n], word] = lent.get((turns[n], word), 0) + share * having[best]
    joint = dict(own)
    for (turn, word), more in lent.items():
        mine = frequencies[word].get(turn, 0.0)
        gain = (mine + more) / (mine + more + half[turn]) - mine / (mine + half[turn])
        joint[turn] = joint.get(turn, 0) + idf[word] * 1.9 * gain
    return {turn: (own.get(turn, 0.0), score) for turn, score in joint.items() if ranking.context_share or turn in own}


@pytest.mark.parametrize(
    "ranking", [Ranking(), Ranking(named_weight=1e-9), Ranking(context_share=0.4, length_weight=0.15), Ranking(bm25_b=1, context_share=0)]
)
async def test_words_count_around_where_they_are(tenant: Tenant, agent: Agent, ranking: Ranking) -> None:
    random = np.random.default_rng(3)
    scope = [
        [f"x{number}y{turn} ada " + " ".join(random.choice(VOCABULARY, size=random.integers(1, 25))) for turn in range(9)]
        for number in range(5)
    ]
    for turns in scope:
        await _said(tenant, agent, turns)
    for question in ("oak ada", "tin gold nowhere", "x0y0 x3y8 nowhere"):
        hits = await messages.search(tenant, text=question, agent_id=agent.id, ranking=ranking, limit=1000)
        expected = _texts(scope, question, ranking)
        most = max(alone for alone, _ in expected.values())
        assert {hit.message.text for hit in hits} == expected.keys()
        for hit in hits:
            alone, together = expected[hit.message.text]
            assert hit.text_score == pytest.approx(together, rel=1e-5)
            assert (hit.text, hit.context) == pytest.approx((alone / most, (together - alone) / most), abs=1e-5)
            assert hit.length == pytest.approx(ranking.length_weight * math.log(len({*hit.message.text.split()}) + 3))
            assert hit.score == pytest.approx(_sum(hit))
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def _sum(hit: MessageHit) -> float:
    return hit.vector + hit.text + hit.context + hit.length + hit.first_person + hit.question + hit.answer + hit.named


@pytest.mark.parametrize("ranking", [Ranking(), Ranking(length_weight=1e-9)])
async def test_common_words_find_nothing_beside_rarer_ones(tenant: Tenant, agent: Agent, ranking: Ranking) -> None:
    """But where there is no embedding, or no other word of the question; and what a rarer one finds they count for."""
    turns = [f"x{n} " + "ada " * (n % 2) + "oak" * (n % 7 == 1) for n in range(60)]
    for part in (turns[:40], turns[40:]):
        await _said(tenant, agent, part, embedding=vector(1))
    loose = await _said(tenant, agent, ["loose ada"])
    nearby = replace(ranking, context_share=0)

    async def worded(text: str, embedding: Any = None, **scope: Any) -> set[str]:
        hits = await messages.search(tenant, text=text, embedding=embedding, ranking=nearby, limit=100, **(scope or {"agent_id": agent.id}))
        return {hit.message.text.split()[0] for hit in hits if hit.text}

    odd, oaks = {f"x{n}" for n in range(1, 60, 2)} | {"loose"}, {f"x{n}" for n in range(60) if n % 7 == 1}
    assert await worded("ada oak", vector(2)) == oaks | {"loose"}
    assert await worded("ada oak") == odd | oaks
    assert await worded("ada", vector(2)) == odd
    assert await worded("ada oak", vector(2), session_id=loose.id) == {"loose"}
    hits = await messages.search(tenant, agent_id=agent.id, text="ada oak", embedding=vector(2), ranking=nearby, limit=100)
    assert {hit.message.text.split()[0] for hit in hits if hit.text == 1} == {f"x{n}" for n in range(60) if n % 14 == 1}


async def test_what_is_left_out_lends_no_words(tenant: Tenant, agent: Agent) -> None:
    session = await _said(tenant, agent, ["the key is under the mat", "who told you"])
    await messages.append(tenant, session_id=session.id, role="assistant", content="nobody", sent_at=DAY)
    await _said(tenant, agent, ["elsewhere"])

    async def found(**filters: Any) -> set[str]:
        return {hit.message.text for hit in await messages.search(tenant, text="key", **filters)}

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


async def test_who_asks_who_answers_and_who_is_named(tenant: Tenant, agent: Agent) -> None:
    session = (await sessions.start(tenant, agent_id=agent.id)).session
    said = [("Kate", "Where have you been?"), ("John", "I was away"), (None, "Kate: my cat?"), ("Katharina", "x" * 40_000 + "?")]
    said.append(("kate lee", "no"))
    items = [NewMessage(role="user", name=name, content=text, embedding=vector(1)) for name, text in said]
    await messages.append_many(tenant, session_id=session.id, items=items)
    await _said(tenant, agent, ["elsewhere: a?"])
    ranking = Ranking(first_person_weight=0.1, question_weight=0.2, answer_weight=0.3, named_weight=0.4)
    hits = await messages.search(tenant, text="is kate's house of (stone", embedding=vector(1), ranking=ranking, agent_id=agent.id)
    found = {hit.message.position: (hit.first_person, hit.question, hit.answer, hit.named) for hit in hits}
    assert found == {
        1: (0, -0.2, 0, 0.4),
        2: (0.1, 0, 0.3, 0),
        3: (0.1, -0.2, 0, 0),
        4: (0, 0, 0.3, 0),
        5: (0, 0, 0, 0.4),
    }
    assert all(hit.score == pytest.approx(_sum(hit)) for hit in hits)


async def test_a_ranking_without_weights_is_the_default(tenant: Tenant, agent: Agent) -> None:
    random = np.random.default_rng(5)
    for number in range(4):
        turns = [f"x{number}y{turn} ada " + " ".join(random.choice(VOCABULARY, size=5)) for turn in range(20)]
        await _said(tenant, agent, turns, embedding=vector(number))
    asked: dict[str, Any] = {"text": "oak fir ada", "embedding": vector(1) + 0.5 * vector(2), "limit": 100}
    plain = await messages.search(tenant, **asked)
    ranked = await messages.search(tenant, **asked, ranking=Ranking(named_weight=1))
    assert len(plain) == 80
    assert [hit.message for hit in plain] == [hit.message for hit in ranked]
    for part in ("score", "text_score", "text", "context", "vector", "similarity"):
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
