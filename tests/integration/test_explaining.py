"""What is told of a search: its words against a model of them in Python, whose they are, what filters and pages leave of it."""

from __future__ import annotations

import math
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, TypeAlias
from unittest.mock import patch

import numpy as np
import pytest

from memdb import memories
from memdb.agents import Agent
from memdb.engine.database import Pooled, Tenant
from memdb.memories import ExplainedHit, MatchedWord, NewMemory, Ranking
from tests.conftest import Home, vector

DAY = datetime(2024, 5, 10, tzinfo=UTC)
VOCABULARY = ["oak", "elm", *(f"w{number}" for number in range(70))]
Key: TypeAlias = tuple[str, str, int]
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


def _points(sessions: list[list[str]], words: list[str], ranking: Ranking, distances: Sequence[float] | None) -> dict[Key, float]:
    """What each word counts for each content, by how many turns away it is; all contents have an embedding, or none."""
    every = [turn for turns in sessions for turn in turns]
    lengths = {turn: len({*turn.split()}) + 3 for turn in every}
    half = {turn: 0.9 * (1 - ranking.bm25_b + ranking.bm25_b * lengths[turn] * len(every) / sum(lengths.values())) for turn in every}
    share = {word: sum(word in turn.split() for turn in every[:10] + every[-10:]) / 20 if distances else 0 for word in words}
    looked_at = [turn for turn in every if any(word in turn.split() for word in words if share[word] <= 0.4)]
    idf, spreading = {}, []
    for word in words:
        having = max(sum(word in turn.split() for turn in looked_at), share[word] * len(every) if share[word] > 0.4 else 0)
        idf[word] = math.log(1 + (len(every) - having + 0.5) / (having + 0.5))
        spreading += [word] * (having <= max(len(every) / 4, 3))

    def worth(turn: str, word: str, frequency: float) -> float:
        return idf[word] * 1.9 * frequency / (frequency + half[turn])

    found = {(turn, word, 0): worth(turn, word, _frequency(turn, word)) for turn in looked_at for word in words if word in turn.split()}
    own: dict[str, float] = defaultdict(float)
    for (turn, _, _), points in found.items():
        own[turn] += points
    by_words = sorted(own, key=lambda turn: (round(own[turn], 6), every.index(turn)), reverse=True)[:20]
    far = [0.0] * len(every) if distances is None else [each / (max(distances) - min(distances)) for each in distances]
    both = {turn: ranking.text_weight * own[turn] / own[by_words[0]] - far[every.index(turn)] for turn in by_words}
    foremost = sorted(both, key=lambda turn: (round(both[turn], 6), every.index(turn)), reverse=True)[:10]
    for turns in sessions:
        ends = np.cumsum([len(turn) for turn in turns])
        middles = [int(end) - len(turn) // 2 for end, turn in zip(ends, turns, strict=True)]
        for (here, turn), word in product(enumerate(turns), spreading):
            lent = {
                there - here: _frequency(turns[there], word)
                * ranking.context_share
                * (0.7 if here < there else 1)
                * math.exp(-abs(middles[here] - middles[there]) / 400)
                for there in range(max(here - 4, 0), min(here + 5, len(turns)))
                if there != here
                and turns[there] in foremost
                and word in turns[there].split()
                and abs(middles[here] - middles[there]) <= 800
            }
            alone, around = _frequency(turn, word), sum(lent.values())
            gained = worth(turn, word, alone + around) - worth(turn, word, alone)
            found |= {(turn, word, away): gained * frequency / around for away, frequency in lent.items()}
    return {key: ranking.text_weight * points / max(own.values()) for key, points in found.items()}


@pytest.mark.parametrize("is_embedded", [False, True])
@pytest.mark.parametrize("ranking", [Ranking(), Ranking(context_share=0.4, bm25_b=0.4, text_weight=2), Ranking(bm25_b=1)])
async def test_each_word_has_its_share_of_the_score(tenant: Tenant, agent: Agent, ranking: Ranking, is_embedded: bool) -> None:
    random = np.random.default_rng(5)
    sessions = [
        [f"x{number}y{turn} ada " + " ".join(random.choice(VOCABULARY, size=random.integers(1, 40))) for turn in range(9)]
        for number in range(7)
    ]
    every = [turn for turns in sessions for turn in turns]
    embeddings = random.normal(size=(len(every) + 1, len(vector(1)))).astype(np.float16)
    items = [
        NewMemory(content=content, session_id=uuid.UUID(int=n // 9), observed_at=DAY, embedding=embeddings[n] if is_embedded else None)
        for n, content in enumerate(every)
    ]
    await memories.add_many(tenant, agent_id=agent.id, items=items)
    toward = embeddings[-1].astype(np.float32) if is_embedded else None
    directions = embeddings.astype(float) / np.linalg.norm(embeddings.astype(float), axis=1, keepdims=True)
    distances = [1 - float(each @ directions[-1]) for each in directions[:-1]] if is_embedded else None
    hits = await memories.search(
        tenant, agent_id=agent.id, text="oak elm, nowhere ADA x0y0?", embedding=toward, ranking=ranking, limit=1000
    )
    expected = _points(sessions, ["oak", "elm", "ada", "x0y0"], ranking, distances)
    explained = (await hits.explain(tenant)).hits
    assert [each.hit for each in explained] == [*hits]
    words = {(each.hit.memory.content, word.word.lower(), word.away): word for each in explained for word in each.words}
    assert {"oak", "elm", "ADA", "x0y0"} == {word.word for each in explained for word in each.words}
    assert {key: word.points for key, word in words.items()} == pytest.approx(expected, abs=1e-5)
    for (content, _, away), word in words.items():
        turns = next(turns for turns in sessions if content in turns)
        assert word.excerpt == turns[turns.index(content) + away][:200]
    for each in explained:
        _adds_up(each)
    if is_embedded:
        assert expected.keys() != _points(sessions, ["oak", "elm", "ada", "x0y0"], ranking, None).keys()


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
1  1.640  0.229    0.802   0.360         0.100     0.000   0.050  0.100  John: I was in Norway, by the fjords
2  1.361  1.000    0.052   0.360         0.000    -0.050   0.000  0.000  Kate: John, where did you spend the summer?
3  1.268  0.000    1.000   0.269         0.000     0.000   0.000  0.000  Kate: How lovely!

   points  word    from
1   0.736  summer  1 before: Kate: John, where did you spend the summer?
    0.229  John's  itself
    0.066  John's  1 before: Kate: John, where did you spend the summer?
2   0.771  summer  itself
    0.229  John's  itself
    0.052  John's  1 after: John: I was in Norway, by the fjords
3   0.711  summer  2 before: Kate: John, where did you spend the summer?
    0.151  John's  1 before: John: I was in Norway, by the fjords
    0.137  John's  2 before: Kate: John, where did you spend the summer?"""


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
