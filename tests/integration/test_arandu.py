"""arandu's MemoryClient over memdb: written by messages with fake models, read, and deleted."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import memdb
from memdb import agents, edges, entities, facts, messages, organizations, sessions
from memdb.adapters.arandu import (
    ExtractedEntity,
    ExtractedFact,
    ExtractedRelation,
    Extraction,
    LLMResult,
    MemoryClient,
    MemoryConfig,
    MemoryError,
    RetrievalError,
    TokenUsage,
    create_engine,
    create_session_factory,
    init_db,
)
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, MemdbError, PoolClosed, SessionClosed, TenantRequired
from tests.conftest import DIMENSION, Home

ROOT = Path(memdb.__file__).parents[1]


class Words:
    """An embedder: what has the same words is alike."""

    failing = False
    dimension = DIMENSION

    async def embed(self, texts: list[str]) -> list[list[float]]:
        if self.failing:
            raise ConnectionError("the embedder is down")
        return [self._embedded(text.lower().split()) for text in texts]

    def _embedded(self, words: list[str]) -> list[float]:
        vector = [0.0] * self.dimension
        for word in words:
            vector[zlib.crc32(word.strip(".?!").encode()) % self.dimension] += 1.0
        return vector

    async def embed_one(self, text: str) -> list[float] | None:
        return (await self.embed([text]))[0]


class Answers:
    """A model that gives the answers it has, one after the other, and notes what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self._answers: Iterator[Any] = iter(answers)
        self.asked: list[Any] = []

    async def complete(self, messages: list[dict[str, Any]], **_: Any) -> LLMResult:
        self.asked.append(json.loads(messages[1]["content"]))
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return LLMResult(answer if isinstance(answer, str) else json.dumps(answer), TokenUsage(10, 5, 15))


def says(*told: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"facts": [{"subject": subject, "fact": fact} for subject, fact in told], **more}


def client(tenant: Tenant, *answers: Any, **options: Any) -> MemoryClient:
    return MemoryClient(tenant, Answers(*answers), Words(), **options)


OSLO = {
    "entities": [{"name": "Ada Lovelace", "type": "person", "aliases": ["Ada"]}, {"name": "Oslo", "type": "place"}],
    "facts": [{"subject": "Ada", "fact": "Ada lives in Oslo", "confidence": 0.95}, {"subject": "Ada", "fact": "Ada plays the violin"}],
    "relations": [
        {"source": "Ada", "target": "Oslo", "rel_type": "lives_in"},
        {"source": "Ada", "target": "Ada Lovelace", "rel_type": "is"},
    ],
}


async def test_a_message_is_stored_with_what_it_says(tenant: Tenant) -> None:
    memory = client(tenant, OSLO)
    at = datetime(2026, 5, 1, tzinfo=UTC)
    result = await memory.write("my_agent", "I live in Oslo.", speaker_name=" Ada ", session_id="s-1", occurred_at=at, verbose=True)
    assert (result.success, result.error, result.tokens_used.total_tokens) == (True, None, 15)
    assert [each["fact_text"] for each in result.facts_added] == ["Ada lives in Oslo", "Ada plays the violin"]
    # arandu's documents read them either way.
    assert [(each.entity_name, each.fact_text, each.confidence) for each in result.facts_added] == [
        ("Ada Lovelace", "Ada lives in Oslo", 0.95),
        ("Ada Lovelace", "Ada plays the violin", 0.8),
    ]
    with pytest.raises(AttributeError, match="'unknown' is none of fact_id, fact_text"):
        _ = result.facts_added[0].unknown
    assert asdict(result)["facts_added"] == result.facts_added
    assert {(each["key"], each["is_new"]) for each in result.entities_resolved} == {("person:ada_lovelace", True), ("place:oslo", True)}
    assert result.pipeline is not None
    assert [each.name for each in result.pipeline.steps] == ["message", "extraction", "upsert"]
    as_json = json.loads(json.dumps(result.pipeline.to_dict()))
    assert [(each["name"], each["duration_ms"] >= 0) for each in as_json["steps"]] == [(each.name, True) for each in result.pipeline.steps]
    assert as_json["steps"][1]["data"] == {"facts": 2, "entities": 2, "relations": 2}

    (session,) = await sessions.page(tenant)
    assert session.external_id == "s-1"
    (message,) = await messages.page(tenant, session_id=session.id)
    assert (str(message.id), message.content, message.name, message.sent_at, message.embedded) == (
        result.event_id,
        "I live in Oslo.",
        "Ada",
        at,
        True,
    )
    (agent,) = [each for each in await agents.page(tenant) if each.name == "my_agent"]
    (lives, plays) = reversed(await facts.page(tenant, agent_id=agent.id))
    assert (lives.content, lives.confidence, lives.valid_from, lives.speaker, lives.session_id) == (
        "Ada lives in Oslo",
        0.95,
        at,
        "Ada",
        session.id,
    )
    oslo = await entities.get_by_key(tenant, agent_id=agent.id, key="place:oslo")
    assert oslo is not None
    assert oslo.id in await facts.entities(tenant, id=lives.id)
    assert oslo.id not in await facts.entities(tenant, id=plays.id)
    (edge,) = await edges.page(tenant, agent_id=agent.id)
    assert (edge.source_id, edge.target_id, edge.type) == (lives.entity_id, oslo.id, "lives_in")


async def test_what_is_known_is_shown_confirmed_replaced_and_forgotten(tenant: Tenant) -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    model = Answers(
        OSLO,
        says(("Ada", "Ada lives in Oslo")),
        {"facts": [{"subject": "Ada", "fact": "Ada lives in Paris", "updates": "Ada lives in Oslo"}]},
        {"forgets": ["Ada plays the violin", "never known"]},
    )
    memory = MemoryClient(tenant, model, Words())
    await memory.write("a", "I live in Oslo.", "Ada", occurred_at=at)
    again = await memory.write("a", "I live in Oslo!", "Ada", occurred_at=at + timedelta(days=1))
    assert ([each["fact_text"] for each in again.facts_unchanged], again.facts_added) == (["Ada lives in Oslo"], [])
    moved = await memory.write("a", "I live in Paris now.", "Ada", occurred_at=at + timedelta(days=2), recent_messages=["Hm."])
    (updated,) = moved.facts_updated
    assert (updated["fact_text"], updated["replaced"], updated["subject"], updated["entity_key"]) == (
        "Ada lives in Paris",
        "Ada lives in Oslo",
        "Ada Lovelace",
        "person:ada_lovelace",
    )
    assert not moved.facts_added
    asked = model.asked[2]
    assert "Ada lives in Oslo" in asked["known facts"]
    assert (asked["speaker"], asked["earlier messages"], asked["message"]) == ("Ada", ["Hm."], "I live in Paris now.")
    forgotten = await memory.write("a", "I play the violin no more.", "Ada", occurred_at=at + timedelta(days=3))
    assert [each["fact_text"] for each in forgotten.facts_deleted] == ["Ada plays the violin"]

    assert [each.fact_text for each in await memory.get_all("a")] == ["Ada lives in Paris"]
    agent = await agents.get_by_slug(tenant, slug="a")
    assert agent is not None
    then = await facts.page(tenant, agent_id=agent.id, as_of=at + timedelta(days=1))
    assert {each.content for each in then} == {"Ada lives in Oslo", "Ada plays the violin"}


async def test_an_extractor_of_the_caller_s(tenant: Tenant) -> None:
    class Extractor:
        async def extract(self, message: str, **given: Any) -> Extraction:
            assert given["speaker_name"] == "Ada"
            assert await given["llm"].complete([{}, {"content": "{}"}]) is not None
            return Extraction(
                [ExtractedEntity("Ada", "Human Being!")],
                [
                    ExtractedFact("Ada", "Ada's city is Oslo", attribute="city", value="Oslo"),
                    ExtractedFact("ADA", "Ada's city is Oslo!", attribute="city", value="Oslo"),
                    ExtractedFact("The cat", " "),
                ],
                [ExtractedRelation("Ada", "Bob", "Knows Well")],
            )

    memory = client(tenant, {}, extractor=Extractor())
    result = await memory.write("a", "Hello.", "Ada")
    assert (result.success, result.error) == (True, None)
    assert [each.entity_key for each in await memory.get_all("a")] == ["human_being:ada"]
    assert {each.canonical_key for each in await memory.entities("a")} == {"human_being:ada", "concept:bob"}
    assert result.tokens_used == TokenUsage(10, 5, 15)


async def test_a_message_is_stored_even_where_its_extraction_fails(home: Home) -> None:
    wrong = {
        "ExtractionError: the model failed": ConnectionError("down"),
        "ExtractionError: the model's answer": "no JSON",
        "ExtractionError: the model's answer is": '{"facts": [{"subject": "Ada"}]}',
        "ExtractionError": "[]",
        "UpsertError: content": says(("Ada", "x" * 9000)),
        "UpsertError": says(("n" * 300, "too long a name")),
    }
    memory = client(home.tenant, *wrong.values())
    for error in wrong:
        result = await memory.write(home.agent.slug, "Hello.", "Ada")
        assert not result.success
        assert (result.error or "").startswith(error)
        stored = await messages.get(home.tenant, id=uuid.UUID(result.event_id))
        assert stored is not None
        assert await memory.get_all(home.agent.slug) == []


async def test_an_extractor_that_fails_or_takes_too_long(tenant: Tenant) -> None:
    class Extractor:
        async def extract(self, message: str, **_: Any) -> Extraction:
            if message == "raise":
                raise KeyError("subject")
            await asyncio.sleep(60)
            raise AssertionError

    memory = client(tenant, extractor=Extractor())
    failed = await memory.write("a", "raise", "Ada")
    late = await memory.write("a", "wait", "Ada", config_overrides={"extraction_timeout_sec": 0.01})
    assert (failed.success, failed.error) == (False, "ExtractionError: the extractor failed: KeyError: 'subject'")
    assert (late.success, late.error) == (False, "ExtractionError: nothing was extracted within 0.01 seconds")
    (session,) = await sessions.page(tenant)
    assert [each.content for each in await messages.page(tenant, session_id=session.id)] == ["raise", "wait"]


async def test_what_writes_nothing(tenant: Tenant) -> None:
    memory = client(tenant, OSLO)
    assert (await memory.write("a", "  \n", "Ada")).event_id == ""
    for speaker in ("", "  ", None):
        with pytest.raises(ValueError, match="speaker_name"):
            await memory.write("a", "Hello.", speaker)  # type: ignore[arg-type]
    for agent in ("", None, 1.5):
        with pytest.raises(InvalidInput, match="agent_id"):
            await memory.write(agent, "Hello.", "Ada")  # type: ignore[arg-type]
    dry = await memory.write("a", "I live in Oslo.", "Ada", dry_run=True)
    assert dry.facts_added == ["Ada lives in Oslo", "Ada plays the violin"]
    assert dry.entities_resolved == ["Ada Lovelace", "Oslo"]
    assert dry.event_id == ""
    assert await agents.get_by_slug(tenant, slug="a") is None
    assert await sessions.count(tenant) == 0


async def test_errors_name_arandus_arguments(tenant: Tenant) -> None:
    memory = client(tenant, OSLO)
    for wrong, field in (
        ({"message": "NUL \0"}, "message"),
        ({"speaker_name": "x" * 201}, "speaker_name"),
        ({"session_id": ""}, "session_id"),
        ({"occurred_at": datetime(2026, 5, 1)}, "occurred_at"),
        ({"occurred_at": "2026-05-01"}, "occurred_at"),
        ({"source": b"x"}, "source"),
    ):
        given: dict[str, Any] = {"agent_id": "a", "message": "Hello.", "speaker_name": "Ada", **wrong}
        with pytest.raises(InvalidInput, match=f"^{field} must"):
            await memory.write(**given)
    await memory.write("a", "I live in Oslo.", "Ada")
    for wrong, field in (
        ({"query": 5}, "query"),
        ({"query": "NUL \0"}, "query"),
        ({"entity_keys": "person:ada"}, "entity_keys"),
        ({"entity_keys": [5]}, "entity_keys"),
        ({"config_overrides": {"topk_facts": 0}}, "topk_facts"),
        ({"config_overrides": {"score_weights": {"semantic": -1}}}, "score_weights"),
    ):
        asked: dict[str, Any] = {"agent_id": "a", "query": "Ada", **wrong}
        with pytest.raises(InvalidInput, match=f"^{field} must"):
            await memory.retrieve(**asked)


async def test_an_embedder_that_fails_costs_no_memory(tenant: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    embedder = Words()
    memory = MemoryClient(tenant, Answers(OSLO, OSLO), embedder)
    embedder.failing = True
    with caplog.at_level(logging.WARNING):
        result = await memory.write("a", "I live in Oslo.", "Ada")
    assert result.success
    assert "the embedder is down" in caplog.text
    agent = await agents.get_by_slug(tenant, slug="a")
    assert agent is not None
    assert len(await facts.unembedded(tenant, agent_id=agent.id)) == 2
    with pytest.raises(RetrievalError, match="down") as raised:
        await memory.retrieve("a", "Oslo")
    assert isinstance(raised.value.__cause__, ConnectionError)
    assert issubclass(MemoryError, MemdbError)
    embedder.failing, embedder.dimension = False, 3
    with pytest.raises(InvalidInput, match="384 dimensions"):
        await memory.write("a", "I live in Oslo.", "Ada")
    with pytest.raises(InvalidInput, match="384 dimensions"):
        await memory.retrieve("a", "Oslo")


async def test_facts_that_are_alike_are_stored_once(tenant: Tenant) -> None:
    memory = client(tenant, says(("Ada", "Ada lives in Oslo"), ("Ada", "in Oslo lives Ada"), ("Ada", "Ada has 3 cats")))
    result = await memory.write("a", "Hello.", "Ada", config_overrides={"max_facts_per_event": 3})
    assert [each["fact_text"] for each in result.facts_added] == ["Ada lives in Oslo", "Ada has 3 cats"]


async def test_retrieving(tenant: Tenant) -> None:
    memory = client(tenant, OSLO, says(("Bob", "Bob drives a red car")))
    await memory.write("a", "I live in Oslo.", "Ada")
    await memory.write("a", "I drive a red car.", "Bob")
    result = await memory.retrieve("a", "Who lives in Oslo?", verbose=True)
    assert result.facts[0].fact_text == "Ada lives in Oslo"
    assert result.facts[0].speaker == "Ada"
    assert set(result.facts[0].scores) == {"semantic", "keyword", "graph", "recency", "importance", "confidence"}
    assert result.context.splitlines()[0] == "- Ada lives in Oslo"
    assert result.facts == sorted(result.facts, key=lambda each: -each.score)
    assert (result.total_candidates, result.config_effective["topk_facts"]) == (len(result.facts), 20)
    (used,) = [each for each in await memory.get_all("a") if each.fact_id == result.facts[0].fact_id]
    fact = await facts.get(tenant, id=uuid.UUID(used.fact_id))
    assert fact is not None
    assert fact.retrievals == 1

    one = await memory.retrieve(
        "a", "Who lives in Oslo?", config_overrides={"topk_facts": 1, "context_max_tokens": 1, "recency_half_life_days": 7}
    )
    assert (len(one.facts), one.context, one.config_effective["topk_facts"]) == (1, "", 1)
    words = await memory.retrieve("a", "car", config_overrides={"score_weights": {"keyword": 1.0}})
    assert [each.fact_text for each in words.facts] == ["Bob drives a red car"]
    of_bob = await memory.retrieve("a", "Oslo car", entity_keys=["person:bob", "nobody"])
    assert [each.fact_text for each in of_bob.facts] == ["Bob drives a red car"]
    assert of_bob.warnings == ["no entity has the key or alias 'nobody'"]
    assert (await memory.retrieve("a", "Oslo", entity_keys=["nobody"])).facts == []
    assert (await memory.retrieve("a", " ")).facts == []
    assert (await memory.retrieve("unknown", "Oslo")).facts == []


async def test_entities_are_named_by_key_and_by_alias_with_and_without_a_type(tenant: Tenant) -> None:
    pedro = {"name": "Pedro Menezes", "type": "person", "aliases": ["Pedro", "o Pedro"]}
    said = {
        "entities": [pedro],
        "facts": [{"subject": "Pedro Menezes", "fact": "Pedro Menezes is a cook"}, {"subject": "Ana", "fact": "Ana is a designer"}],
    }
    memory = client(tenant, said)
    await memory.write("a", "x", speaker_name="Zed")
    for key in ("person:pedro_menezes", "person:pedro", "person:Pedro", "person:o_pedro", "person:o pedro", "o pedro"):
        found = await memory.retrieve("a", "cook designer", entity_keys=[key])
        assert ([each.fact_text for each in found.facts], found.warnings) == (["Pedro Menezes is a cook"], []), key
    assert [each.fact_text for each in await memory.get_all("a", entity_keys=["person:pedro", "o pedro"])] == ["Pedro Menezes is a cook"]
    none = await memory.retrieve("a", "cook", entity_keys=["organization:o_pedro", "person:", "Not a type:o pedro", "person:bob"])
    assert (none.facts, len(none.warnings)) == ([], 4)
    assert none.warnings[0] == "no entity has the key or alias 'organization:o_pedro'"
    # The person is no place.
    assert (await memory.retrieve("a", "cook", entity_keys=["place:pedro"])).facts == []


async def test_facts_are_read_by_page(tenant: Tenant) -> None:
    memory = client(tenant, *[says((name, f"{name} is number {name * 3}")) for name in "BCDEF"])
    for name in "BCDEF":
        await memory.write("a", "Hello.", "Ada " + name)
    texts = [each.fact_text[0] for each in await memory.get_all("a")]
    assert texts == list("FEDCB")
    assert [each.fact_text[0] for each in await memory.get_all("a", limit=2, offset=1)] == ["E", "D"]
    assert await memory.get_all("a", limit=0) == await memory.get_all("a", offset=9) == await memory.get_all("nobody") == []
    some = await memory.get_all("a", entity_keys=["concept:b", "concept:d", "concept:nothing"], limit=5)
    assert [each.fact_text[0] for each in some] == ["D", "B"]
    assert await memory.get_all("a", entity_keys=[]) == []
    met = await memory.entities("a")
    assert len(met) == 10
    assert [each.canonical_key for each in await memory.entities("a", limit=2, offset=1)] == [each.canonical_key for each in met[1:3]]
    assert await memory.entities("nobody") == []
    for wrong in ({"limit": -1}, {"offset": -1}, {"limit": "2"}):
        with pytest.raises(InvalidInput, match=r"limit|offset"):
            await memory.get_all("a", **wrong)  # type: ignore[arg-type]
    first = (await memory.get_all("a"))[0]
    assert await memory.get("a", first.fact_id) == first
    assert (first.entity_key, first.entity_name, first.entity_type, first.speaker) == ("concept:f", "F", "concept", "Ada F")
    for agent, id in (("a", str(uuid.uuid4())), ("a", "no UUID"), ("b", first.fact_id), ("nobody", first.fact_id)):
        assert await memory.get(agent, id) is None
        assert not await memory.delete(agent, id)


async def test_deleting(tenant: Tenant) -> None:
    memory = client(tenant, OSLO, says(("Ada", "Ada lives in Rome")), OSLO)
    await memory.write("a", "I live in Oslo.", "Ada")
    await memory.write("b", "I live in Rome.", "Ada")
    lives = (await memory.get_all("a"))[-1]
    assert await memory.delete("a", lives.fact_id)
    assert not await memory.delete("a", lives.fact_id)
    assert await memory.get("a", lives.fact_id) is None
    assert await memory.delete_all("a") == 1
    assert await memory.delete_all("a") == await memory.delete_all("nobody") == 0
    assert await memory.get_all("a") == await memory.entities("a") == []
    assert (await memory.retrieve("a", "Oslo")).facts == []
    assert len(await memory.get_all("b")) == 1
    (session, _) = await sessions.page(tenant)
    assert await messages.count(tenant, session_id=session.id) == 1
    again = await memory.write("a", "I live in Oslo.", "Ada")
    assert (again.success, len(again.facts_added)) == (True, 2)
    assert all(each["is_new"] for each in again.entities_resolved)


async def test_writers_at_once_lose_nothing(tenant: Tenant) -> None:
    numbers = range(8)
    memory = client(tenant, *[says(("Ada", "Ada lives in Oslo"), ("Ada", f"Ada has {'cat' * (each + 1)}")) for each in numbers])
    results = await asyncio.gather(*[memory.write("a", f"Message {each}", "Ada", session_id="one") for each in numbers])
    assert all(each.success for each in results)
    kept = [each.fact_text for each in await memory.get_all("a")]
    assert kept.count("Ada lives in Oslo") == 1
    assert [each.canonical_key for each in await memory.entities("a")] == ["person:ada"]
    (session,) = await sessions.page(tenant)
    assert await messages.count(tenant, session_id=session.id) == 8


async def test_agents_are_any_texts(tenant: Tenant, agent: agents.Agent) -> None:
    names = ["my_agent", "My_Agent", "用户", "my agent\0", "x" * 300, "arandu-x", str(uuid.uuid4()), agent.slug]
    memory = client(tenant, *[says(("Ada", f"Ada knows number {number}")) for number in range(len(names))])
    for name in names:
        assert (await memory.write(name, "Hello.", "Ada")).success
    assert [(await memory.get_all(name))[0].fact_text[-1] for name in names] == [str(number) for number in range(len(names))]
    assert await facts.count(tenant, agent_id=agent.id) == 1


async def test_other_tenants_and_agents_see_nothing(tenant: Tenant, rival: Home, db: Database) -> None:
    ours, theirs = client(tenant, OSLO), client(rival.tenant)
    await ours.write("a", "I live in Oslo.", "Ada")
    (fact, _) = await ours.get_all("a")
    assert await theirs.get("a", fact.fact_id) is None
    assert not await theirs.delete("a", fact.fact_id)
    assert await theirs.get_all("a") == []
    assert await theirs.delete_all("a") == 0
    assert len(await ours.get_all("a")) == 2
    with pytest.raises(TenantRequired):
        MemoryClient(db.admin(), Answers(), Words())
    with pytest.raises(InvalidInput, match="tenant"):
        MemoryClient(5, Answers(), Words())  # type: ignore[arg-type]
    (session,) = await sessions.page(tenant)
    await sessions.close(tenant, id=session.id)
    with pytest.raises(SessionClosed):
        await client(tenant, OSLO).write("a", "Hello.", "Ada")
    await db.close()
    for call in (ours.get_all("a"), ours.retrieve("a", "Oslo"), ours.write("a", "Hello.", "Ada"), ours.delete_all("a")):
        with pytest.raises(PoolClosed):
            await call


def test_settings(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        config = MemoryConfig(topk_facts=5, enable_reranker=True, timezone="UTC", min_similarity=0)
        assert "enable_reranker, timezone" in caplog.text
        assert (config.topk_facts, config.min_similarity, config.min_confidence) == (5, 0, 0.55)
        changed = config.with_overrides({"topk_facts": 7, "no_such": 1, "reranker_weight": 0.5})
        assert "no_such" in caplog.text
        config.with_overrides({"score_weights": {"semantic": 1.0, "novelty": 1.0}})
        assert "of no effect on memdb: score_weights['novelty']" in caplog.text
    assert (changed.topk_facts, changed.min_similarity, config.topk_facts) == (7, 0, 5)
    for wrong in ({"topk_facts": "5"}, {"topk_facts": True}, {"min_score": None}, {"score_weights": 1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            config.with_overrides(wrong)
    with pytest.raises(TypeError, match="no_such"):
        MemoryConfig(no_such=1)


async def test_from_a_url(dsn: str) -> None:
    url = dsn.replace("postgresql://", "postgresql+psycopg://")
    memory = MemoryClient(url, Answers(OSLO), Words())
    await memory.initialize()
    await memory.initialize()
    assert (await memory.write("a", "I live in Oslo.", "Ada")).success
    engine = create_engine(url)
    await init_db(engine)
    async with create_session_factory(engine)() as session:
        agent = await agents.get_by_slug(session, slug="a")
        assert agent is not None
        assert await facts.count(session, agent_id=agent.id) == 2
    with pytest.raises(ZeroDivisionError):
        async with create_session_factory(engine)() as session:
            await agents.delete(session, id=agent.id)
            raise ZeroDivisionError
    await engine.dispose()
    await memory.close()
    async with memdb.connect(dsn) as db:
        org = await organizations.get_by_slug(db.admin(), slug="default")
        assert org is not None
        assert await agents.get_by_slug(db.tenant(org.id), slug="a") is not None
    with pytest.raises(InvalidInput, match="database_url"):
        create_engine("")


async def test_the_example_runs(dsn: str) -> None:
    spec = importlib.util.spec_from_file_location("arandu_memory", ROOT / "examples" / "arandu_memory.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    assert await example.main(dsn) == ["- Ada lives in Oslo", "- Ada lives in Paris"]
