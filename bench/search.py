"""What searches find, and how long they take, in a table that tenants of all sizes share: exact, by the indexes, and as memdb chooses.

    python bench/search.py                            # 100,000 memories, on an embedded server in a temporary folder
    python bench/search.py --memories 1000000
    python bench/search.py --quick                    # a small run, to see that everything works
    python bench/search.py --dsn postgresql://...     # a superuser's URL of a database with memdb's schema; the data stays there
    python bench/search.py --folder FOLDER            # keep the embedded server, and reuse its data the next time

The tenants have 50, 10, 1, 0.1 and 0.01 % of the table, and small ones of 2,000 memories have the rest. Each has one agent. Their memories
are interleaved, as if they were stored over a year. Embeddings are unit vectors around 1,000 centres, of which each tenant has some, with
noise of equal variance in all dimensions (the hardest to index). Contents are words that follow Zipf's law, the most frequent of them
English stop words. Questions are new points around the tenant's centres, with new texts.

recall@10 is the share of the true ten (strategy "exact") that a search finds. The ways to search are interleaved, a few questions at a
time, warm, over the same connections. "one plan" is the faster of the two plans that one would write by hand for embeddings alone: plain
SQL as a superuser, without row-level security, and without checking whether a memory is alive; the HNSW plan counts only where it fills
the limit.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import matplotlib as mpl
import numpy as np
from measuring import started
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

import memdb
from memdb import agents, memories, organizations
from memdb.engine.database import Tenant
from memdb.memories import Hits

mpl.use("Agg")
import matplotlib.pyplot as plt

SETTINGS: Final = {
    "shared_buffers": "6GB",
    "maintenance_work_mem": "3GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
    "fsync": "off",
    "autovacuum": "off",
}
DIMENSION: Final = 384
SHARES: Final = (0.5, 0.1, 0.01, 0.001, 0.0001)
SMALL_TENANT: Final = 2_000
CENTRES: Final = 1_000
WORDS: Final = 30_000
LIMIT: Final = 10
EF_SEARCH: Final = (40, 100, 200, 400)
BLOCK: Final = 10
CLIENTS: Final = 8
FILTERED: Final = 20
BATCH: Final = 10_000
YEAR: Final = timedelta(days=365)
CATEGORIES: Final = ("factual", "preference", "behavioral", "episodic", "procedural")
OF_CATEGORY: Final = (0.6, 0.25, 0.1, 0.045, 0.005)
IN_SESSION: Final = 40
PICTURE: Final = Path(__file__).resolve().parents[1] / "docs/benchmarks/search"
STOP_WORDS: Final = """
the of and a to in is was he for it with as his on be at by i this had not are but from or have an they which one you were her all she there
would their we him been has when who will more no if out so said what up its about into than them can only other new some could
"""
PARTS: Final = ("tenants", "filters")
KINDS: Final = ("embedding alone", "text + embedding")
BY_HAND: Final = 200

# The two plans by hand. A sum has no index; with sorting made expensive the index's order is the only one.
SCAN_ALL: Final = """
SELECT m.id, m.content
FROM (
    SELECT e.memory_id, (e.embedding <=> $3) + 0 AS distance
    FROM memdb.memory_embeddings_1 AS e
    WHERE e.org_id = $1 AND e.agent_id = $2
    ORDER BY distance
    LIMIT 10
) AS e
JOIN memdb.memories AS m ON m.org_id = $1 AND m.id = e.memory_id
ORDER BY e.distance
"""
BY_HNSW: Final = """
SELECT m.id, m.content
FROM (
    SELECT e.memory_id, e.embedding::halfvec(384) <=> $3 AS distance
    FROM memdb.memory_embeddings_1 AS e
    WHERE e.org_id = $1 AND e.agent_id = $2
    ORDER BY distance
    LIMIT 10
) AS e
JOIN memdb.memories AS m ON m.org_id = $1 AND m.id = e.memory_id
ORDER BY e.distance
"""
console: Final = Console(width=160)

Vectors = np.ndarray[Any, np.dtype[np.float32]]
Search = Callable[[int], Awaitable[Any]]


def progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


class Holder(NamedTuple):
    """A tenant of the table, its one agent, how many memories it has, and the centres around which their embeddings are."""

    name: str
    org_id: uuid.UUID
    agent_id: uuid.UUID
    size: int
    centres: np.ndarray[Any, np.dtype[np.int64]]


class Corpus:
    """What is stored and what is asked, the same for the same settings."""

    def __init__(self, size: int, noise: float, *, alike: bool) -> None:
        self.numbers = np.random.default_rng(1)
        self.alike = alike
        self.size = size
        self.noise = noise
        self.centres = self.unit(self.numbers.standard_normal((CENTRES, DIMENSION), dtype=np.float32))
        dice = random.Random(1)
        syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
        made = {"".join(dice.choices(syllables, k=dice.randint(2, 4))): None for _ in range(2 * WORDS)}
        self.words = np.array([*STOP_WORDS.split(), *made][:WORDS])
        frequency = 1 / np.arange(1, len(self.words) + 1)
        self.cumulated = np.cumsum(frequency / frequency.sum())

    @staticmethod
    def unit(vectors: Vectors) -> Vectors:
        unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def points(self, centres: np.ndarray[Any, np.dtype[np.int64]]) -> Vectors:
        noise = self.numbers.standard_normal((len(centres), DIMENSION), dtype=np.float32)
        return self.unit(self.centres[centres] + np.float32(self.noise) * noise)

    def texts(self, count: int, least: int, most: int) -> list[str]:
        picked = np.minimum(np.searchsorted(self.cumulated, self.numbers.random((count, most))), len(self.words) - 1)
        lengths = self.numbers.integers(least, most + 1, size=count)
        return [" ".join(row[:length]) for row, length in zip(self.words[picked], lengths, strict=True)]

    def sizes(self) -> list[int]:
        large = [int(self.size * share) for share in SHARES]
        rest = self.size - sum(large)
        return [*large, *[SMALL_TENANT] * (rest // SMALL_TENANT), *[rest % SMALL_TENANT] * bool(rest % SMALL_TENANT)]

    def holders(self, sizes: Sequence[int], ids: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> list[Holder]:
        holders = []
        for number, (size, (org_id, agent_id)) in enumerate(zip(sizes, ids, strict=True)):
            share = SHARES[number] if number < len(SHARES) else size / self.size
            own = CENTRES if self.alike else 400 if share > 0.2 else 100 if share > 0.05 else 20
            name = f"{share * 100:g} %" if number < len(SHARES) else f"{size:,}"
            holders.append(Holder(name, org_id, agent_id, size, self.numbers.choice(CENTRES, size=own, replace=False)))
        return holders


def as_sent(embeddings: Vectors) -> Iterator[bytes]:
    """Each as PostgreSQL receives a halfvec."""
    header = DIMENSION.to_bytes(2) + b"\0\0"
    for row in embeddings.astype(">f2"):
        yield header + row.tobytes()


class Bench:
    def __init__(
        self, dsn: str, stack: AsyncExitStack, owner: asyncpg.Connection, db: memdb.Database, corpus: Corpus, options: argparse.Namespace
    ) -> None:
        self.dsn = dsn
        self.stack = stack
        self.owner = owner
        self.db = db
        self.corpus = corpus
        self.options = options
        self.holders: list[Holder] = []

    # Storing

    async def fill(self) -> None:
        """All tenants and their memories, unless they are there from an earlier run."""
        sizes = self.corpus.sizes()
        kind = f"{self.corpus.size}-{self.corpus.noise:g}-{'alike' if self.corpus.alike else 'own'}".replace(".", "-")
        slugs = [f"search-{kind}-{number}" for number in range(len(sizes))]
        known = await self.owner.fetch(
            "SELECT o.id, a.id FROM unnest($1::text[]) WITH ORDINALITY AS s (slug, number) JOIN memdb.organizations AS o ON o.slug = s.slug"
            " JOIN memdb.agents AS a ON a.org_id = o.id ORDER BY s.number",
            slugs,
        )
        if len(known) == len(sizes):
            self.holders = self.corpus.holders(sizes, [(row[0], row[1]) for row in known])
            return
        ids = []
        for slug in slugs:
            organization = await organizations.create(self.db.admin(), slug=slug, name=slug)
            agent = await agents.create(self.db.tenant(organization.id), slug="agent", name="Agent")
            ids.append((organization.id, agent.id))
        self.holders = self.corpus.holders(sizes, ids)
        start = time.perf_counter()
        with progress() as shown:
            task = shown.add_task(f"storing {self.corpus.size:,} memories", total=self.corpus.size)
            # Not through memdb, which checks and writes histories; the foreign keys are right by design.
            await self.owner.execute("SET session_replication_role = replica")
            owners = np.repeat(np.arange(len(sizes)), sizes)
            self.corpus.numbers.shuffle(owners)
            for at in range(0, self.corpus.size, BATCH):
                await self.store(at, owners[at : at + BATCH])
                shown.update(task, completed=at + BATCH)
            await self.owner.execute("RESET session_replication_role")
            shown.update(task, description="VACUUM ANALYZE")
            await self.owner.execute("VACUUM ANALYZE memdb.memories, memdb.memory_embeddings")
        console.print(f"stored {self.corpus.size:,} memories in {time.perf_counter() - start:,.0f} s")

    async def store(self, at: int, owners: np.ndarray[Any, np.dtype[np.int64]]) -> None:
        corpus, numbers, count = self.corpus, self.corpus.numbers, len(owners)
        centres = np.array([numbers.choice(self.holders[owner].centres) for owner in owners])
        embeddings = corpus.points(centres)
        texts = corpus.texts(count, 15, 20)
        categories = numbers.choice(CATEGORIES, size=count, p=OF_CATEGORY)
        began = datetime.now(UTC) - YEAR - timedelta(days=1)
        times = [began + YEAR * ((at + number) / corpus.size) for number in range(count)]
        chance = numbers.integers(1 << 62, size=count)
        ids = [
            uuid.UUID(int=int(when.timestamp() * 1000) << 80 | 7 << 76 | number % 4096 << 64 | 2 << 62 | int(chance[number]))
            for number, when in enumerate(times)
        ]
        rows = [
            (
                self.holders[owner].org_id,
                ids[number],
                self.holders[owner].agent_id,
                uuid.UUID(int=int(owner) << 64 | (at + number) * self.holders[owner].size // corpus.size // IN_SESSION),
                f"{texts[number]} {at + number}",
                categories[number],
                times[number],
                [f"tag{tag}" for tag in (2, 20, 1000) if (at + number) % tag == 0],
                f'{{"part": {(at + number) % 50}}}',
                True,
            )
            for number, owner in enumerate(owners)
        ]
        of_memories = ("org_id", "id", "agent_id", "session_id", "content", "category", "created_at", "tags", "metadata", "embedded")
        await self.owner.copy_records_to_table("memories", schema_name="memdb", columns=of_memories, records=rows)
        sides = [(row[0], row[1], row[2], 1, sent) for row, sent in zip(rows, as_sent(embeddings), strict=True)]
        of_embeddings = ("org_id", "memory_id", "agent_id", "space", "embedding")
        await self.owner.copy_records_to_table("memory_embeddings_1", schema_name="memdb", columns=of_embeddings, records=sides)

    async def index(self, watcher: asyncpg.Connection) -> None:
        table = self.table(f"the indexes of {self.corpus.size:,} memories", "index", "build s", "MB")
        for row in await self.owner.fetch("SELECT memdb.index_statements(1::smallint)"):
            statement, name = row[0], row[0].split(" ON ")[0].split()[-1]
            if self.options.hnsw and "hnsw" in statement:
                statement = f"{statement.split(' WITH ')[0]} WITH ({self.options.hnsw})"
            start = time.perf_counter()
            await self.watched(statement, watcher)
            taken = time.perf_counter() - start
            if " INDEX " in statement and "CREATE" in statement:
                size = await self.owner.fetchval("SELECT pg_relation_size(to_regclass('memdb.' || $1))", name)
                table.add_row(name, f"{taken:,.1f}", f"{size / 1e6:,.0f}")
        console.print(table)
        # The list of what waits in the GIN index, and the statistics of an index on an expression.
        await self.owner.execute("VACUUM ANALYZE memdb.memories, memdb.memory_embeddings")

    async def watched(self, statement: str, watcher: asyncpg.Connection) -> None:
        """Runs a statement that makes an index, and shows how far it is."""
        making = asyncio.ensure_future(self.owner.execute(statement))
        with progress() as shown:
            name = statement.split(" ON ")[0].split()[-1]
            task = shown.add_task(name, total=None)
            while not making.done():
                await asyncio.wait([making], timeout=0.5)
                for phase, done, total in await watcher.fetch(
                    "SELECT phase, CASE WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END, greatest(blocks_total, tuples_total)"
                    " FROM pg_stat_progress_create_index"
                ):
                    shown.update(task, description=f"{name}: {phase}", completed=done, total=total or None)
        await making

    async def warm(self) -> None:
        await self.owner.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        with console.status("reading everything into the cache"):
            await self.owner.execute(
                "SELECT pg_prewarm(c.oid) FROM pg_class AS c"
                " WHERE c.relnamespace = 'memdb'::regnamespace AND c.relkind IN ('r', 'i') AND c.relpages > 0"
            )

    # Searching

    def tenant(self, holder: Holder) -> Tenant:
        return self.db.tenant(holder.org_id)

    def questions(self, holder: Holder, count: int) -> tuple[Vectors, list[str]]:
        return self.corpus.points(self.corpus.numbers.choice(holder.centres, size=count)), self.corpus.texts(count, 6, 10)

    def ways(self, holder: Holder, kind: str, asked: tuple[Vectors, list[str]], **filters: Any) -> dict[str, Search]:
        def way(**chosen: Any) -> Search:
            async def search(number: int) -> Hits:
                return await memories.search(
                    self.tenant(holder),
                    agent_id=holder.agent_id,
                    embedding=asked[0][number],
                    text=asked[1][number] if kind == KINDS[1] else None,
                    limit=LIMIT,
                    **filters,
                    **chosen,
                )

            return search

        sweep = {f"indexed, {ef}": way(strategy="indexed", ef_search=ef) for ef in EF_SEARCH}
        return {"auto": way(), "exact": way(strategy="exact"), **sweep}

    async def tenants(self) -> list[Point]:
        columns = ("tenant", "memories", "strategy", "ran", "rows", "recall@10", "p50 ms", "p95 ms", "QPS of 1", f"QPS of {CLIENTS}")
        points = []
        shown_holders = [*self.holders[: len(SHARES)], self.holders[len(SHARES)]]
        for kind in KINDS:
            table = self.table(f"{kind}, limit {LIMIT}", *columns, "p95 / one plan's")
            for holder in shown_holders:
                asked = self.questions(holder, self.options.queries)
                ways = self.ways(holder, kind, asked)
                one_plan = await self.one_plan(holder, asked[0]) if kind == KINDS[0] else {}
                ran = await self.in_turns(f"{kind}, {holder.name}", {**ways, **one_plan}, self.options.queries)
                full = {name: each for name, each in ran.items() if name in one_plan and each.rows == ran["exact"].rows}
                floor = min((each.p95 for each in full.values()), default=None)
                for name, each in ran.items():
                    points.append(Point(kind, holder, name, each.recall(ran["exact"]), each.p50))
                    rate = await self.rate(ways[name], min(each.asked, len(asked[1]))) if name in ("auto", "exact") else None
                    table.add_row(
                        holder.name if name == "auto" else "",
                        f"{holder.size:,}" if name == "auto" else "",
                        name,
                        each.strategy,
                        f"{each.rows:g}",
                        f"{each.recall(ran['exact']):.3f}",
                        f"{each.p50 * 1e3:,.2f}",
                        f"{each.p95 * 1e3:,.2f}",
                        f"{1 / statistics.mean(each.seconds):,.0f}",
                        f"{rate:,.0f}" if rate else "–",
                        f"{each.p95 / floor:.2f}" if floor and kind == KINDS[0] else "–",
                    )
                table.add_section()
            console.print(table)
        return points

    async def one_plan(self, holder: Holder, embeddings: Vectors) -> dict[str, Search]:
        sent = list(as_sent(embeddings))
        plans: dict[str, Search] = {}
        for name, statement, settings in (
            ("one plan: all", SCAN_ALL, {}),
            ("one plan: HNSW", BY_HNSW, {"enable_sort": "off", "hnsw.ef_search": str(BY_HAND), "hnsw.iterative_scan": "strict_order"}),
        ):
            connection = await connected(self.stack, self.dsn, {"jit": "off", **settings})
            prepared = await connection.prepare(statement)

            async def plan(number: int, prepared: Any = prepared) -> Any:
                return await prepared.fetch(holder.org_id, holder.agent_id, sent[number])

            plans[name] = plan
        return plans

    async def in_turns(self, title: str, ways: dict[str, Search], questions: int) -> dict[str, Ran]:
        """Each way on some questions at a time; one that is slow stops before the others."""
        ran = {name: Ran() for name in ways}
        # A connection's first run of a statement prepares it, and the first search of a scope measures it.
        for search in ways.values():
            await search(0)
            await search(1 % questions)
        with progress() as shown:
            task = shown.add_task(title, total=questions)
            for at in range(0, questions, BLOCK):
                for name in random.sample(list(ways), len(ways)):
                    for number in range(at, min(at + BLOCK, questions)):
                        if sum(ran[name].seconds) < self.options.patience:
                            await ran[name].time(ways[name], number)
                shown.update(task, completed=at + BLOCK)
        return ran

    async def rate(self, search: Search, questions: int) -> float:
        """Searches a second of some clients at once."""
        # Every connection has prepared the statement.
        await asyncio.gather(*[search(number % questions) for number in range(2 * CLIENTS)])
        start = time.perf_counter()
        done = 0

        async def client(number: int) -> None:
            nonlocal done
            while time.perf_counter() < start + self.options.seconds:
                await search(number % questions)
                number += CLIENTS
                done += 1

        await asyncio.gather(*[client(number) for number in range(CLIENTS)])
        return done / (time.perf_counter() - start)

    async def filtered(self) -> None:
        """The largest tenant with filters, from what leaves half to what leaves nothing."""
        holder, of_each = self.holders[0], min(self.options.queries, FILTERED)
        last = await self.owner.fetchrow(
            "SELECT session_id, created_at FROM memdb.memories WHERE org_id = $1 AND agent_id = $2 ORDER BY id DESC LIMIT 1",
            holder.org_id,
            holder.agent_id,
        )
        now = last["created_at"]
        filters: dict[str, dict[str, Any]] = {
            **{f"category {category}": {"category": category} for category in ("factual", "episodic", "procedural")},
            **{f"tags {tag}": {"tags": [f"tag{tag}"]} for tag in (2, 20, 1000)},
            "tags none has": {"tags": ["nowhere"]},
            "metadata": {"metadata": {"part": 7}},
            "metadata and a category": {"metadata": {"part": 7}, "category": "procedural"},
            "since, 1 % of the time": {"since": now - YEAR / 100},
            "until, 1 % of the time": {"until": now - YEAR * 99 / 100},
            "since, 20 memories": {"since": now - 20 * YEAR / holder.size},
            "session": {"session_id": last["session_id"]},
        }
        for kind in KINDS:
            table = self.table(
                f"{kind}, the tenant of {holder.name} ({holder.size:,}) with filters",
                *("filter", "matching", "way", "ran", "rows", "of", "recall@10", "p50 ms", "p95 ms"),
            )
            for name, given in filters.items():
                matching = await self.matching(holder, given)
                asked = self.questions(holder, of_each)
                ways = self.ways(holder, kind, asked, **given)
                ran = await self.in_turns(f"{kind}, {name}", {way: ways[way] for way in ("auto", "exact")}, of_each)
                for way, each in ran.items():
                    table.add_row(
                        name if way == "auto" else "",
                        f"{matching:,}" if way == "auto" else "",
                        way,
                        each.strategy,
                        f"{each.rows:g}" + (" (least " + str(each.least) + ")" if each.least != each.rows else ""),
                        str(min(LIMIT, matching)),
                        f"{each.recall(ran['exact']):.3f}",
                        f"{each.p50 * 1e3:,.2f}",
                        f"{each.p95 * 1e3:,.2f}",
                    )
                table.add_section()
            console.print(table)

    async def matching(self, holder: Holder, given: dict[str, Any]) -> int:
        count: int = await self.owner.fetchval(
            """
            SELECT count(*)
            FROM memdb.memories AS m
            WHERE m.org_id = $1
                AND m.agent_id = $2
                AND ($3::text IS NULL OR m.category = $3)
                AND ($4::text[] IS NULL OR m.tags @> $4)
                AND ($5::text IS NULL OR m.metadata @> $5::jsonb)
                AND ($6::timestamptz IS NULL OR m.created_at >= $6)
                AND ($7::timestamptz IS NULL OR m.created_at < $7)
                AND ($8::uuid IS NULL OR m.session_id = $8)
            """,
            holder.org_id,
            holder.agent_id,
            given.get("category"),
            given.get("tags"),
            f'{{"part": {given["metadata"]["part"]}}}' if "metadata" in given else None,
            given.get("since"),
            given.get("until"),
            given.get("session_id"),
        )
        return count

    @staticmethod
    def table(title: str, *columns: str) -> Table:
        table = Table(title=title, title_justify="left", title_style="bold", box=box.MARKDOWN)
        for column in columns:
            words = column in ("tenant", "strategy", "ran", "index", "filter", "way")
            table.add_column(column, justify="left" if words else "right")
        return table


class Ran:
    """What a way has found, and its times."""

    def __init__(self) -> None:
        self.found: list[list[uuid.UUID]] = []
        self.seconds: list[float] = []
        self.strategies: set[str] = set()

    async def time(self, search: Search, number: int) -> None:
        start = time.perf_counter()
        hits: Any = await search(number)
        self.seconds.append(time.perf_counter() - start)
        self.found.append([hit.memory.id if isinstance(hits, Hits) else hit["id"] for hit in hits])
        self.strategies.add(getattr(hits, "strategy", "–"))

    @property
    def asked(self) -> int:
        return len(self.seconds)

    @property
    def strategy(self) -> str:
        return " or ".join(sorted(self.strategies))

    @property
    def rows(self) -> float:
        return statistics.mean(len(found) for found in self.found)

    @property
    def least(self) -> int:
        return min(len(found) for found in self.found)

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.95)]

    def recall(self, exact: Ran) -> float:
        """Over the questions that both had time for."""
        both = [(set(mine), set(true)) for mine, true in zip(self.found, exact.found, strict=False)]
        return statistics.mean(len(mine & true) / len(true) if true else 1.0 for mine, true in both)


class Point(NamedTuple):
    """A way's place in the picture."""

    kind: str
    holder: Holder
    way: str
    recall: float
    p50: float


def draw(points: Sequence[Point], size: int, path: Path) -> None:
    figure, axes = plt.subplots(1, len(KINDS), figsize=(12, 5), sharey=True, layout="constrained")
    holders = list(dict.fromkeys(point.holder.name for point in points))
    colours = dict(zip(holders, plt.get_cmap("viridis")(np.linspace(0, 0.9, len(holders))), strict=True))
    for axis, kind in zip(axes, KINDS, strict=True):
        for name in holders:
            mine = {point.way: point for point in points if point.kind == kind and point.holder.name == name}
            sweep = [point for way, point in mine.items() if way.startswith("indexed")]
            exact, auto = mine["exact"], mine["auto"]
            axis.plot([point.p50 * 1e3 for point in sweep], [point.recall for point in sweep], "-o", color=colours[name], markersize=4)
            axis.plot(exact.p50 * 1e3, exact.recall, "s", color=colours[name], markersize=6)
            axis.plot(auto.p50 * 1e3, auto.recall, "o", color=colours[name], markersize=13, fillstyle="none", markeredgewidth=2)
            axis.plot([], [], "-", color=colours[name], linewidth=3, label=f"{name}: {auto.holder.size:,}")
        axis.set(title=kind, xscale="log", xlabel="p50, ms")
        axis.axhline(0.99, color="grey", linewidth=0.8, linestyle=":")
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("recall@10")
    axes[0].plot([], [], "o-", color="grey", markersize=4, label=f"indexed, ef_search {', '.join(map(str, EF_SEARCH))}")
    axes[0].plot([], [], "s", color="grey", label="exact")
    axes[0].plot([], [], "o", color="grey", markersize=11, fillstyle="none", markeredgewidth=2, label="auto, as it comes")
    axes[0].legend(title="tenant's share and memories", fontsize=8, title_fontsize=8)
    figure.suptitle(f"Search in {size:,} memories of {DIMENSION} dimensions")
    path.parent.mkdir(parents=True, exist_ok=True)
    mpl.rcParams["svg.hashsalt"] = "memdb"
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
    figure.savefig(path.with_suffix(".png"), dpi=150)
    plt.close(figure)


async def connected(stack: AsyncExitStack, dsn: str, settings: dict[str, str]) -> asyncpg.Connection:
    connection = await asyncpg.connect(dsn, server_settings=settings)
    stack.push_async_callback(connection.close)
    for name, schema, encode in (("halfvec", "public", bytes), ("jsonb", "pg_catalog", lambda text: b"\1" + text.encode())):
        await connection.set_type_codec(name, schema=schema, encoder=encode, decoder=bytes, format="binary")
    return connection


async def run(dsn: str, options: argparse.Namespace) -> None:
    async with AsyncExitStack() as stack:
        owner, watcher = [await connected(stack, dsn, {"jit": "off"}) for _ in range(2)]
        db = await stack.enter_async_context(memdb.connect(dsn, pool_size=CLIENTS, timeout=600.0))
        bench = Bench(dsn, stack, owner, db, Corpus(options.memories, options.noise, alike=options.alike), options)
        await bench.fill()
        await bench.index(watcher)
        await bench.warm()
        # What the indexes are is remembered for some minutes.
        db = await stack.enter_async_context(memdb.connect(dsn, pool_size=CLIENTS, timeout=600.0))
        bench.db = db
        points = await bench.tenants() if "tenants" in options.parts else []
        if "filters" in options.parts:
            await bench.filtered()
        if points and options.picture:
            draw(points, options.memories, options.picture)
            console.print(f"The picture is in {options.picture.with_suffix('.svg')} and .png")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dsn", help="a superuser's postgresql:// URL of a database with memdb's schema (default: an embedded server)")
    parser.add_argument("--folder", type=Path, help="the embedded server's folder, which is kept (default: a temporary one)")
    parser.add_argument("--memories", type=int, default=100_000, help="memories of all tenants together")
    parser.add_argument(
        "--noise", type=float, default=0.04, help="standard deviation of the noise in each dimension; centres have length 1"
    )
    parser.add_argument(
        "--alike", action="store_true", help="give every tenant memories around every centre, the hardest case for the index"
    )
    parser.add_argument(
        "--parts", type=lambda parts: parts.split(","), default=PARTS, help=f"comma-separated parts to run (default: {','.join(PARTS)})"
    )
    parser.add_argument("--queries", type=int, default=100, help="number of questions for each tenant")
    parser.add_argument("--patience", type=float, default=30.0, help="seconds after which a slow way gets no more questions")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long concurrent clients search")
    parser.add_argument("--hnsw", help="the HNSW index's parameters, such as 'm = 24, ef_construction = 100' (default: memdb's)")
    parser.add_argument("--picture", type=Path, help="the picture's path without its suffix (default: docs/benchmarks/search)")
    parser.add_argument("--quick", action="store_true", help="10,000 memories, few questions; no picture without --picture")
    options = parser.parse_args()
    if options.quick:
        options.memories, options.queries, options.seconds = 10_000, 20, 0.3
    else:
        options.picture = options.picture or PICTURE
    with nullcontext() if options.dsn else started(options.folder, dimension=DIMENSION, settings=SETTINGS) as server:
        await run(server.dsn if server else options.dsn, options)


if __name__ == "__main__":
    asyncio.run(main())
