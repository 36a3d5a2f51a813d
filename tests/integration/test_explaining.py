"""What is told of a search: its words against a model of them in Python, whose they are, what filters and pages leave of it."""

from __future__ import annotations

import math
import uuid
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from msgspec.structs import replace

from memdb import memories
from memdb.agents import Agent
from memdb.engine.database import Pooled, Tenant
from memdb.memories import ExplainedHit, MatchedWord, NewMemory, Ranking
from tests.conftest import Home, vector

DAY = datetime(2024, 5, 10, tzinfo=UTC)
VOCABULARY = ["oak", "elm", "fir", "ash", "tin", "zinc", "lead", "iron", "silver", "copper", "gold", "birch"]
SAID = ["Kate: John, where did you spend the summer?", "John: I was in Norway, by the fjords", "Kate: How lovely!"]


async def _told(tenant: Tenant, agent: Agent, *sessions: list[str], **fields: Any) -> dict[str, memories.Memory]:
    items = [
        NewMemory(content=content, session_id=uuid.UUID(int=number), observed_at=DAY, **fields)
        for number, turns in enumerate(sessions)
        for content in turns
    ]
    return {memory.content: memory for memory in await memories.add_many(tenant, agent_id=agent.id, items=items)}


def _frequency(text: str, word: str) -> float:
    return sum(1 / n**2 for n in range(1, Counter(text.split())[word] + 1))


def _lent(sessions: list[list[str]], word: str, share: float) -> dict[str, dict[int, float]]:
    """How frequent the word is around each content that it counts for, by how many turns away."""
    every = [turn for turns in sessions for turn in turns]
    spreads = sum(word in turn.split() for turn in every) <= max(len(every) / 4, 3)
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for turns in sessions:
        ends = np.cumsum([len(turn) for turn in turns])
        middles = [int(end) - len(turn) // 2 for end, turn in zip(ends, turns, strict=True)]
        for here, turn in enumerate(turns):
            for there, other in enumerate(turns):
                distance = abs(middles[here] - middles[there])
                if word not in other.split() or (here != there and (not spreads or not share or distance > 500)):
                    continue
                lent = share * (0.7 if middles[here] < middles[there] else 1) * math.exp(-distance / 250) if here != there else 1
                found[turn][there - here] = _frequency(other, word) * lent
    return found


@pytest.mark.parametrize("ranking", [Ranking(context_share=1), Ranking(context_share=0.4, bm25_b=0, text_weight=2), Ranking(bm25_b=1)])
async def test_each_word_has_its_share_of_the_score(tenant: Tenant, agent: Agent, ranking: Ranking) -> None:
    random = np.random.default_rng(5)
    sessions = [
        [f"x{number}y{turn} ada " + " ".join(random.choice(VOCABULARY, size=random.integers(1, 25))) for turn in range(9)]
        for number in range(5)
    ]
    await _told(tenant, agent, *sessions)
    question = "oak, nowhere ADA x0y0?"
    hits = await memories.search(tenant, agent_id=agent.id, text=question, ranking=replace(ranking, recency_weight=1e-9), limit=1000)
    every = [turn for turns in sessions for turn in turns]
    lengths = {turn: len({*turn.split()}) + 3 for turn in every}
    expected: dict[tuple[str, str, int], float] = {}
    for word in ("oak", "ada", "x0y0"):
        lent = _lent(sessions, word, ranking.context_share)
        idf = math.log(1 + (len(every) - len(lent) + 0.5) / (len(lent) + 0.5))
        for turn, by_place in lent.items():
            half = 0.9 * (1 - ranking.bm25_b + ranking.bm25_b * lengths[turn] / (sum(lengths.values()) / len(every)))
            own, together = by_place.get(0, 0.0), sum(by_place.values())
            alone = idf * 1.9 * own / (own + half)
            for away, frequency in by_place.items():
                gained = idf * 1.9 * together / (together + half) - alone
                expected[turn, word, away] = alone if away == 0 else gained * frequency / (together - own)
    most = max(hit.text_score or 0 for hit in hits)
    explained = (await hits.explain(tenant)).hits
    assert [each.hit for each in explained] == [*hits]
    words = {(each.hit.memory.content, word.word.lower(), word.away): word for each in explained for word in each.words}
    assert {"oak", "ADA", "x0y0"} == {word.word for each in explained for word in each.words}
    points = {key: word.points for key, word in words.items()}
    assert points == pytest.approx({key: ranking.text_weight * each / most for key, each in expected.items()}, abs=1e-5)
    for (content, _, away), word in words.items():
        turns = next(turns for turns in sessions if content in turns)
        assert word.excerpt == turns[turns.index(content) + away][:200]
    for each in explained:
        _adds_up(each)


def _adds_up(each: ExplainedHit) -> None:
    own, around = (sum(word.points for word in each.words if (word.away == 0) is itself) for itself in (True, False))
    assert (own, around) == pytest.approx((each.hit.parts.text, each.hit.parts.context), abs=1e-9)
    assert all((word.away == 0) == (word.memory_id == each.hit.memory.id) for word in each.words)
    assert [word.points for word in each.words] == sorted((word.points for word in each.words), reverse=True)


def _from(words: list[MatchedWord]) -> set[tuple[str, int]]:
    return {(word.word, word.away) for word in words}


async def test_filters_and_moments_are_those_of_the_search(tenant: Tenant, agent: Agent) -> None:
    told = await _told(tenant, agent, ["the key is under the mat", "of all things", "in between", "a key"])
    asked: dict[str, Any] = {"agent_id": agent.id, "text": "key", "ranking": Ranking(context_share=1)}
    await memories.update(tenant, id=told["a key"].id, valid_until=DAY + timedelta(days=1))

    async def of(content: str, **filters: Any) -> set[tuple[str, int]]:
        (explained,) = (each for each in (await _explained(tenant, **asked | filters)) if each.hit.memory.content == content)
        _adds_up(explained)
        return _from(explained.words)

    assert await of("in between") == {("key", -2)}
    assert await of("in between", as_of=DAY + timedelta(hours=1)) == {("key", -2), ("key", 1)}
    assert await of("in between", contains="e") == {("key", -1)}
    assert await of("the key is under the mat", text='"under the mat" key -things') == {("key", 0), ("mat", 0)}


async def _explained(tenant: Tenant, **asked: Any) -> list[ExplainedHit]:
    return (await (await memories.search(tenant, **asked)).explain(tenant)).hits


async def test_every_page_and_every_fusion(tenant: Tenant, agent: Agent) -> None:
    await _told(tenant, agent, [f"{number} oak elm" for number in range(3)], ["7 elm fir", "ash"])
    asked: dict[str, Any] = {"agent_id": agent.id, "text": "oak elm", "ranking": Ranking(context_share=1)}
    whole = await _explained(tenant, **asked)
    first = await memories.search(tenant, **asked, limit=2)
    second = await memories.search(tenant, **asked, after=first.next_page)
    assert (await first.explain(tenant)).hits + (await second.explain(tenant)).hits == whole
    asked["ranking"] = Ranking(context_share=1, fusion="rank")
    for each in await _explained(tenant, **asked):
        assert sum(word.points for word in each.words) == pytest.approx(each.hit.parts.text)
    async with tenant.transaction() as tx:
        assert (await first.explain(tx)).hits == whole[:2]


async def test_what_is_gone_and_what_is_anothers_has_no_words(tenant: Tenant, agent: Agent, rival: Home) -> None:
    told = await _told(tenant, agent, ["an oak", "an elm"])
    hits = await memories.search(tenant, agent_id=agent.id, text="oak elm", ranking=Ranking(context_share=1))
    assert [each.words for each in (await hits.explain(rival.tenant)).hits] == [[], []]
    await memories.delete(tenant, id=told["an oak"].id)
    by_content = {each.hit.memory.content: each.words for each in (await hits.explain(tenant)).hits}
    assert by_content["an oak"] == []
    assert _from(by_content["an elm"]) == {("elm", 0)}


async def test_nothing_is_asked_where_no_text_was(tenant: Tenant, agent: Agent) -> None:
    await memories.add(tenant, agent_id=agent.id, content="one", embedding=vector(1))
    hits = await memories.search(tenant, agent_id=agent.id, embedding=vector(1))
    nothing = await memories.search(tenant, agent_id=agent.id, text="nowhere")
    with patch.object(Pooled, "_fetch", side_effect=AssertionError):
        assert [each.words for each in (await hits.explain(tenant)).hits] == [[]]
        assert str(await nothing.explain(tenant)) == "nothing found"
    assert str(await hits.explain(tenant)).splitlines() == ["   score  vector  memory", "1  1.000   1.000  one"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("COVID-19?", {"covid", "19", "covid19 | covid 19", "covid-19"}),
        ("“naïve” Running!", {"naïve", "Running"}),
        ("The Who", {"the who"}),
        ("東京", {"東京"}),
        ("o'neil's, or nobody's", {"o", "neil"}),
    ],
)
async def test_words_are_told_as_they_were_asked(tenant: Tenant, agent: Agent, text: str, words: set[str]) -> None:
    await _told(tenant, agent, ["COVID-19 is no running naive thing, says The Who of 東京 with o'neil"])
    (explained,) = await _explained(tenant, agent_id=agent.id, text=text)
    assert {word.word for word in explained.words} == words


TABLE = """\
   score   text  context  length  first_person  question  answer  named  memory
1  1.569  0.217    0.742   0.360         0.100     0.000   0.050  0.100  John: I was in Norway, by the fjords
2  1.310  0.953    0.047   0.360         0.000    -0.050   0.000  0.000  Kate: John, where did you spend the summer?
3  1.181  0.000    0.912   0.269         0.000     0.000   0.000  0.000  Kate: How lovely!

   points  word    from
1   0.681  summer  1 before: Kate: John, where did you spend the summer?
    0.217  John's  itself
    0.061  John's  1 before: Kate: John, where did you spend the summer?
2   0.736  summer  itself
    0.217  John's  itself
    0.047  John's  1 after: John: I was in Norway, by the fjords
3   0.644  summer  2 before: Kate: John, where did you spend the summer?
    0.144  John's  1 before: John: I was in Norway, by the fjords
    0.124  John's  2 before: Kate: John, where did you spend the summer?"""


async def test_the_table(tenant: Tenant, agent: Agent) -> None:
    await _told(tenant, agent, SAID, ["東京\x1b[31m is\nfar away from John " + "and far " * 20])
    hits = await memories.search(tenant, agent_id=agent.id, text="John's summer", ranking=Ranking.conversation(), limit=3)
    assert str(await hits.explain(tenant)) == TABLE
    shown = str(await (await memories.search(tenant, agent_id=agent.id, text="far")).explain(tenant))
    assert "1  1.000  1.000  東京 [31m is far away from John and far and far" in shown
    assert "\x1b" not in shown


async def test_an_update_is_told_as_it_is_now(tenant: Tenant, agent: Agent) -> None:
    told = await _told(tenant, agent, ["an oak", "an elm"])
    hits = await memories.search(tenant, agent_id=agent.id, text="oak elm", until=datetime.now(UTC) + timedelta(hours=1))
    await memories.update(tenant, id=told["an oak"].id, content="an elm tree")
    assert {word.word for each in (await hits.explain(tenant)).hits for word in each.words} == {"elm"}
