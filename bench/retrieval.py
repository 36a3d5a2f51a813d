"""How much of the evidence for a question a search finds, in LoCoMo's conversations and in other texts, and how long it takes.

    python bench/retrieval.py                         # on an embedded server in a temporary folder
    python bench/retrieval.py --data FOLDER --dsn postgresql://... --scope 50000
    python bench/retrieval.py --explain "support group"   # one question: the parts of scores, and the words that counted

The folder has two files for each conversation: <n>.json with the turns, and the questions with the turns that answer them (their
evidence); and <n>.npz with the embeddings of both. A conversation is stored as the memories of one agent, as a service would store it. The
measure is the share of a question's evidence among the first k hits, as the mean over all questions that have evidence.

In addition to the rankings, `Ranking.conversation()` is measured without each of its parts. The gain of a ranking over the default, and
over the full `Ranking.conversation()`, is the mean of the questions' gains, with its 95 % bootstrap interval. Then follow the mean parts
of the scores, of evidence that is found and of evidence that is not. With `memdb-pg[embedder]`, everything but the parts is repeated with
that embedder, and with bench/plain.txt: facts, notes, tickets and code without sessions, each with questions that it alone answers.

The last part is one large scope, which repeats the turns, each time with some words changed. It is searched by comparing all memories, and
by the indexes that `memdb index` builds. Searches are interleaved, warm, on one connection. Times are CPU time of the client and, if it is
on this machine, of the server. Round trips are counted on the wire.

Writes docs/benchmarks/retrieval.json, .md, .svg and .png, or the same files beside the one that --json names.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import explaining
import msgspec
import numpy as np
from measuring import Clock, serving, told_by, write
from retrieval_page import PATH, Asked, Figures, Interval, Large, Line, draw, of_large, of_parts, of_set, page
from rich.console import Console
from rich.progress import track

import memdb
from memdb import agents, indexes, memories, organizations
from memdb.cli import embedder
from memdb.engine.database import Tenant
from memdb.memories import NewMemory, Ranking
from memdb.memories.scopes import Strategy
from memdb.operations.wire import tapped

DATA: Final = Path(__file__).resolve().parents[1] / "../shared/data/locomo-dev"
PLAIN: Final = Path(__file__).with_name("plain.txt")
DEPTHS: Final = (5, 10, 20)
PLAIN_DEPTHS: Final = (1, 3, 10)
DRAWS: Final = 4_000
BATCH: Final = 1_000
CHANGED_WORDS: Final = 0.2
LARGE_ROUNDS: Final = 200
console: Final = Console(width=120)

Vectors = np.ndarray[Any, np.dtype[np.float32]]


class Way(NamedTuple):
    """A way to search: by what, and what counts."""

    name: str
    by_text: bool = True
    by_vector: bool = True
    ranking: Ranking = Ranking()


WAYS: Final = (
    Way("embedding alone", by_text=False),
    Way("text alone", by_vector=False),
    Way("both"),
    Way("both, each memory by itself", ranking=Ranking(context_share=0)),
    Way("both, fusion by rank", ranking=Ranking(fusion="rank")),
    Way("both, neighbour_share 0.5", ranking=Ranking(neighbour_share=0.5)),
    Way("both, conversation", ranking=Ranking.conversation()),
)
DEFAULT: Final = WAYS[2]
CONVERSATION: Final = WAYS[-1]


def _without_each_part() -> Iterator[Way]:
    whole, plain = Ranking.conversation(), Ranking(context_share=0)
    for part in whole.__struct_fields__:
        if getattr(whole, part) != getattr(plain, part):
            left = msgspec.structs.replace(whole, **{part: getattr(plain, part)})
            yield Way(f"  no {part}", ranking=left)


ALL_WAYS: Final = (*WAYS, *_without_each_part())


class Turn(NamedTuple):
    id: str
    session: int | None
    at: datetime | None
    content: str
    embedding: Vectors


class Question(NamedTuple):
    text: str
    embedding: Vectors
    evidence: frozenset[str]


class Conversation(NamedTuple):
    turns: Sequence[Turn]
    questions: Sequence[Question]


class Scope(NamedTuple):
    """What one agent has to search, and the turns that each memory stands for."""

    agent_id: uuid.UUID
    turns: Mapping[uuid.UUID, frozenset[str]]


def read(path: Path) -> Conversation:
    told = json.loads(path.read_text())
    with np.load(path.with_suffix(".npz")) as arrays:
        of_turns, of_questions = arrays["turns"].astype(np.float32), arrays["questions"].astype(np.float32)
    turns = [
        Turn(
            turn["id"],
            turn["session"],
            datetime.strptime(turn["at"], "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC),
            f"{turn['speaker']}: {turn['text']}",
            embedding,
        )
        for turn, embedding in zip(told["turns"], of_turns, strict=True)
    ]
    questions = [
        Question(question["question"], embedding, frozenset(question["evidence"]))
        for question, embedding in zip(told["questions"], of_questions, strict=True)
        if question["evidence"]
    ]
    return Conversation(turns, questions)


def read_plain(path: Path) -> Conversation:
    """What is no conversation: a memory a line, and after it its questions. Without embeddings."""
    turns, questions = [], []
    nothing = np.zeros(0, np.float32)
    for line in path.read_text().splitlines():
        if line.startswith("? "):
            questions.append(Question(line.removeprefix("? "), nothing, frozenset([turns[-1].id])))
        elif line and not line.startswith("# "):
            turns.append(Turn(str(len(turns)), None, None, line, nothing))
    return Conversation(turns, questions)


def embedded(conversation: Conversation, dimension: int) -> Conversation:
    """With embeddings of the bundled embedder, which has fewer dimensions: the others are 0, and cosines as they were."""

    def embed(texts: list[str]) -> Vectors:
        made = embedder.embed(texts)
        return np.pad(made, ((0, 0), (0, dimension - made.shape[1])))

    of_turns = embed([turn.content for turn in conversation.turns])
    of_questions = embed([question.text for question in conversation.questions])
    return Conversation(
        [turn._replace(embedding=each) for turn, each in zip(conversation.turns, of_turns, strict=True)],
        [question._replace(embedding=each) for question, each in zip(conversation.questions, of_questions, strict=True)],
    )


async def store(tenant: Tenant, conversation: Conversation) -> Scope:
    agent = await agents.create(tenant, slug=f"a-{uuid.uuid4().hex[:12]}", name="Agent")
    sessions: dict[int, uuid.UUID] = defaultdict(uuid.uuid4)
    items = [
        NewMemory(
            content=turn.content,
            embedding=turn.embedding,
            session_id=None if turn.session is None else sessions[turn.session],
            observed_at=turn.at,
        )
        for turn in conversation.turns
    ]
    # The same words said again are one memory, which stands for all of these turns.
    stands_for: dict[uuid.UUID, set[str]] = defaultdict(set)
    for memory, turn in zip(await memories.add_many(tenant, agent_id=agent.id, items=items), conversation.turns, strict=True):
        stands_for[memory.id].add(turn.id)
    return Scope(agent.id, {id: frozenset(turns) for id, turns in stands_for.items()})


async def store_large(tenant: Tenant, conversations: Sequence[Conversation], size: int) -> Scope:
    """One agent with all turns, over and over with other words and near embeddings."""
    agent = await agents.create(tenant, slug=f"large-{uuid.uuid4().hex[:12]}", name="Agent")
    dice, numbers = random.Random(1), np.random.default_rng(1)
    turns = [turn for conversation in conversations for turn in conversation.turns]
    words = [word for turn in turns for word in turn.content.split()]
    items = []
    for number in track(range(size), description=f"storing {size:,} memories", console=console, transient=True):
        repeated, at = divmod(number, len(turns))
        turn = turns[at]
        changed = [dice.choice(words) if repeated and dice.random() < CHANGED_WORDS else word for word in turn.content.split()]
        near = turn.embedding + bool(repeated) * numbers.normal(scale=0.02, size=len(turn.embedding)).astype(np.float32)
        session_id = uuid.UUID(int=repeated << 64 | at // 20)
        items.append(NewMemory(content=" ".join(changed), embedding=near, session_id=session_id, observed_at=turn.at))
        if len(items) == BATCH or number == size - 1:
            await memories.add_many(tenant, agent_id=agent.id, items=items)
            items.clear()
    return Scope(agent.id, {})


async def search(tenant: Tenant, scope: Scope, way: Way, question: Question, limit: int, strategy: Strategy = "exact") -> memories.Hits:
    return await memories.search(
        tenant,
        agent_id=scope.agent_id,
        text=question.text if way.by_text else None,
        embedding=question.embedding if way.by_vector else None,
        ranking=way.ranking,
        limit=limit,
        strategy=strategy,
    )


class Results:
    """Of each way: the shares of evidence found at each depth, and the times."""

    def __init__(self, clock: Clock, ways: Sequence[Way] = WAYS, depths: Sequence[int] = DEPTHS) -> None:
        self.clock, self.ways, self.depths = clock, ways, depths
        self.found: dict[Way, list[list[float]]] = {way: [] for way in ways}
        self.seconds: dict[Way, list[float]] = {way: [] for way in ways}

    async def ask(self, tenant: Tenant, scope: Scope, question: Question) -> None:
        for way in random.sample(self.ways, len(self.ways)):
            start = self.clock.now()
            hits = await search(tenant, scope, way, question, self.depths[-1])
            self.seconds[way].append(self.clock.now() - start)
            turns = [scope.turns.get(hit.memory.id, frozenset()) for hit in hits]
            self.found[way].append(
                [len(question.evidence & frozenset[str]().union(*turns[:k])) / len(question.evidence) for k in self.depths]
            )

    def lines(self, trips: Mapping[Way, int]) -> list[Line]:
        return [
            Line(
                way.name,
                [statistics.mean(column) for column in zip(*self.found[way], strict=True)],
                self._gain(way, DEFAULT),
                self._gain(way, CONVERSATION) if CONVERSATION in self.ways else None,
                *self.times(way),
                statistics.median(mine / its for mine, its in zip(self.seconds[way], self.seconds[DEFAULT], strict=True)),
                trips.get(way),
            )
            for way in self.ways
        ]

    def _gain(self, way: Way, over: Way) -> Interval | None:
        """At the depth in the middle."""
        if way == over:
            return None
        gains = np.array([mine[1] - its[1] for mine, its in zip(self.found[way], self.found[over], strict=True)])
        drawn = np.random.default_rng(1).choice(gains, (DRAWS, len(gains))).mean(axis=1)
        least, most = np.percentile(drawn, [2.5, 97.5])
        return Interval(float(gains.mean()), float(least), float(most))

    def times(self, way: Way) -> tuple[float, float]:
        """The median and the 95th percentile, in milliseconds."""
        taken = sorted(self.seconds[way])
        return statistics.median(taken) * 1e3, taken[int(len(taken) * 0.95)] * 1e3


async def round_trips(dsn: str, org_id: uuid.UUID, scope: Scope, question: Question) -> dict[Way, int]:
    """How often a warm search waits for the server."""
    counts = {}
    async with tapped(dsn) as wire, memdb.connect(wire.dsn, pool_size=1, timeout=60.0) as db:
        for way in WAYS:
            for _ in range(3):
                wire.round_trips = 0
                await search(db.tenant(org_id), scope, way, question, DEPTHS[-1])
            counts[way] = wire.round_trips
    return counts


async def run(dsn: str, conversations: Sequence[Conversation], size: int) -> Figures:
    async with AsyncExitStack() as stack:
        owner = await asyncpg.connect(dsn)
        stack.push_async_callback(owner.close)
        # One connection, so that every statement is prepared after its first run.
        db = await stack.enter_async_context(memdb.connect(dsn, pool_size=1, timeout=60.0))
        organization = await organizations.create(db.admin(), slug=f"retrieval-{uuid.uuid4().hex[:12]}", name="Retrieval")
        tenant = db.tenant(organization.id)
        told, asked = await report(tenant, owner, "all-MiniLM-L6-v2", conversations, trips_on=dsn)
        sets = [told]
        parts = []
        for way in (DEFAULT, CONVERSATION):
            parts += await explaining.mean_parts(way.name, [_to_explain(tenant, way, *each) for each in asked], console)
        console.print(of_parts(parts))
        if embedder.is_installed():
            dimension = len(conversations[0].turns[0].embedding)
            plain = [embedded(read_plain(PLAIN), dimension)]
            sets += [
                (await report(tenant, owner, embedder.MODEL, [embedded(each, dimension) for each in conversations]))[0],
                (await report(tenant, owner, f"{embedder.MODEL}, no conversations", plain, depths=PLAIN_DEPTHS))[0],
            ]
        figures = Figures(**await told_by(owner), sets=sets, parts=parts)
        if size:
            scope = await store_large(tenant, conversations, size)
            await owner.execute("VACUUM ANALYZE memdb.memories, memdb.memory_embeddings")
            questions = random.Random(1).sample([question for _, question in asked], min(LARGE_ROUNDS, len(asked)))
            exact = await time_large(tenant, owner, scope, questions, size)
            with console.status("building the indexes"):
                owning = await stack.enter_async_context(memdb.connect(dsn, admin_role=None, pool_size=1, timeout=3600.0))
                await indexes.build(owning.admin())
            # Which indexes there are is remembered for some minutes.
            fresh = await stack.enter_async_context(memdb.connect(dsn, pool_size=1, timeout=60.0))
            figures.large = await time_indexed(fresh.tenant(organization.id), owner, scope, questions, exact)
            figures.scope = size
            console.print(of_large(figures.large, size))
        return figures


def _to_explain(tenant: Tenant, way: Way, scope: Scope, question: Question) -> tuple[explaining.Search, explaining.Answers]:
    return (
        lambda limit: search(tenant, scope, way, question, limit),
        lambda id: not scope.turns[id].isdisjoint(question.evidence),
    )


async def report(
    tenant: Tenant,
    owner: asyncpg.Connection,
    title: str,
    conversations: Sequence[Conversation],
    depths: Sequence[int] = DEPTHS,
    trips_on: str | None = None,
) -> tuple[Asked, list[tuple[Scope, Question]]]:
    """Stores them, asks all questions in all ways, and shows what was found."""
    with console.status("storing"):
        scopes = [await store(tenant, conversation) for conversation in conversations]
    # As autovacuum would a minute later.
    await owner.execute("VACUUM ANALYZE memdb.memories, memdb.memory_embeddings")
    asked = [(scope, question) for scope, conversation in zip(scopes, conversations, strict=True) for question in conversation.questions]
    trips = await round_trips(trips_on, tenant.org_id, *asked[0]) if trips_on else {}
    results = Results(clock := await Clock.of(owner), ALL_WAYS, depths)
    for scope, question in asked[:20]:
        await results.ask(tenant, scope, question)
    results = Results(clock, ALL_WAYS, depths)
    for scope, question in track(asked, description=f"asking, {title}", console=console, transient=True):
        await results.ask(tenant, scope, question)
    told = Asked(title, len(asked), sum(len(scope.turns) for scope in scopes), list(depths), results.lines(trips))
    console.print(of_set(told))
    return told, asked


async def time_large(tenant: Tenant, owner: asyncpg.Connection, scope: Scope, questions: list[Question], size: int) -> Results:
    results = Results(clock := await Clock.of(owner))
    for question in questions[:5]:
        await results.ask(tenant, scope, question)
    results = Results(clock)
    for question in track(questions, description=f"asking {size:,} memories", console=console, transient=True):
        await results.ask(tenant, scope, question)
    return results


async def time_indexed(tenant: Tenant, owner: asyncpg.Connection, scope: Scope, questions: list[Question], exact: Results) -> list[Large]:
    """Both strategies, interleaved, and the share of the exact first ten that the indexes find."""
    large = []
    await search(tenant, scope, DEFAULT, questions[0], DEPTHS[-1], strategy="indexed")
    clock = await Clock.of(owner)
    for way in WAYS:
        seconds: dict[Strategy, list[float]] = {"exact": [], "indexed": []}
        same = []
        for question in track(questions, description=way.name, console=console, transient=True):
            first = {}
            for strategy, taken in random.sample(list(seconds.items()), 2):
                start = clock.now()
                hits = await search(tenant, scope, way, question, DEPTHS[-1], strategy=strategy)
                taken.append(clock.now() - start)
                first[strategy] = {hit.memory.id for hit in hits[:10]}
            if first["exact"]:
                same.append(len(first["exact"] & first["indexed"]) / len(first["exact"]))
        p50, p95 = np.percentile(seconds["indexed"][5:], [50, 95]) * 1e3
        large.append(Large(way.name, *exact.times(way), float(p50), float(p95), statistics.mean(same)))
    return large


async def explain(dsn: str, conversations: Sequence[Conversation], wanted: str) -> None:
    """The first question that has these words in it."""
    found = [(said, asked) for said in conversations for asked in said.questions if wanted.casefold() in asked.text.casefold()]
    if not found:
        console.print(f"No question of the conversations contains {wanted!r}.", markup=False)
        return
    conversation, question = found[0]
    async with memdb.connect(dsn, pool_size=1, timeout=60.0) as db:
        organization = await organizations.create(db.admin(), slug=f"retrieval-{uuid.uuid4().hex[:12]}", name="Retrieval")
        tenant = db.tenant(organization.id)
        scope = await store(tenant, conversation)
        console.print(question.text, markup=False, style="bold")
        for way in (DEFAULT, CONVERSATION):
            await explaining.explain(way.name, tenant, *_to_explain(tenant, way, scope, question), console)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder with the conversations")
    parser.add_argument("--dsn", help="the owner's postgresql:// URL of a database with memdb's schema (default: an embedded server)")
    parser.add_argument("--scope", type=int, default=20_000, help="memories of the large scope; 0 skips it")
    parser.add_argument("--json", type=Path, default=PATH, help="the file for the figures; the page and the picture are written beside it")
    parser.add_argument("--explain", metavar="WORDS", help="explain the first question that contains WORDS, and measure nothing")
    options = parser.parse_args()
    paths = sorted(path for path in options.data.glob("*.json") if path.with_suffix(".npz").is_file())
    if not paths:
        console.print(f"Nothing to measure: {options.data} has no conversations. LoCoMo is for evaluation only and not part of memdb.")
        return
    conversations = [read(path) for path in paths]
    async with serving(options.dsn) as dsn:
        if options.explain:
            await explain(dsn, conversations, options.explain)
            return
        figures = await run(dsn, conversations, options.scope)
    write(options.json, msgspec.to_builtins(figures))
    options.json.with_suffix(".md").write_text(page(figures))
    draw(figures.parts, options.json)


if __name__ == "__main__":
    asyncio.run(main())
