"""Knowledge: retrieval from 2,000 facts about 20 entities, single and concurrent assertions, names, graphs, and upkeep.

    make bench-knowledge                              # on an embedded server in a temporary folder, some minutes
    make bench-knowledge ARGS="--quick"               # a small run, to see that everything works
    python bench/knowledge.py --facts 10000
    python bench/knowledge.py --dsn postgresql://...  # a superuser's URL of a database with memdb's schema; the data stays there

One agent has --facts facts about 20 entities, each with an embedding. Half of the facts give a value to one of 50 attributes; some of
these superseded another. The same tables hold --others facts of ten more agents, half of them another tenant's. Words are as frequent as
in a natural language, and embeddings are close to one another within an entity or a topic. A question names an entity, and contains words
of one of its facts.

The operations of a table are interleaved, warm, one at a time; their round trips are counted on the wire in separate calls. The floor of a
retrieval is a statement of a superuser, without row-level security, that only compares the agent's embeddings. No setting of the server
trades durability for speed. On the embedded server, this process is pinned to one core and the server to the others.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count, islice
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec
import numpy as np
from measuring import FIGURES, Rate, Step, console, options_of, p95, rate, rates, serving, shown, table, told_by, write
from rich.table import Table

import memdb
from memdb import agents, edges, entities, events, facts, insights, organizations, triples, upkeep, users
from memdb.agents import Agent
from memdb.edges import NewEdge
from memdb.engine import codecs
from memdb.engine.database import Database, Tenant
from memdb.entities import Sighting
from memdb.events import NewEvent
from memdb.facts import NewFact
from memdb.insights import NewInsight
from memdb.operations.wire import Wire, tapped
from memdb.triples import NewTriple

ENTITIES: Final = 20
TOPICS: Final = 40
OTHER_AGENTS: Final = 10
CLIENTS: Final = 32
QUESTIONS: Final = 200
BATCH: Final = 1000
VOCABULARY: Final = 5000
SYLLABLES: Final = ("ba", "den", "kor", "li", "mas", "no", "pre", "ru", "sel", "ti", "van", "wo", "zen", "al", "ger", "hu", "fi", "ost")
NOW: Final = datetime.now(UTC)
LONG_AGO: Final = NOW - timedelta(days=730)
FLOOR: Final = """
SELECT f.id, f.content, e.embedding <=> $3 AS distance
FROM memdb.facts AS f
JOIN memdb.fact_embeddings AS e ON e.org_id = f.org_id AND e.space = 1 AND e.fact_id = f.id
WHERE f.org_id = $1 AND f.agent_id = $2 AND f.status = 'active' AND f.deleted_at IS NULL
ORDER BY distance
LIMIT 20
"""

Vector = np.ndarray[Any, np.dtype[np.float32]]


class Question(NamedTuple):
    """A text about a fact, and the entity that the text names."""

    text: str
    embedding: Vector
    entity_id: uuid.UUID


Call = Callable[[Tenant, Question], Awaitable[Any]]


class Timed(NamedTuple):
    """An operation; `round_trips` is None where nothing counted them, the ratio is of its median to the first one's of its table.

    `least_ms` is what it takes where nothing else has the cores for a moment.
    """

    operation: str
    rows: float
    round_trips: int | None
    least_ms: float
    p50_ms: float
    p95_ms: float
    ratio: float


class Words:
    """Texts and embeddings, the same ones in each run."""

    def __init__(self, dimension: int) -> None:
        self.random = random.Random(1)
        self.numbers = np.random.default_rng(1)
        self.dimension = dimension
        self.words = list(dict.fromkeys("".join(self.random.choices(SYLLABLES, k=n % 3 + 2)) for n in range(VOCABULARY)))
        self.weights = list(accumulate(1 / (10 + n) for n in range(len(self.words))))
        self.topics = [self.direction() for _ in range(TOPICS)]

    def text(self, words: int) -> str:
        return " ".join(self.random.choices(self.words, cum_weights=self.weights, k=words))

    def name(self) -> str:
        return " ".join("".join(self.random.choices(SYLLABLES, k=3)).title() for _ in range(2))

    def names(self, size: int) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < size:
            found[self.name()] = None
        return list(found)

    def direction(self) -> Vector:
        vector = self.numbers.normal(size=self.dimension).astype(np.float32)
        return vector / np.linalg.norm(vector)

    def near(self, *centres: Vector, noise: float) -> Vector:
        return np.sum([*centres, noise * self.direction()], axis=0, dtype=np.float32)


class Known:
    """An agent, the entities that it knows, and what it is asked of them."""

    def __init__(self, tenant: Tenant, agent: Agent, words: Words) -> None:
        self.tenant = tenant
        self.agent_id = agent.id
        self.words = words
        self.entities: list[entities.Entity] = []
        self.centres: list[Vector] = []
        self.known: list[uuid.UUID] = []
        self.questions: list[Question] = []

    async def see(self, size: int) -> None:
        for batch in batches(Sighting(type="person", name=name) for name in self.words.names(size)):
            self.entities += await entities.see_many(self.tenant, agent_id=self.agent_id, items=batch)
        self.centres = [self.words.direction() for _ in self.entities]

    def facts(self, size: int) -> Iterator[NewFact]:
        """That many that stay, of one entity after the other; then other values for a tenth of them, which take their place."""
        chance = self.words.random
        for n in range(size + size // 10):
            about, number = n % ENTITIES, n // ENTITIES if n < size else (n - size) // ENTITIES * 2
            entity, text = self.entities[about], self.words.text(chance.randint(6, 20))
            embedding = self.words.near(self.centres[about], chance.choice(self.words.topics), noise=1.2)
            if len(self.questions) < QUESTIONS:
                asked = " ".join(chance.sample(text.split(), 5))
                self.questions.append(
                    Question(f"what is it with {entity.name} and {asked}", self.words.near(embedding, noise=0.8), entity.id)
                )
            # Every other number has a value.
            valued = number % 2 == 0
            yield NewFact(
                entity_id=entity.id,
                content=f"{entity.name} {text}",
                attribute=f"attribute_{number // 2}" if valued else None,
                value=f"{text} {n}" if valued else None,
                embedding=embedding,
                category=("personal", "work", "other")[n % 3],
                confidence=chance.uniform(0.5, 1),
                importance=chance.random(),
                entities=[chance.choice(self.entities[:ENTITIES]).id] if n % 5 == 0 else [],
                valid_from=LONG_AGO + timedelta(days=600) * n / size,
            )

    async def learn(self, size: int, step: Step) -> None:
        for batch in batches(self.facts(size)):
            self.known += [done.fact.id for done in await facts.assert_many(self.tenant, agent_id=self.agent_id, items=batch)]
            step(len(batch))

    async def relate(self, size: int) -> None:
        """That many edges, among a fifth as many entities, or all."""
        chance = self.words.random
        pairs = [chance.sample(self.entities[: max(size // 5, ENTITIES)], 2) for _ in range(size)]
        made = (
            NewEdge(source_id=one.id, target_id=other.id, type=f"type_{n % 5}", weight=chance.random())
            for n, (one, other) in enumerate(pairs)
        )
        for batch in batches(made):
            await edges.assert_many(self.tenant, items=batch)


def batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    given = iter(items)
    while batch := list(islice(given, BATCH)):
        yield batch


class Bench:
    """The agent with the facts, one with many entities, and the others beside them."""

    def __init__(self, owner: asyncpg.Connection, db: Database, counted: Database, wire: Wire, options: argparse.Namespace) -> None:
        self.owner = owner
        self.db = db
        self.counted = counted
        self.wire = wire
        self.options = options

    async def fill(self) -> None:
        slug = uuid.uuid4().hex[:12]
        mine, other = [await organizations.create(self.db.admin(), slug=f"knowledge-{n}-{slug}", name="Knowledge") for n in range(2)]
        self.tenant = self.db.tenant(mine.id)
        self.words = Words(self.tenant.dimension)
        self.chance = self.words.random
        known = [await self.agent(mine.id, n) for n in range(2)] + [
            await self.agent((mine.id, other.id)[n % 2], 2 + n) for n in range(OTHER_AGENTS)
        ]
        self.asked, self.graph, *self.others = known
        of_each = self.options.others // OTHER_AGENTS
        with shown("asserting facts", (self.options.facts + self.options.others) * 11 // 10) as step:
            for each in (self.asked, *self.others):
                await each.see(ENTITIES)
                await each.learn(self.options.facts if each is self.asked else of_each, step)
                await each.relate(2 * ENTITIES)
        await self.fill_rest()
        await self.owner.execute("VACUUM ANALYZE")

    async def agent(self, org_id: uuid.UUID, number: int) -> Known:
        tenant = self.db.tenant(org_id)
        return Known(tenant, await agents.create(tenant, slug=f"agent{number}", name=f"Agent {number}"), self.words)

    async def fill_rest(self) -> None:
        """The graph; events and triples, each as many as there are facts, and a tenth of that of insights, of three facts each."""
        agent_id = self.asked.agent_id
        await self.graph.see(self.options.entities)
        await self.graph.relate(self.options.edges)
        for entity in self.graph.entities[:100]:
            await entities.add_alias(self.tenant, entity_id=entity.id, alias=f"the {entity.name} of old")
        self.user = await users.create(self.tenant, email="user@example.com", name="User")
        made = (
            (n, self.words.text(12), self.words.near(self.chance.choice(self.words.topics), noise=1.0)) for n in range(self.options.facts)
        )
        for batch in batches(made):
            happened = [NewEvent(content=text, embedding=near, occurred_at=LONG_AGO + timedelta(hours=n)) for n, text, near in batch]
            await events.add_many(self.tenant, agent_id=agent_id, items=happened)
            stated = [NewTriple(subject=text.split()[0], predicate="says", object=f"{text} {n}", embedding=near) for n, text, near in batch]
            await triples.assert_many(self.tenant, user_id=self.user.id, items=stated)
            found = [
                NewInsight(title=text[:40], content=text, embedding=near, fact_ids=self.chance.sample(self.asked.known, 3))
                for _, text, near in batch[::10]
            ]
            await insights.add_many(self.tenant, agent_id=agent_id, items=found)

    def of_retrieval(self, floor: asyncpg.Connection) -> dict[str, Call]:
        def retrieve(text: bool = True, embedding: bool = True, **given: Any) -> Call:
            async def call(on: Tenant, question: Question) -> Any:
                told = {"text": question.text if text else None, "embedding": question.embedding if embedding else None}
                return await facts.retrieve(on, agent_id=self.asked.agent_id, **told, **given)

            return call

        async def bare(on: Tenant, question: Question) -> Any:
            return await floor.fetch(FLOOR, self.tenant.org_id, self.asked.agent_id, question.embedding)

        async def of_entity(on: Tenant, question: Question) -> Any:
            return await facts.retrieve(on, agent_id=self.asked.agent_id, entity_ids=[question.entity_id])

        return {
            "floor: nearest 20, bare": bare,
            "text and embedding": retrieve(),
            "text alone": retrieve(embedding=False),
            "embedding alone": retrieve(text=False),
            "an entity alone": of_entity,
            "both, no names looked for": retrieve(names=False),
            "both, no neighbours": retrieve(depth=0),
            "both, as of a year ago": retrieve(as_of=NOW - timedelta(days=365)),
            "both, as known before": retrieve(known_at=datetime.now(UTC)),
            "both, of one category": retrieve(category="work"),
            "both, the best 100": retrieve(limit=100),
        }

    def of_reading(self) -> dict[str, Call]:
        agent_id, graph = self.asked.agent_id, self.graph

        def resolve(name: Callable[[entities.Entity], str], size: int = 1) -> Call:
            async def call(on: Tenant, question: Question) -> Any:
                names = [name(entity) for entity in self.chance.choices(graph.entities[:100], k=size)]
                return await entities.resolve(on, agent_id=graph.agent_id, names=names)

            return call

        def neighbours(depth: int) -> Call:
            async def call(on: Tenant, question: Question) -> Any:
                return await edges.neighbours(on, entity_ids=[self.chance.choice(graph.entities[:100]).id], depth=depth)

            return call

        def search(area: Any, **whose: uuid.UUID) -> Call:
            return lambda on, question: area.search(on, text=question.text, embedding=question.embedding, **whose)

        return {
            "events.page, 50": lambda on, _: events.page(on, agent_id=agent_id),
            "facts.page, 50": lambda on, _: facts.page(on, agent_id=agent_id),
            "resolve a key": resolve(lambda entity: entity.key),
            "resolve an alias": resolve(lambda entity: f"The {entity.name} of old"),
            "resolve a misspelt name": resolve(lambda entity: f"{entity.name[:-1]}y"),
            "resolve 10 unknown names": resolve(lambda _: self.words.name(), 10),
            "neighbours, depth 1": neighbours(1),
            "neighbours, depth 2": neighbours(2),
            "neighbours, depth 3": neighbours(3),
            "neighbours, depth 5": neighbours(5),
            "insights.search": search(insights, agent_id=agent_id),
            "triples.search": search(triples, user_id=self.user.id),
            "events.search": search(events, agent_id=agent_id),
        }

    def of_asserting(self) -> dict[str, Call]:
        to, number, near, text = self.others[0], count(), self.words.direction(), self.words.text(14)
        about = {"agent_id": to.agent_id, "entity_id": to.entities[0].id, "embedding": near}
        return {
            "a new fact": lambda on, _: facts.assert_(on, **about, content=f"{text} {next(number)}"),
            "the same one again": lambda on, _: facts.assert_(on, **about, content=text),
            "a value in another's place": lambda on, _: facts.assert_(
                on, **about, content=text, attribute="home", value=f"{text} {next(number)}"
            ),
        }

    async def compare(self, operations: dict[str, Call], rounds: int) -> list[Timed]:
        times: dict[str, list[float]] = {name: [] for name in operations}
        rows: dict[str, list[int]] = {name: [] for name in operations}
        trips = {}
        for name, call in operations.items():
            # Ten times, so that the plan for any values is there where one is wanted.
            for question in self.asked.questions[:10]:
                await call(self.tenant, question)
            aside = self.counted.tenant(self.tenant.org_id)
            await call(aside, question)
            self.wire.round_trips = 0
            await call(aside, question)
            trips[name] = self.wire.round_trips or None
        order = list(operations)
        with shown("asking", rounds) as step:
            for n in range(rounds):
                self.chance.shuffle(order)
                for name in order:
                    start = time.perf_counter()
                    found = await operations[name](self.tenant, self.asked.questions[n % QUESTIONS])
                    times[name].append(time.perf_counter() - start)
                    rows[name].append(len(found) if isinstance(found, list) else 1)
                step(1)
        first = statistics.median(next(iter(times.values())))
        return [
            Timed(
                name,
                statistics.mean(rows[name]),
                trips[name],
                min(taken) * 1e3,
                statistics.median(taken) * 1e3,
                p95(taken) * 1e3,
                statistics.median(taken) / first,
            )
            for name, taken in times.items()
        ]

    async def assert_many(self) -> list[Rate]:
        """Facts without values, and facts that each supersede another; three times each, interleaved."""
        to = self.others[1]
        taken: dict[tuple[str, int], list[float]] = {}
        for _ in range(3):
            for size, valued in ((100, False), (1000, False), (1000, True)):
                # Every other one has a value.
                items = [
                    msgspec.structs.replace(each, valid_from=None)
                    for each in islice(to.facts(2 * size), 2 * size)
                    if (each.value is not None) == valued
                ]
                start = time.perf_counter()
                await facts.assert_many(to.tenant, agent_id=to.agent_id, items=items)
                what = f"assert_many of {size:,}" + (", values in others' places" if valued else "")
                taken.setdefault((what, len(items)), []).append(time.perf_counter() - start)
        return [rate(what, size, statistics.median(each)) for (what, size), each in taken.items()]

    async def asserters(self) -> list[Rate]:
        """Many at once, of one fact and of one each; what they have asserted is there, once."""
        to, rounds = self.others[2], max(self.options.rounds // 10, 3)
        results = []
        for what, of_one in ((f"{CLIENTS} at once, one fact", True), (f"{CLIENTS} at once, a fact each", False)):
            seconds = 0.0
            for n in range(rounds):
                said = [(to.entities[0].id, f"{what} {n}")] * CLIENTS
                if not of_one:
                    said = [(to.entities[each % ENTITIES].id, f"{what} {n} {each}") for each in range(CLIENTS)]
                start = time.perf_counter()
                done = await asyncio.gather(
                    *[facts.assert_(to.tenant, agent_id=to.agent_id, entity_id=about, content=content) for about, content in said]
                )
                seconds += time.perf_counter() - start
                held = [
                    fact
                    for fact in await facts.page(to.tenant, agent_id=to.agent_id, limit=2 * CLIENTS)
                    if fact.content in {content for _, content in said}
                ]
                added = [each.fact.id for each in done if each.outcome == "added"]
                if sorted(added) != sorted(fact.id for fact in held) or len(held) != len(set(said)):
                    raise AssertionError("a fact is stored twice, or is missing")
            results.append(rate(what, CLIENTS * rounds, seconds))
        return results

    async def keep_up(self) -> list[Rate]:
        results = []
        for what in ("refresh_vitality", "refresh_vitality again"):
            start, seen = time.perf_counter(), 0
            for each in self.others:
                seen += (await upkeep.refresh_vitality(each.tenant, agent_id=each.agent_id)).seen
            results.append(rate(what, seen, time.perf_counter() - start))
        return results


def compared(title: str, results: Sequence[Timed]) -> Table:
    made = table(title, "operation", "rows", "round trips", "least ms", "p50 ms", "p95 ms", "ratio")
    for each in results:
        trips = "" if each.round_trips is None else str(each.round_trips)
        times = [f"{each.least_ms:.2f}", f"{each.p50_ms:.2f}", f"{each.p95_ms:.2f}"]
        made.add_row(each.operation, f"{each.rows:.0f}", trips, *times, f"{each.ratio:.2f}")
    return made


async def run(dsn: str, options: argparse.Namespace) -> None:
    async with AsyncExitStack() as stack:
        owner, floor = [await asyncpg.connect(dsn, timeout=60.0) for _ in range(2)]
        for connection in (owner, floor):
            stack.push_async_callback(connection.close)
        await floor.set_type_codec(
            "halfvec", schema="public", encoder=codecs.encode_halfvec, decoder=codecs.decode_halfvec, format="binary"
        )
        wire = await stack.enter_async_context(tapped(dsn))
        db = await stack.enter_async_context(memdb.connect(dsn, pool_size=CLIENTS, timeout=120.0))
        counted = await stack.enter_async_context(memdb.connect(wire.dsn, pool_size=1, timeout=120.0))
        bench = Bench(owner, db, counted, wire, options)
        await bench.fill()
        tables = {
            "retrieval": (f"Retrieval from {options.facts:,} facts", bench.of_retrieval(floor)),
            "reading": ("Reading", bench.of_reading()),
            "asserting": ("Asserting", bench.of_asserting()),
        }
        figures = {}
        for name, (title, operations) in tables.items():
            figures[name] = await bench.compare(operations, options.rounds)
            console.print(compared(title, figures[name]))
        figures["throughput"] = [*await bench.assert_many(), *await bench.asserters(), *await bench.keep_up()]
        console.print(rates(figures["throughput"], "facts"))
        if options.json:
            sizes = {name: getattr(options, name) for name in ("facts", "others", "entities", "edges", "rounds")}
            write(options.json, {**await told_by(owner), **sizes, **{k: [each._asdict() for each in v] for k, v in figures.items()}})


async def main() -> None:
    parser = options_of(__doc__ or "", "knowledge")
    parser.add_argument("--facts", type=int, default=2_000, help="facts of the agent that is queried")
    parser.add_argument("--others", type=int, default=100_000, help="facts of the other agents")
    parser.add_argument("--entities", type=int, default=10_000, help="entities of the graph, among which names are resolved")
    parser.add_argument("--edges", type=int, default=10_000, help="edges of the graph")
    parser.add_argument("--rounds", type=int, default=200, help="runs of each operation")
    options = parser.parse_args()
    if options.quick:
        options.others, options.entities, options.edges, options.rounds = 2_000, 1_000, 1_000, 10
    else:
        options.json = options.json or FIGURES / "knowledge.json"
    async with serving(options.dsn) as dsn:
        await run(dsn, options)


if __name__ == "__main__":
    asyncio.run(main())
