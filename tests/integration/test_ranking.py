"""What counts in a search, against a model of it in Python: every part of every score, every filter, every page."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import pytest
from msgspec.structs import replace

from memdb import Cursor, agents, memories, users
from memdb.agents import Agent
from memdb.engine.cursors import place_of
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput
from memdb.memories import Hit, Hits, NewMemory, Ranking
from memdb.memories.searching import SearchPlace
from tests.conftest import DIMENSION, Home, vector
from tests.server import execute, fetch

NOW = datetime.now(UTC)
VOCABULARY = ["oak", "elm", "fir", "ash", "tin", "zinc", "lead", "iron"]
CATEGORIES = ["factual", "procedural", "preference", "behavioral", "episodic"]
HALF_LIVES = {"factual": 180, "procedural": 120, "preference": 45, "behavioral": 30, "episodic": 14}
TAGS = ["a", "b", "c"]


class Row(NamedTuple):
    """A memory as the model knows it."""

    id: uuid.UUID
    words: list[str]
    embedding: np.ndarray | None
    user_id: uuid.UUID | None
    session_id: uuid.UUID | None
    category: str
    labels: dict[str, float]
    status: str
    confidence: float
    usefulness: float
    tags: list[str]
    metadata: dict[str, Any]
    created_at: datetime
    observed_at: datetime
    valid_from: datetime
    valid_until: datetime | None
    expires_at: datetime | None
    deleted_at: datetime | None


class Corpus(NamedTuple):
    """An agent with memories of every kind, and the sessions and users that they have."""

    tenant: Tenant
    agent: Agent
    rows: list[Row]
    sessions: list[uuid.UUID]
    users: list[uuid.UUID]


def _half(values: np.ndarray) -> np.ndarray:
    """What half precision keeps of a vector, of length 1."""
    kept = (values / np.linalg.norm(values)).astype(np.float16).astype(np.float64)
    made: np.ndarray = kept / np.linalg.norm(kept)
    return made


async def _corpus(tenant: Tenant, dsn: str, seed: int, size: int = 70) -> Corpus:
    random = np.random.default_rng(seed)
    agent = await agents.create(tenant, slug=f"corpus{seed}", name="Corpus")
    owners = [(await users.create(tenant, email=f"u{n}-{seed}@example.com")).id for n in range(2)]
    sessions = [uuid.UUID(int=seed * 1000 + n) for n in range(5)]
    items = []
    vectors: list[np.ndarray | None] = []
    for n in range(size):
        words = [str(word) for word in random.choice(VOCABULARY, size=random.integers(1, 7))]
        # Few directions, so that some are nearly and some exactly alike.
        made = vector(int(random.integers(12))) + random.choice([0.0, 0.3]) * vector(1000 + n)
        vectors.append(None if random.random() < 0.2 else _half(made))
        # A day from 10 on, in a year that is no word.
        observed = NOW - timedelta(days=int(random.choice([0, 1, 3, 40, 200, 3000]))) + timedelta(seconds=int(random.integers(3)))
        labels = {str(each): float(random.random()) for each in random.choice(CATEGORIES, size=3)} if random.random() < 0.3 else None
        items.append(
            NewMemory(
                content=f"x{n} " + " ".join(words),
                embedding=None if vectors[-1] is None else made * 3,
                category=None if labels else str(random.choice(CATEGORIES)),  # type: ignore[arg-type]
                labels=labels,
                confidence=float(random.random()),
                tags=[str(tag) for tag in random.choice(TAGS, size=random.integers(0, 3))],
                metadata={"n": n % 3, "deep": {"even": n % 2 == 0}},
                user_id=owners[n % 5] if n % 5 < 2 else None,
                session_id=sessions[n % 7] if n % 7 < 5 else None,
                observed_at=observed,
                valid_from=NOW - timedelta(days=int(random.choice([-2, 1, 5000]))),
            )
        )
    added = await memories.add_many(tenant, agent_id=agent.id, items=items)
    voter = await agents.create(tenant, slug=f"voter{seed}", name="Voter")
    for memory in added[::4]:
        await memories.vote(tenant, id=memory.id, agent_id=voter.id, vote="positive" if memory.id.int % 2 else "negative")
    mine = f"WHERE agent_id = '{agent.id}' AND split_part(content, ' ', 1) IN"
    execute(
        dsn,
        f"UPDATE memdb.memories SET created_at = created_at - interval '1 day' * (hashtext(content) % 10) WHERE agent_id = '{agent.id}'",
        f"UPDATE memdb.memories SET status = 'superseded', valid_from = '2000-01-01', valid_until = now() - interval '1 day' {mine} ('x3')",
        f"UPDATE memdb.memories SET status = 'merged', valid_until = now() + interval '9 day' {mine} ('x4', 'x15')",
        f"UPDATE memdb.memories SET status = 'archived' {mine} ('x5')",
        f"UPDATE memdb.memories SET deleted_at = now() {mine} ('x6')",
        f"UPDATE memdb.memories SET created_at = '2001-01-01', expires_at = '2002-01-01' {mine} ('x7')",
        f"UPDATE memdb.memories SET valid_from = '2003-01-01', valid_until = '2004-01-01' {mine} ('x8', 'x9', 'x10')",
    )
    columns = ", ".join(name for name in Row._fields if name not in ("words", "embedding"))
    found = {
        row[0]: dict(zip([name for name in Row._fields if name not in ("words", "embedding")], row, strict=True))
        for row in fetch(dsn, f"SELECT {columns} FROM memdb.memories WHERE agent_id = '{agent.id}'")
    }
    rows = [
        Row(words=memory.content.split(), embedding=known, **found[memory.id])  # type: ignore[arg-type]
        for memory, known in zip(added, vectors, strict=True)
    ]
    return Corpus(tenant, agent, rows, sessions, owners)


def _contains(value: Any, part: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(value, dict) and all(name in value and _contains(value[name], each) for name, each in part.items())
    return bool(value == part)


def _in_scope(row: Row, asked: Mapping[str, Any]) -> bool:
    as_of = asked.get("as_of")
    at = as_of or datetime.now(UTC)
    tests = [
        row.deleted_at is None,
        row.expires_at is None or row.expires_at > datetime.now(UTC),
        row.valid_from <= at,
        row.valid_until is None or row.valid_until > at,
        row.status == "active" or (as_of is not None and row.status in ("superseded", "merged")),
        asked.get("user_id") in (None, row.user_id),
        asked.get("session_id") in (None, row.session_id),
        asked.get("category") is None or asked["category"] == row.category or asked["category"] in row.labels,
        {*(asked.get("tags") or [])} <= {*row.tags},
        _contains(row.metadata, asked.get("metadata") or {}),
        asked.get("since") is None or row.created_at >= asked["since"],
        asked.get("until") is None or row.created_at < asked["until"],
    ]
    return all(tests)


def _common(rows: list[Row], question: list[str]) -> dict[str, float]:
    """The words of more than two fifths of an agent's oldest and newest memories, and their share, beside rarer ones."""
    live = sorted((row for row in rows if row.deleted_at is None), key=lambda row: row.id)
    shares = {word: sum(word in row.words for row in live[:10] + live[-10:]) / 20 for word in {*question}}
    common = {word: share for word, share in shares.items() if share > 0.4}
    return {} if len(live) < 20 or len(common) == len(shares) else common


def _bm25(corpus: Corpus, scope: list[Row], asked: Mapping[str, Any]) -> dict[uuid.UUID, float]:
    question = {*_question(asked)}
    common = _common(corpus.rows, [*question]) if "embedding" in asked else {}
    telling = question - common.keys()
    rows = [row for row in scope if row.embedding is None or telling & {*row.words} or "embedding" not in asked]
    scores: dict[uuid.UUID, float] = {}
    for word in question:
        having = [row for row in rows if word in row.words]
        documents = max(len(having), common.get(word, 0) * len(scope))
        idf = math.log(1 + (len(scope) - documents + 0.5) / (documents + 0.5))
        for row in having:
            frequency = sum(1 / n**2 for n in range(1, row.words.count(word) + 1))
            scores[row.id] = scores.get(row.id, 0.0) + idf * frequency * 1.9 / (frequency + 0.9)
    return scores


class Judged(NamedTuple):
    """What the model says of a memory."""

    row: Row
    similarity: float | None
    text_score: float | None
    parts: dict[str, float]

    @property
    def score(self) -> float:
        return sum(self.parts.values())


def _rank(value: float, values: Iterable[float]) -> float:
    # Closer than half precision tells apart is a tie, as it is in the database.
    return 61 / (60 + 1 + sum(each > value for each in values))


def _judge(scope: list[Row], near: Mapping[uuid.UUID, float], texts: Mapping[uuid.UUID, float], by: Ranking) -> list[Judged]:
    """All that are in the running, best first, without diversity, by the similarities (`near`) and BM25 scores (`texts`) of the scope."""
    least, most = (min(near.values()), max(near.values())) if near else (0.0, 0.0)
    best = max(texts.values(), default=0.0)
    judged = []
    for row in scope:
        similarity, text = near.get(row.id), texts.get(row.id)
        if similarity is None and text is None:
            continue
        if by.fusion == "rank":
            scaled = 0.0 if similarity is None else _rank(similarity, near.values())
            worded = 0.0 if text is None else _rank(text, texts.values())
        else:
            scaled = 0.0 if similarity is None else (similarity - least) / (most - least) if most > least else 1.0
            worded = 0.0 if text is None else text / best
        half_life = min(HALF_LIVES[each] for each in {row.category, *row.labels})
        age = max((datetime.now(UTC) - row.observed_at).total_seconds(), 0) / 86400
        parts = {
            "vector": by.vector_weight * scaled,
            "text": by.text_weight * worded,
            "length": by.length_weight * math.log(len({*row.words}) + 3),
            # test_context.py has a model of these.
            **dict.fromkeys(("context", "first_person", "question", "answer", "named"), 0.0),
            "recency": by.recency_weight * 0.5 ** (age / half_life),
            "confidence": by.confidence_weight * row.confidence,
            "usefulness": by.usefulness_weight * row.usefulness,
        }
        judged.append(Judged(row, similarity, text, parts))
    own = {each.row.id: each.score for each in judged}
    for each in judged:
        beside = 0.0
        if each.row.session_id is not None:
            session = sorted((row for row in scope if row.session_id == each.row.session_id), key=lambda row: (row.observed_at, row.id))
            place = [row.id for row in session].index(each.row.id)
            # What is not in the running has no score, and still stands between others.
            around = session[max(place - 1, 0) : place] + session[place + 1 : place + 2]
            beside = max((own.get(row.id, 0.0) for row in around), default=0.0)
        each.parts["neighbours"] = by.neighbour_share * beside
    return sorted(judged, key=lambda each: (each.score, each.row.id), reverse=True)


def _diversified(pool: list[Judged], limit: int, diversity: float) -> list[tuple[uuid.UUID, float]]:
    """The ids in the order of maximal marginal relevance, each with its redundancy."""
    pool, best = pool[: 4 * limit], max((each.score for each in pool), default=0.0)
    picked: list[tuple[Judged, float]] = []

    def redundancy(each: Judged) -> float:
        if each.row.embedding is None:
            return 0.0
        likeness = [float(each.row.embedding @ other.row.embedding) for other, _ in picked if other.row.embedding is not None]
        return -diversity * best * max([*likeness, 0.0])

    while pool and len(picked) < limit:
        chosen = max(pool, key=lambda each: (round(each.score + redundancy(each), 9), each.score, each.row.id))
        picked.append((chosen, redundancy(chosen)))
        pool = [each for each in pool if each is not chosen]
    return [(each.row.id, penalty) for each, penalty in picked]


def _parts(hit: Hit) -> dict[str, float]:
    return {name: getattr(hit.parts, name) for name in hit.parts.__struct_fields__}


def _assert_sound(hits: Hits, limit: int) -> None:
    """What holds of any result: parts add up, best first, of equals the newer, nothing twice, a next page where there may be one."""
    assert len({hit.memory.id for hit in hits}) == len(hits) <= limit
    for hit in hits:
        assert hit.score == pytest.approx(sum(_parts(hit).values()), abs=1e-9)
        assert hit.similarity is None or -1.001 <= hit.similarity <= 1.001
        assert hit.text_score is None or hit.text_score > 0
    keys = [(hit.score, hit.memory.id) for hit in hits]
    assert keys == sorted(keys, reverse=True)


# test_context.py has a model of words that count around where they are.
ALONE = Ranking(context_share=0)
RANKINGS = [
    replace(each, context_share=0)
    for each in (
        Ranking(),
        Ranking(vector_weight=0.3, text_weight=2),
        Ranking(vector_weight=0),
        Ranking(text_weight=0),
        Ranking(vector_weight=0, text_weight=0),
        Ranking(vector_weight=0, text_weight=0, recency_weight=1),
        Ranking(fusion="rank"),
        Ranking(fusion="rank", vector_weight=0.5, text_weight=3, neighbour_share=0.5),
        Ranking(recency_weight=0.7),
        Ranking(confidence_weight=0.4, usefulness_weight=1000),
        Ranking(length_weight=0.2),
        Ranking(neighbour_share=0.5),
        Ranking(neighbour_share=1, recency_weight=0.2, confidence_weight=0.1, usefulness_weight=0.3, vector_weight=0.9, text_weight=0.8),
    )
]


def _filters(corpus: Corpus) -> list[dict[str, Any]]:
    return [
        {},
        {"user_id": corpus.users[0]},
        {"session_id": corpus.sessions[1]},
        {"category": "episodic"},
        {"tags": ["a"]},
        {"tags": ["a", "b"], "category": "factual"},
        {"tags": []},
        {"metadata": {"deep": {"even": True}}},
        {"metadata": {}},
        {"metadata": {"n": 1, "deep": {}}, "user_id": corpus.users[1]},
        {"as_of": datetime(2003, 6, 1, tzinfo=UTC)},
        {"as_of": NOW - timedelta(days=2)},
        {"as_of": NOW + timedelta(hours=1), "session_id": corpus.sessions[0]},
        {"since": NOW - timedelta(days=3)},
        {"until": NOW - timedelta(days=3), "since": NOW - timedelta(days=6)},
        {"tags": ["unheard of"]},
        {"session_id": uuid.UUID(int=7)},
    ]


async def _search(corpus: Corpus, asked: Mapping[str, Any], **more: Any) -> Hits:
    hits = await memories.search(corpus.tenant, agent_id=corpus.agent.id, **{"strategy": "exact", "limit": 1000, **asked, **more})
    _assert_sound(hits, {"limit": 1000, **asked, **more}["limit"])
    assert hits.strategy == "exact"
    return hits


def _asked(seed: int) -> list[dict[str, Any]]:
    toward = vector(seed % 12) + 0.5 * vector((seed + 5) % 12)
    return [
        {"embedding": toward},
        {"text": "oak tin oak unheard"},
        {"embedding": toward, "text": "fir zinc"},
        {"embedding": toward, "text": "nothing"},
    ]


def _question(asked: Mapping[str, Any]) -> list[str]:
    return str(asked.get("text", "")).split()


def _near(scope: list[Row], asked: Mapping[str, Any]) -> dict[uuid.UUID, float]:
    if "embedding" not in asked:
        return {}
    toward = _half(asked["embedding"])
    return {row.id: float(row.embedding @ toward) for row in scope if row.embedding is not None}


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_filter_and_what_is_in_the_running(tenant: Tenant, rival: Home, dsn: str, seed: int) -> None:
    corpus = await _corpus(tenant, dsn, seed)
    await _corpus(rival.tenant, dsn, seed, size=20)
    for filters in _filters(corpus):
        scope = [row for row in corpus.rows if _in_scope(row, filters)]
        for asked in _asked(seed):
            near, texts = _near(scope, asked), _bm25(corpus, scope, asked)
            hits = await _search(corpus, {**asked, **filters}, ranking=ALONE)
            assert {hit.memory.id for hit in hits} == near.keys() | texts.keys(), filters
            for hit in hits:
                assert hit.similarity == (pytest.approx(near[hit.memory.id], abs=1e-3) if hit.memory.id in near else None)
                assert hit.text_score == (pytest.approx(texts[hit.memory.id], rel=1e-4) if hit.memory.id in texts else None)
            # What is quick, for the default, says what the statement says that can do all.
            quick, whole = [
                await _search(corpus, {**asked, **filters}, ranking=each) for each in (Ranking(), Ranking(recency_weight=1e-12))
            ]
            assert {hit.memory.id for hit in hits} <= {hit.memory.id for hit in quick} <= {row.id for row in scope}
            if "text" in asked:
                found, expected = [
                    {hit.memory.id: {**_parts(hit), "similarity": hit.similarity, "text_score": hit.text_score} for hit in hits}
                    for hits in (quick, whole)
                ]
                assert found == {key: pytest.approx(parts, abs=1e-9) for key, parts in expected.items()}
        assert await memories.search(rival.tenant, agent_id=corpus.agent.id, **_asked(seed)[2], **filters) == []


@pytest.mark.parametrize("seed", [3, 4])
async def test_scores_are_the_sum_of_what_the_ranking_says(tenant: Tenant, dsn: str, seed: int) -> None:
    corpus = await _corpus(tenant, dsn, seed)
    for filters in ({}, {"metadata": {"deep": {"even": True}}}):
        scope = [row for row in corpus.rows if _in_scope(row, filters)]
        assert len(scope) > 15
        for asked in _asked(seed):
            plain = await _search(corpus, {**asked, **filters}, ranking=ALONE)
            # What the database measured, so that the parts can be compared to the last digits.
            near = {hit.memory.id: hit.similarity for hit in plain if hit.similarity is not None}
            texts = {hit.memory.id: hit.text_score for hit in plain if hit.text_score is not None}
            for ranking in RANKINGS:
                hits = await _search(corpus, {**asked, **filters}, ranking=ranking)
                if "text" not in asked and ranking == Ranking(
                    vector_weight=ranking.vector_weight, text_weight=ranking.text_weight, context_share=0
                ):
                    # What an embedding alone finds has its similarity for a score.
                    assert list(hits) == list(await _search(corpus, {**asked, **filters}))
                    continue
                model = _judge(scope, near, texts, ranking)
                expected = {each.row.id: each.parts | {"redundancy": 0} for each in model}
                assert {hit.memory.id: _parts(hit) for hit in hits} == {
                    key: pytest.approx(parts, abs=2e-6 * 1000 if ranking.usefulness_weight > 1 else 2e-6) for key, parts in expected.items()
                }, ranking
                clear = [
                    each for each, after in zip(model, [*model[1:], None], strict=True) if after is None or each.score - after.score > 1e-5
                ]
                assert [hit.memory.id for hit in hits if hit.memory.id in {each.row.id for each in clear}] == [
                    each.row.id for each in clear
                ]
                for limit in (1, 5):
                    few = await _search(corpus, {**asked, **filters}, ranking=ranking, limit=limit)
                    assert [hit.memory.id for hit in few] == [hit.memory.id for hit in hits[:limit]], ranking


async def test_min_similarity_bounds_what_is_found_and_changes_no_score(tenant: Tenant, dsn: str) -> None:
    corpus = await _corpus(tenant, dsn, 5)
    for asked in (_asked(5)[0], _asked(5)[2]):
        for ranking in (Ranking(), Ranking(recency_weight=0.2, neighbour_share=0.5), Ranking(fusion="rank")):
            everything = await _search(corpus, asked, ranking=ranking)
            bounds = [-1.0, 1.0, 0.0, sorted(hit.similarity for hit in everything if hit.similarity is not None)[len(everything) // 2]]
            for least in bounds:
                hits = await _search(corpus, asked, ranking=ranking, min_similarity=least)
                expected = [hit for hit in everything if hit.similarity is not None and hit.similarity >= least]
                assert [hit.memory.id for hit in hits] == [hit.memory.id for hit in expected]
                assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected], abs=1e-6)


@pytest.mark.parametrize("diversity", [0.1, 0.5, 1.0])
async def test_diversity_is_maximal_marginal_relevance(tenant: Tenant, dsn: str, diversity: float) -> None:
    corpus = await _corpus(tenant, dsn, 6)
    scope = [row for row in corpus.rows if _in_scope(row, {})]
    for asked in _asked(6):
        for base in (Ranking(), Ranking(fusion="rank", confidence_weight=0.3)):
            varied = Ranking(fusion=base.fusion, confidence_weight=base.confidence_weight, diversity=diversity)
            undiversified = await _search(
                corpus, asked, ranking=Ranking(fusion=base.fusion, confidence_weight=base.confidence_weight, diversity=1e-300)
            )
            known = {row.id: row for row in scope}
            pool = [Judged(known[hit.memory.id], hit.similarity, hit.text_score, _parts(hit)) for hit in undiversified]
            for limit in (1, 4, 12, 100):
                hits = await _search(corpus, asked, ranking=varied, limit=limit)
                expected = _diversified(pool, limit, diversity)
                assert [hit.memory.id for hit in hits] == [key for key, _ in expected]
                assert [hit.parts.redundancy for hit in hits] == pytest.approx([penalty for _, penalty in expected], abs=1e-5)
                assert hits.next_page is None


async def test_recency_is_half_after_a_half_life(tenant: Tenant, agent: Agent) -> None:
    now = datetime.now(UTC)
    for category, days in HALF_LIVES.items():
        await memories.add(tenant, agent_id=agent.id, content=f"oak {category}", category=category, observed_at=now - timedelta(days=days))  # type: ignore[arg-type]
    labelled = {"factual": 0.9, "episodic": 0.1, "preference": 0.5}
    await memories.add(tenant, agent_id=agent.id, content="oak labels", labels=labelled, observed_at=now - timedelta(days=14))
    ancient = datetime(1, 1, 2, tzinfo=UTC)
    await memories.add(tenant, agent_id=agent.id, content="oak ancient", category="episodic", observed_at=ancient)
    later = now + timedelta(days=900)
    await memories.add(tenant, agent_id=agent.id, content="oak future", observed_at=later, valid_from=ancient)
    hits = await memories.search(tenant, agent_id=agent.id, text="oak", ranking=Ranking(recency_weight=2, text_weight=0))
    recency = {hit.memory.content.split()[1]: hit.parts.recency for hit in hits}
    assert recency == {**dict.fromkeys([*HALF_LIVES, "labels"], pytest.approx(1, abs=1e-4)), "ancient": pytest.approx(0), "future": 2}
    assert [hit.score for hit in hits] == [hit.parts.recency for hit in hits]


async def test_neighbours_are_those_of_the_session_in_the_order_of_observation(tenant: Tenant, agent: Agent) -> None:
    """Added in another order; one of another session and two of none between them."""
    session, other = uuid.uuid4(), uuid.uuid4()
    days = {"third": 3, "first": 1, "alone": 2, "fourth": 4, "second": 2, "loose": 2, "free": 3}
    sessions = {"alone": other, "loose": None, "free": None}
    for name, day in days.items():
        await memories.add(
            tenant,
            agent_id=agent.id,
            content=f"oak {name}",
            confidence={"first": 0.9, "second": 0.1, "third": 0.2, "fourth": 0.4}.get(name, 0.8),
            session_id=sessions.get(name, session),
            observed_at=datetime(2024, 1, day, tzinfo=UTC),
        )
    ranking = Ranking(text_weight=0, confidence_weight=1, neighbour_share=0.5)
    hits = await memories.search(tenant, agent_id=agent.id, text="oak", ranking=ranking)
    assert {hit.memory.content.split()[1]: hit.parts.neighbours for hit in hits} == pytest.approx(
        {"first": 0.05, "second": 0.45, "third": 0.2, "fourth": 0.1, "alone": 0, "loose": 0, "free": 0}
    )


async def test_what_is_between_two_hits_makes_them_no_neighbours(tenant: Tenant, agent: Agent) -> None:
    """Those just before and after a memory in its session are the same whatever is asked."""
    session = uuid.uuid4()
    for day, content in enumerate(["oak one", "nothing", "of that", "oak two"], start=1):
        observed = datetime(2024, 1, day, tzinfo=UTC)
        await memories.add(tenant, agent_id=agent.id, content=content, session_id=session, observed_at=observed)
    hits = await memories.search(tenant, agent_id=agent.id, text="oak", ranking=Ranking(neighbour_share=0.5, context_share=0))
    assert [(hit.memory.content, hit.parts.neighbours) for hit in hits] == [("oak two", 0), ("oak one", 0)]


async def test_votes_make_useful(tenant: Tenant, agent: Agent) -> None:
    added = [await memories.add(tenant, agent_id=agent.id, content=f"oak {n}") for n in range(3)]
    voters = [await agents.create(tenant, slug=f"v{n}", name="v") for n in range(3)]
    for voter in voters:
        await memories.vote(tenant, id=added[0].id, agent_id=voter.id, vote="positive")
        await memories.vote(tenant, id=added[2].id, agent_id=voter.id, vote="negative")
    hits = await memories.search(tenant, agent_id=agent.id, text="oak", ranking=Ranking(text_weight=0, usefulness_weight=10))
    assert [hit.memory.id for hit in hits] == [memory.id for memory in added]
    assert [hit.score for hit in hits] == pytest.approx([8, 5, 2])


Kind = Callable[[Corpus], dict[str, Any]]
KINDS: dict[str, Kind] = {
    "embedding": lambda corpus: _asked(7)[0],
    "text": lambda corpus: _asked(7)[1],
    "both": lambda corpus: _asked(7)[2],
    "both, no word": lambda corpus: _asked(7)[3],
    "required": lambda corpus: {**_asked(7)[2], "text": "oak fir -zinc"},
    "filtered": lambda corpus: {**_asked(7)[2], "metadata": {"deep": {"even": True}}},
    "past": lambda corpus: {**_asked(7)[0], "as_of": NOW - timedelta(days=2)},
    "bounded": lambda corpus: {**_asked(7)[0], "min_similarity": 0.0},
    "both bounded": lambda corpus: {**_asked(7)[2], "min_similarity": 0.0},
}


def _key(hits: Iterable[Hit], ranking: Ranking) -> list[tuple[uuid.UUID, float]]:
    return [(hit.memory.id, 0 if ranking.recency_weight else round(hit.score, 9)) for hit in hits]


async def _pages(corpus: Corpus, asked: Mapping[str, Any], limit: int, **more: Any) -> list[Hit]:
    pages, found = [await _search(corpus, asked, limit=limit, **more)], 0
    while (after := pages[-1].next_page) is not None:
        found += len(pages[-1])
        place = place_of("after", after, SearchPlace)
        assert (place.seen, place.id, place.score) == (found, pages[-1][-1].memory.id, pages[-1][-1].score)
        pages.append(await _search(corpus, asked, limit=limit, after=after, **more))
        assert len(pages) < 100
    assert all(len(page) == limit for page in pages[:-1])
    return [hit for page in pages for hit in page]


async def test_pages_are_the_parts_of_one_long_list(tenant: Tenant, dsn: str) -> None:
    corpus = await _corpus(tenant, dsn, 7, size=50)
    wrong = []
    for kind, asking in KINDS.items():
        asked = asking(corpus)
        for ranking in [*RANKINGS, Ranking.conversation()]:
            # Recency is of one moment on all pages, so one list is asked for as of that moment.
            first = await _search(corpus, asked, ranking=ranking, limit=1)
            assert first.next_page is not None
            first_at = place_of("after", first.next_page, SearchPlace).at
            at = Cursor.of(SearchPlace(1e300, uuid.UUID(int=2**128 - 1), 0, "exact", first_at))
            whole = await _search(corpus, asked, ranking=ranking, after=at)
            assert len(whole) > 4
            for limit in (3, len(whole)):
                pages = await _pages(corpus, asked, limit, ranking=ranking)
                if _key(pages, ranking) != _key(whole, ranking):
                    wrong.append((kind, limit, len(pages), len(whole), ranking))
    assert wrong == []


async def test_ties_are_newest_first_and_paged_without_repeats(tenant: Tenant, agent: Agent) -> None:
    """Equal in everything but their ids, which are not in the order they were added in; two far away, so that there is a scale."""
    ids = sorted((uuid.uuid4() for _ in range(23)), key=lambda key: key.hex[::-1])
    items = [NewMemory(content=f"x{n} oak", embedding=vector(1), id=key, confidence=0.5, observed_at=NOW) for n, key in enumerate(ids)]
    items += [NewMemory(content=f"far{n}", embedding=vector(n), observed_at=NOW) for n in (2, 3)]
    await memories.add_many(tenant, agent_id=agent.id, items=items)
    corpus = Corpus(tenant, agent, [], [], [])
    wrong = []
    for asked in (
        {"embedding": vector(1)},
        {"text": "oak"},
        {"embedding": vector(1), "text": "oak"},
        {"embedding": vector(1), "text": "none"},
    ):
        for ranking in RANKINGS:
            pages = await _pages(corpus, asked, 4, ranking=ranking)
            found = [hit.memory.id for hit in pages]
            if [key for key in found if key in ids] != sorted(ids, reverse=True):
                wrong.append((asked.keys(), ranking))
    assert wrong == []


async def test_without_weight_all_are_equal_and_newest_first(tenant: Tenant, agent: Agent) -> None:
    """An embedding that counts nothing still says what is in the running, and which page they are on."""
    items = [NewMemory(content=f"x{n} " + ("oak" if n % 5 == 0 else ""), embedding=vector(n)) for n in range(30)]
    added = await memories.add_many(tenant, agent_id=agent.id, items=items)
    newest = [memory.id for memory in reversed(added)]
    corpus = Corpus(tenant, agent, [], [], [])
    hits = await _search(corpus, {"embedding": vector(3), "text": "none"}, ranking=Ranking(vector_weight=0), limit=10)
    assert [hit.memory.id for hit in hits] == newest[:10]
    pages = await _pages(corpus, {"embedding": vector(3), "text": "oak"}, 4, ranking=Ranking(vector_weight=0))
    with_words = [memory.id for memory in reversed(added) if "oak" in memory.content]
    assert sorted(hit.memory.id for hit in pages) == sorted(newest)
    assert [hit.memory.id for hit in pages][:6] == with_words


async def test_a_whole_page_of_nothing_more(tenant: Tenant, agent: Agent) -> None:
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=f"oak {n}", embedding=vector(n)) for n in range(4)])
    for asked in ({"text": "oak"}, {"embedding": vector(1)}, {"text": "oak", "embedding": vector(1)}):
        hits = await memories.search(tenant, agent_id=agent.id, limit=4, **asked)
        assert hits.next_page is not None
        more = await memories.search(tenant, agent_id=agent.id, limit=4, after=hits.next_page, **asked)
        assert (more, more.next_page) == ([], None)
        assert (await memories.search(tenant, agent_id=agent.id, limit=5, **asked)).next_page is None


async def test_a_memory_without_an_embedding_or_a_direction(tenant: Tenant, agent: Agent) -> None:
    await memories.add(tenant, agent_id=agent.id, content="oak none")
    await memories.add(tenant, agent_id=agent.id, content="oak zero", embedding=[0.0] * DIMENSION)
    await memories.add(tenant, agent_id=agent.id, content="far", embedding=-vector(1))
    await memories.add(tenant, agent_id=agent.id, content="zero alone", embedding=np.zeros(DIMENSION))
    for ranking in [*RANKINGS, Ranking(diversity=0.5), Ranking(diversity=1, fusion="rank")]:
        asked = {"text": "oak", "embedding": vector(1), "ranking": ranking}
        hits = await memories.search(tenant, agent_id=agent.id, **asked)  # type: ignore[arg-type]
        assert {hit.memory.content: hit.similarity for hit in hits} == {
            "oak none": None,
            "oak zero": None,
            "far": pytest.approx(-1, abs=1e-3),
        }
        assert all(math.isfinite(hit.score) for hit in hits)
        by_vector = await memories.search(tenant, agent_id=agent.id, embedding=vector(1), ranking=ranking)
        assert [hit.memory.content for hit in by_vector] == ["far"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"ranking": {"diversity": 1}}, "ranking must be a Ranking"),
    ({"ranking": Ranking(diversity=1.1)}, "diversity must be between 0 and 1"),
    ({"ranking": Ranking(neighbour_share=-0.1)}, "neighbour_share must be between 0 and 1"),
    ({"ranking": Ranking(recency_weight=1001)}, "recency_weight must be between 0 and 1000"),
    ({"ranking": Ranking(recency_weight=math.nan)}, "recency_weight must be between"),
    ({"ranking": Ranking(vector_weight=-1)}, "vector_weight must be between"),
    ({"ranking": Ranking(text_weight=math.inf)}, "text_weight must be between"),
    ({"ranking": Ranking(fusion="max")}, "ranking.fusion must be one of sum, rank"),  # type: ignore[arg-type]
    ({"min_similarity": 1.5, "embedding": vector(1)}, "min_similarity must be between -1 and 1"),
    ({"min_similarity": 0.5}, "min_similarity needs an embedding"),
    (
        {"after": Cursor.of(SearchPlace(1, uuid.uuid4(), 1, "exact", NOW)), "ranking": Ranking(diversity=0.1)},
        "after cannot be combined with diversity",
    ),
    ({"after": (1, 2)}, "after must be a memdb.Cursor, not tuple"),
    ({"after": Cursor.of(SearchPlace(math.nan, uuid.uuid4(), 1, "exact", NOW))}, "after_score must be between"),
    ({"strategy": "fast"}, "strategy must be one of"),
    ({"limit": 0}, "limit must be between 1 and 1000"),
    ({"as_of": datetime(2020, 1, 1)}, "as_of must have a time zone"),
    ({"tags": "a"}, "tags must be a list"),
    ({"metadata": [1]}, "metadata must be a JSON object"),
    ({"category": "x"}, "category must be one of"),
]


async def test_wrong_input_is_named(db: Database) -> None:
    """Before anything is sent: there is no such tenant."""
    for asked, message in WRONG:
        with pytest.raises(InvalidInput) as caught:
            await memories.search(db.tenant(uuid.uuid4()), agent_id=uuid.uuid4(), **{"text": "x", **asked})
        assert str(caught.value).startswith(message)
