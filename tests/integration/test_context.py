"""Ranking that reads a conversation, against a model of it in Python: words that count around where they are, the centre, who says what."""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from memdb import agents, memories, organizations
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.engine.resources import MIGRATIONS
from memdb.errors import InvalidInput
from memdb.memories import Hit, NewMemory, Ranking, scopes
from tests.conftest import vector
from tests.server import execute, fetch

DAY = datetime(2024, 5, 10, tzinfo=UTC)
NAMES = ["ada", "bob"]
VOCABULARY = ["oak", "elm", "fir", "ash", "tin", "zinc", "lead", "iron", "what", "silver", "copper", "gold", "birch", "alder", "beech"]


async def _said(tenant: Tenant, agent: Agent, sessions: list[list[str]]) -> dict[str, memories.Memory]:
    """Turns by their contents, session after session."""
    items = [
        NewMemory(content=content, session_id=uuid.UUID(int=number), observed_at=DAY)
        for number, turns in enumerate(sessions)
        for content in turns
    ]
    return {memory.content: memory for memory in await memories.add_many(tenant, agent_id=agent.id, items=items)}


def _texts(sessions: list[list[str]], loose: list[str], question: str, ranking: Ranking) -> dict[str, tuple[float, float]]:
    """BM25 of each content's own words, and with those around it. A length is the number of different words and those of the day."""
    scope = [turn for turns in sessions for turn in turns] + loose
    lengths = {content: len({*content.split()}) + 3 for content in scope}
    average = sum(lengths.values()) / len(scope)
    half = {content: 0.9 * (1 - ranking.bm25_b + ranking.bm25_b * length / average) for content, length in lengths.items()}
    frequencies = {
        word: {content: sum(1 / n**2 for n in range(1, count + 1)) for content in scope if (count := Counter(content.split())[word])}
        for word in {*question.split()}
    }
    idf = {word: math.log(1 + (len(scope) - len(having) + 0.5) / (len(having) + 0.5)) for word, having in frequencies.items()}
    own: dict[str, float] = {}
    for word, having in frequencies.items():
        for content, found in having.items():
            own[content] = own.get(content, 0) + idf[word] * 1.9 * found / (found + half[content])
    lent: dict[tuple[str, str], float] = {}
    for best in sorted(own, key=lambda content: (round(own[content], 6), scope.index(content)), reverse=True)[:10]:
        turns = next((turns for turns in sessions if best in turns), [best])
        middles = [sum(map(len, turns[:n])) + len(turn) - len(turn) // 2 for n, turn in enumerate(turns)]
        place = turns.index(best)
        for n in range(max(place - 4, 0), min(place + 5, len(turns))):
            away = abs(middles[n] - middles[place])
            share = ranking.context_share * (0.7 if n < place else 1) * math.exp(-away / 400)
            for word, having in frequencies.items():
                if best in having and n != place and away <= 800 and len(having) <= max(len(scope) / 4, 3):
                    lent[turns[n], word] = lent.get((turns[n], word), 0) + share * having[best]
    joint = dict(own)
    for (content, word), more in lent.items():
        mine = frequencies[word].get(content, 0.0)
        gain = (mine + more) / (mine + more + half[content]) - mine / (mine + half[content])
        joint[content] = joint.get(content, 0) + idf[word] * 1.9 * gain
    return {content: (own.get(content, 0.0), score) for content, score in joint.items() if ranking.context_share or content in own}


def _parts(hit: Hit) -> dict[str, float]:
    return {name: getattr(hit.parts, name) for name in hit.parts.__struct_fields__}


@pytest.mark.parametrize(
    "ranking",
    [
        Ranking(),
        Ranking(context_share=0.6),
        Ranking(recency_weight=1e-9),
        Ranking(context_share=0.4, bm25_b=0.4, text_weight=2),
        Ranking(bm25_b=1, length_weight=0.3),
    ],
)
async def test_words_count_around_where_they_are(tenant: Tenant, agent: Agent, ranking: Ranking) -> None:
    random = np.random.default_rng(11)
    sessions = [
        [
            f"x{number}y{turn} {random.choice(NAMES)} " + " ".join(random.choice(VOCABULARY, size=random.integers(1, 25)))
            for turn in range(random.integers(1, 12))
        ]
        for number in range(6)
    ]
    loose = [f"loose{n} " + " ".join(random.choice(VOCABULARY, size=4)) for n in range(6)]
    await _said(tenant, agent, sessions)
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=content, observed_at=DAY) for content in loose])
    for question in ("oak ada", "tin gold nowhere", "x0y0 x5y0"):
        expected = _texts(sessions, loose, question, ranking)
        most = max(alone for alone, _ in expected.values())
        hits = await memories.search(tenant, agent_id=agent.id, text=question, ranking=ranking, limit=1000)
        assert {hit.memory.content for hit in hits} == expected.keys()
        for hit in hits:
            alone, joint = expected[hit.memory.content]
            assert hit.text_score == pytest.approx(joint, rel=1e-5)
            assert hit.parts.text == pytest.approx(ranking.text_weight * alone / most, abs=1e-5)
            assert hit.parts.context == pytest.approx(ranking.text_weight * (joint - alone) / most, abs=1e-5)
            assert hit.parts.length == pytest.approx(ranking.length_weight * math.log(len({*hit.memory.content.split()}) + 3))
            assert hit.score == pytest.approx(sum(_parts(hit).values()), abs=1e-9)


async def test_what_is_left_out_does_not_spread(tenant: Tenant, agent: Agent) -> None:
    """Nor does it bring together what it stands between."""
    between = "between " + "much " * 40
    told = await _said(tenant, agent, [["the key is under the mat", between, "who told you", "nobody"], ["other things altogether"]])

    async def context(**filters: Any) -> dict[str, float]:
        hits = await memories.search(tenant, agent_id=agent.id, text="key", **filters)
        return {hit.memory.content.split()[0]: round(hit.parts.context, 6) for hit in hits}

    everything = await context()
    assert everything.keys() == {"the", "between", "who", "nobody"}
    assert everything["the"] == 0 < everything["nobody"] < everything["who"] < everything["between"]
    await memories.delete(tenant, id=told[between].id)
    assert (await context()).keys() == {"the", "who", "nobody"}
    assert (await context(contains="o")).keys() == set()
    await memories.delete(tenant, id=told["the key is under the mat"].id)
    assert await context() == {}


SAYING: Mapping[str, tuple[list[str], list[str]]] = {
    "english": (["I'm glad", "ask MY sister", "he told us", "Ive been there"], ["The ministry of time", "he is", "a mineral"]),
    "german": (["Das ist mein Haus", "Wir gehen", "sie sieht mich"], ["Die Gemeinde tagt", "er geht"]),
    "french": (["J'aime lire", "c'est à nous", "mes amis"], ["il aime lire", "les amis"]),
    "russian": (["Моя мама", "это для нас"], ["его мама"]),
    "spanish": (["Para mí no", "nuestra casa"], ["para él no"]),
    "finnish": ([], ["minä olen", "I am"]),
}


@pytest.mark.parametrize("language", SAYING)
async def test_the_first_person_by_the_tenants_language(db: Database, language: str) -> None:
    organization = await organizations.create(db.admin(), slug="acme", name="Acme", language=language)  # type: ignore[arg-type]
    tenant = db.tenant(organization.id)
    agent = await agents.create(tenant, slug="helper", name="Helper")
    said, others = SAYING[language]
    items = [NewMemory(content=content, embedding=vector(n)) for n, content in enumerate([*said, *others])]
    await memories.add_many(tenant, agent_id=agent.id, items=items)
    hits = await memories.search(tenant, agent_id=agent.id, embedding=vector(99), ranking=Ranking(first_person_weight=0.5))
    assert {hit.memory.content for hit in hits if hit.parts.first_person == 0.5} == {*said}
    assert {hit.memory.content for hit in hits if hit.parts.first_person == 0} == {*others}


async def test_who_asks_who_answers_and_who_is_named(tenant: Tenant, agent: Agent) -> None:
    turns = ["Kate: Where have you been?", "Katharina: away", "“KATE”: 真的？", "John: yes (kate knows)", "Kate- no"]
    await _said(tenant, agent, [turns, ["O'Neil: in Kate's house"]])
    ranking = Ranking(question_weight=0.2, answer_weight=0.3, named_weight=0.4)
    hits = await memories.search(tenant, agent_id=agent.id, text="is kate's house of (stone", ranking=ranking)
    found = {hit.memory.content: (hit.parts.question, hit.parts.answer, hit.parts.named) for hit in hits}
    assert found == {
        "Kate: Where have you been?": (-0.2, 0, 0.4),
        "“KATE”: 真的？": (-0.2, 0, 0.4),
        "John: yes (kate knows)": (0, 0.3, 0),
        "Kate- no": (0, 0, 0.4),
        "O'Neil: in Kate's house": (0, 0, 0),
    }
    # No word of it may begin a memory, and none of it is a pattern.
    for text in ("the", ".*", "(", "kate[", ""):
        hits = await memories.search(tenant, agent_id=agent.id, text=text, embedding=vector(1), ranking=ranking)
        assert all(hit.parts.named == (0.4 if text == "kate[" and "kate" in hit.memory.content[:6].lower() else 0) for hit in hits)


async def test_what_all_embeddings_have_in_common_does_not_count(tenant: Tenant, agent: Agent) -> None:
    common = 2 * vector(500)
    vectors = [common + vector(n) for n in range(60)]
    items = [NewMemory(content=f"x{n} " + "oak" * (n % 7 == 0), embedding=each) for n, each in enumerate(vectors)]
    few = await agents.create(tenant, slug="few", name="Few")
    await memories.add_many(tenant, agent_id=few.id, items=items[:49])
    await memories.add_many(tenant, agent_id=agent.id, items=items)
    asked = common + vector(3) + 0.5 * vector(700)
    plain = Ranking(vector_weight=0.9)
    centre = await scopes.centre(tenant, agent.id)
    assert centre is not None
    assert centre == pytest.approx(np.mean([each / np.linalg.norm(each) for each in vectors], axis=0), abs=2e-3)
    for text in (None, "oak"):
        for share in (0.5, 1.0):
            toward = asked / np.linalg.norm(asked) - share * centre
            expected = [float(each @ toward / np.linalg.norm(each) / np.linalg.norm(toward)) for each in vectors]
            ranking = replace(plain, centring=share, confidence_weight=1e-9)
            hits = await memories.search(tenant, agent_id=agent.id, text=text, embedding=asked, ranking=ranking, limit=100)
            scaled = {f"x{n}": 0.9 * (each - min(expected)) / (max(expected) - min(expected)) for n, each in enumerate(expected)}
            assert {hit.memory.content.split()[0]: hit.parts.vector for hit in hits} == pytest.approx(scaled, abs=5e-3)
            # What is told is the similarity to what was asked.
            true = {f"x{n}": float(each @ asked / np.linalg.norm(each) / np.linalg.norm(asked)) for n, each in enumerate(vectors)}
            assert {hit.memory.content.split()[0]: hit.similarity for hit in hits} == pytest.approx(true, abs=2e-3)
            least = sorted(true.values())[30]
            bounded = await memories.search(
                tenant, agent_id=agent.id, text=text, embedding=asked, ranking=ranking, limit=100, min_similarity=least
            )
            assert [hit.memory.id for hit in bounded] == [hit.memory.id for hit in hits if hit.similarity and hit.similarity >= least]
    assert await scopes.centre(tenant, few.id) is None
    both = [
        await memories.search(
            tenant, agent_id=few.id, text="oak", embedding=asked, ranking=replace(plain, centring=share, recency_weight=1e-9)
        )
        for share in (0.0, 1.0)
    ]
    assert [hit.memory.id for hit in both[0]] == [hit.memory.id for hit in both[1]]


async def test_an_embedding_that_is_the_centre_is_searched_for_as_it_is(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content=f"x{n}", embedding=vector(1)) for n in range(60)]
    await memories.add_many(tenant, agent_id=agent.id, items=items)
    hits = await memories.search(tenant, agent_id=agent.id, embedding=vector(1), ranking=Ranking(centring=1))
    assert [hit.similarity for hit in hits] == pytest.approx([1] * 10, abs=1e-3)


def _offsets(dsn: str) -> dict[str, int | None]:
    return dict(fetch(dsn, "SELECT content, session_offset FROM memdb.memories"))  # type: ignore[arg-type]


async def test_every_writer_knows_how_far_a_session_has_come(tenant: Tenant, agent: Agent, dsn: str) -> None:
    """The middle of each, in characters."""
    first, second = uuid.UUID(int=1), uuid.UUID(int=2)
    add: dict[str, Any] = {"agent_id": agent.id}
    await memories.add(tenant, content="1234", session_id=first, **add)
    await memories.add(tenant, content="none", **add)
    await memories.add(tenant, content="12345678", session_id=first, on_duplicate="merge", **add)
    await memories.add_many(
        tenant,
        items=[
            NewMemory(content="ab", session_id=second),
            NewMemory(content="1234", session_id=first),
            NewMemory(content="abcd", session_id=first),
            NewMemory(content="cdef", session_id=second),
            NewMemory(content="loose"),
        ],
        **add,
    )
    kept = [NewMemory(content="kept", session_id=first, external_id="a"), NewMemory(content="keep", session_id=first, external_id="b")]
    await memories.add_many(tenant, items=kept, **add)
    assert _offsets(dsn) == {
        "1234": 2, "none": None, "12345678": 8, "ab": 1, "abcd": 14, "cdef": 4, "loose": None, "kept": 18, "keep": 22,
    }  # fmt: skip
    await memories.add(tenant, content="kept too", session_id=first, external_id="a", **add)
    await memories.add(tenant, content="moved on", session_id=second, external_id="b", **add)
    found = _offsets(dsn)
    assert (found["kept too"], found["moved on"]) == (18, 10)
    filling = (MIGRATIONS / "0042_context.sql").read_text().split("DO $$")[1].split("$$;")[0]
    execute(
        dsn,
        "UPDATE memdb.memories SET session_offset = NULL",
        "ALTER TABLE memdb.memories NO FORCE ROW LEVEL SECURITY",
        f"DO $${filling}$$",
        "ALTER TABLE memdb.memories FORCE ROW LEVEL SECURITY",
    )
    # By when they were observed, as they are now.
    assert _offsets(dsn)["12345678"] == 8
    assert {content for content, offset in _offsets(dsn).items() if offset is None} == {"none", "loose"}


async def test_wrong_parts_are_named(tenant: Tenant) -> None:
    for ranking, message in (
        (Ranking(context_share=1.1), "context_share must be between 0 and 1"),
        (Ranking(bm25_b=-1), "bm25_b must be between 0 and 1"),
        (Ranking(centring=2), "ranking.centring must be between 0 and 1"),
        (Ranking(length_weight=-1), "length_weight must be between 0 and 1000"),
    ):
        with pytest.raises(InvalidInput, match=message):
            await memories.search(tenant, agent_id=uuid.uuid4(), text="x", embedding=vector(1), ranking=ranking)
