"""How much of what answers a question a search finds, on conversations of LoCoMo and on what is no conversation, and how long it takes.

    python bench/retrieval.py                         # on an embedded server in a temporary folder
    python bench/retrieval.py --data FOLDER --dsn postgresql://... --scope 50000

The folder has <n>.json and <n>.npz of each conversation: turns, questions with the turns that answer them (their evidence), and embeddings
of both. Each conversation is an agent's memories, stored as a service would. The measure is the share of a question's evidence among the
first k hits, and its mean over all questions that have evidence.

Besides the rankings there are those of `Ranking.conversation()` with each part left out, and what each gains over the default: the mean of
the questions' gains, with its 95 % interval by a bootstrap over them. With `memdb-pg[embedder]` all of it is told for that embedder, too,
and for bench/plain.txt: facts, notes, tickets and code without sessions, each with questions that it alone answers.

The last part is one large scope: the turns again and again, each time with some words changed; by comparing all, and by the indexes that
`memdb index` makes. The ways to search run in turns, warm, on one connection; round trips are counted on the wire.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec
import numpy as np
from measuring import serving
from rich.console import Console
from rich.progress import track
from rich.table import Table

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
    Way("both, fusion by rank", ranking=Ranking(fusion="rank")),
    Way("both, neighbour_share 0.5", ranking=Ranking(neighbour_share=0.5)),
    Way("both, conversation", ranking=Ranking.conversation()),
)
DEFAULT: Final = WAYS[2]


def _without_each_part() -> Iterator[Way]:
    whole, plain = Ranking.conversation(), Ranking()
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

    def __init__(self, ways: Sequence[Way] = WAYS, depths: Sequence[int] = DEPTHS) -> None:
        self.ways, self.depths = ways, depths
        self.found: dict[Way, list[list[float]]] = {way: [] for way in ways}
        self.seconds: dict[Way, list[float]] = {way: [] for way in ways}

    async def ask(self, tenant: Tenant, scope: Scope, question: Question) -> None:
        for way in random.sample(self.ways, len(self.ways)):
            start = time.perf_counter()
            hits = await search(tenant, scope, way, question, self.depths[-1])
            self.seconds[way].append(time.perf_counter() - start)
            turns = [scope.turns.get(hit.memory.id, frozenset()) for hit in hits]
            self.found[way].append(
                [len(question.evidence & frozenset[str]().union(*turns[:k])) / len(question.evidence) for k in self.depths]
            )

    def shares(self, way: Way) -> list[str]:
        return [f"{statistics.mean(column):.3f}" for column in zip(*self.found[way], strict=True)]

    def gain(self, way: Way) -> str:
        """Over the default, at the depth in the middle."""
        if way == DEFAULT:
            return "–"
        gains = np.array([mine[1] - its[1] for mine, its in zip(self.found[way], self.found[DEFAULT], strict=True)])
        drawn = np.random.default_rng(1).choice(gains, (DRAWS, len(gains))).mean(axis=1)
        least, most = np.percentile(drawn, [2.5, 97.5])
        return f"{gains.mean():+.3f} [{least:+.3f}, {most:+.3f}]"

    def times(self, way: Way) -> list[str]:
        taken = sorted(self.seconds[way])
        return [f"{statistics.median(taken) * 1e3:,.1f}", f"{taken[int(len(taken) * 0.95)] * 1e3:,.1f}"]


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


async def run(dsn: str, conversations: Sequence[Conversation], size: int) -> None:
    async with AsyncExitStack() as stack:
        owner = await asyncpg.connect(dsn)
        stack.push_async_callback(owner.close)
        # One connection, so that every statement is prepared after its first run.
        db = await stack.enter_async_context(memdb.connect(dsn, pool_size=1, timeout=60.0))
        organization = await organizations.create(db.admin(), slug=f"retrieval-{uuid.uuid4().hex[:12]}", name="Retrieval")
        tenant = db.tenant(organization.id)
        asked = await report(tenant, owner, "all-MiniLM-L6-v2", conversations, trips_on=dsn)
        if embedder.is_installed():
            dimension = len(conversations[0].turns[0].embedding)
            await report(tenant, owner, embedder.MODEL, [embedded(each, dimension) for each in conversations])
            await report(
                tenant, owner, f"{embedder.MODEL}, no conversations", [embedded(read_plain(PLAIN), dimension)], depths=PLAIN_DEPTHS
            )
        if size:
            scope = await store_large(tenant, conversations, size)
            await owner.execute("VACUUM ANALYZE memdb.memories, memdb.memory_embeddings")
            questions = random.Random(1).sample([question for _, question in asked], min(LARGE_ROUNDS, len(asked)))
            await time_large(tenant, scope, questions, size)
            with console.status("making the indexes"):
                owning = await stack.enter_async_context(memdb.connect(dsn, admin_role=None, pool_size=1, timeout=3600.0))
                await indexes.build(owning.admin())
            # Which indexes there are is remembered for some minutes.
            fresh = await stack.enter_async_context(memdb.connect(dsn, pool_size=1, timeout=60.0))
            await time_indexed(fresh.tenant(organization.id), scope, questions, size)


async def report(
    tenant: Tenant,
    owner: asyncpg.Connection,
    title: str,
    conversations: Sequence[Conversation],
    depths: Sequence[int] = DEPTHS,
    trips_on: str | None = None,
) -> list[tuple[Scope, Question]]:
    """Stores them, asks all questions in all ways, and shows what was found."""
    with console.status("storing"):
        scopes = [await store(tenant, conversation) for conversation in conversations]
    # As autovacuum would a minute later.
    await owner.execute("VACUUM ANALYZE memdb.memories, memdb.memory_embeddings")
    asked = [(scope, question) for scope, conversation in zip(scopes, conversations, strict=True) for question in conversation.questions]
    trips = await round_trips(trips_on, tenant.org_id, *asked[0]) if trips_on else {}
    results = Results(ALL_WAYS, depths)
    for scope, question in asked[:20]:
        await results.ask(tenant, scope, question)
    results = Results(ALL_WAYS, depths)
    for scope, question in track(asked, description=f"asking, {title}", console=console, transient=True):
        await results.ask(tenant, scope, question)
    stored = sum(len(scope.turns) for scope in scopes)
    table = Table(title=f"{title}: {len(asked):,} questions on {stored:,} memories", title_justify="left", title_style="bold")
    table.add_column("ranking")
    for column in (*(f"@{k}" for k in depths), f"@{depths[1]} over the default", "p50 ms", "p95 ms", "round trips"):
        table.add_column(column, justify="right")
    for way in ALL_WAYS:
        table.add_row(way.name, *results.shares(way), results.gain(way), *results.times(way), str(trips.get(way, "")))
    console.print(table)
    return asked


async def time_large(tenant: Tenant, scope: Scope, questions: list[Question], size: int) -> None:
    results = Results()
    for question in questions[:5]:
        await results.ask(tenant, scope, question)
    results = Results()
    for question in track(questions, description=f"asking {size:,} memories", console=console, transient=True):
        await results.ask(tenant, scope, question)
    table = Table(title=f"{len(questions)} questions on {size:,} memories of one agent", title_justify="left", title_style="bold")
    table.add_column("ranking")
    for column in ("p50 ms", "p95 ms"):
        table.add_column(column, justify="right")
    for way in WAYS:
        table.add_row(way.name, *results.times(way))
    console.print(table)


async def time_indexed(tenant: Tenant, scope: Scope, questions: list[Question], size: int) -> None:
    """Both strategies in turns, and how much of the first ten of comparing all the indexes find."""
    table = Table(title=f"the same with the indexes, limit {DEPTHS[-1]}", title_justify="left", title_style="bold")
    table.add_column("ranking")
    for column in ("exact p50 ms", "p95 ms", "indexed p50 ms", "p95 ms", "the same of the first 10"):
        table.add_column(column, justify="right")
    for way in WAYS:
        seconds: dict[Strategy, list[float]] = {"exact": [], "indexed": []}
        same = []
        for question in track(questions, description=way.name, console=console, transient=True):
            first = {}
            for strategy, taken in random.sample(list(seconds.items()), 2):
                start = time.perf_counter()
                hits = await search(tenant, scope, way, question, DEPTHS[-1], strategy=strategy)
                taken.append(time.perf_counter() - start)
                first[strategy] = {hit.memory.id for hit in hits[:10]}
            if first["exact"]:
                same.append(len(first["exact"] & first["indexed"]) / len(first["exact"]))
        times = [f"{value * 1e3:,.1f}" for taken in seconds.values() for value in np.percentile(taken[5:], [50, 95])]
        table.add_row(way.name, *times, f"{statistics.mean(same):.3f}")
    console.print(table)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder with the conversations")
    parser.add_argument("--dsn", help="the owner's postgresql:// URL of a database with memdb's schema; else an embedded server")
    parser.add_argument("--scope", type=int, default=20_000, help="memories of the large scope; 0 leaves it out")
    options = parser.parse_args()
    paths = sorted(path for path in options.data.glob("*.json") if path.with_suffix(".npz").is_file())
    if not paths:
        console.print(f"Nothing to measure: {options.data} has no conversations. LoCoMo is for evaluation only and not part of memdb.")
        return
    conversations = [read(path) for path in paths]
    async with serving(options.dsn) as dsn:
        await run(dsn, conversations, options.scope)


if __name__ == "__main__":
    asyncio.run(main())
