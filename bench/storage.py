"""Where to store a memory's embedding: in its row or in a table beside it, as vector or as halfvec.

    python bench/storage.py                                        # 384 dimensions, on an embedded server in a temporary folder
    python bench/storage.py --dimension 1536 --rows 30000
    python bench/storage.py --dsn postgresql://... --parts search,write
    python bench/storage.py --parts hnsw --isotropic

Four layouts of the same memories, in a scratch schema that is dropped at the end: the embedding in the row, or in a side table with the
memory's key and the agent's id; each as vector and as halfvec. The agents have 100, 2,000 and 20,000 memories, in organizations of their
own, and their rows are interleaved, as they would be over time; further agents make up the rest of --rows. The embeddings are unit vectors
around 200 centres. The variance of their noise falls off over the dimensions as that of real embeddings does (--isotropic: equal in all).

Times are medians over prepared statements, warm and without parallel workers, with the variants of an operation interleaved. Read the
ratios, which are to the operation's first variant. Embeddings are encoded before the clock starts, and commits do not wait for the disk. A
statement that can be written in several forms has one variant for each form, with the plan that the planner chooses under default
settings; the part "joins" forces each join method.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import asyncpg
import numpy as np
from measuring import started
from rich.console import Console
from rich.progress import track
from rich.table import Table

SCHEMA: Final = "storage_bench"
SCOPES: Final = (100, 2_000, 20_000)
CENTRES: Final = 200
BATCH: Final = 1_000
PARTS: Final = ("sizes", "search", "joins", "storage", "hnsw", "write")
SETTINGS: Final = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}
console: Final = Console(width=150)

Call = Callable[[], Awaitable[Any]]
Vectors = np.ndarray[Any, np.dtype[np.float32]]


class Layout(NamedTuple):
    """One way to keep the embeddings. `key` ends the names of its tables."""

    key: str
    name: str
    type: str
    beside: bool

    @property
    def holder(self) -> str:
        """The table that has the embeddings."""
        return f"e_{self.key}" if self.beside else f"m_{self.key}"


LAYOUTS: Final = (
    Layout("rv", "row, vector", "vector", False),
    Layout("rh", "row, halfvec", "halfvec", False),
    Layout("bv", "beside, vector", "vector", True),
    Layout("bh", "beside, halfvec", "halfvec", True),
)

MEMORIES: Final = """
CREATE TABLE m_{key} (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    agent_id uuid NOT NULL,
    user_id uuid,
    session_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    observed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    deleted_at timestamptz,
    confidence double precision NOT NULL DEFAULT 0.8,
    usefulness double precision NOT NULL DEFAULT 0.5,
    version integer NOT NULL DEFAULT 1,
    category text NOT NULL DEFAULT 'factual',
    status text NOT NULL DEFAULT 'active',
    source text NOT NULL DEFAULT 'user_provided',
    content text NOT NULL,
    content_hash bytea NOT NULL GENERATED ALWAYS AS (decode(md5(lower(content)), 'hex')) STORED,
    tags text[] NOT NULL DEFAULT '{{}}',
    metadata jsonb NOT NULL DEFAULT '{{}}',
    search tsvector STORAGE MAIN NOT NULL GENERATED ALWAYS AS (to_tsvector('english', content)) STORED,
    {embedding}
    PRIMARY KEY (org_id, id)
);
"""
COLUMNS: Final = (
    "org_id, id, agent_id, user_id, session_id, created_at, updated_at, observed_at, expires_at, deleted_at, status, content, tags"
)
MEMORY_INDEXES: Final = """
CREATE INDEX ON m_{key} (org_id, agent_id, id) WHERE deleted_at IS NULL;
CREATE INDEX ON m_{key} (org_id, agent_id, usefulness DESC, id DESC) WHERE status = 'active' AND deleted_at IS NULL;
"""
SIDE: Final = """
CREATE TABLE e_{key} (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    embedding {type}({dimension}) STORAGE {storage} NOT NULL,
    PRIMARY KEY (org_id, memory_id)
);
"""
SIDE_INDEXES: Final = "CREATE INDEX ON e_{key} (org_id, agent_id, memory_id);"

# The forms of "the nearest that are alive" over a side table: found by id from the memories; both scopes read and joined; the nearest
# first, each looked up until there are ten; distances first, so that no embedding goes through the join. SIDE_ALONE does not look whether
# they are alive.
IN_ROW: Final = """
SELECT m.id, m.embedding <=> $3::{type} AS distance
FROM m_{key} AS m
WHERE m.org_id = $1 AND m.agent_id = $2 AND m.status = 'active' AND m.deleted_at IS NULL
ORDER BY (m.embedding <=> $3) + 0
LIMIT 10
"""
BY_ID: Final = """
SELECT m.id, e.embedding <=> $3::{type} AS distance
FROM m_{key} AS m
JOIN e_{key} AS e ON e.org_id = $1 AND e.memory_id = m.id
WHERE m.org_id = $1 AND m.agent_id = $2 AND m.status = 'active' AND m.deleted_at IS NULL
ORDER BY (e.embedding <=> $3) + 0
LIMIT 10
"""
BOTH_SCOPES: Final = """
SELECT m.id, e.embedding <=> $3::{type} AS distance
FROM m_{key} AS m
JOIN e_{key} AS e ON e.org_id = $1 AND e.agent_id = $2 AND e.memory_id = m.id
WHERE m.org_id = $1 AND m.agent_id = $2 AND m.status = 'active' AND m.deleted_at IS NULL
ORDER BY (e.embedding <=> $3) + 0
LIMIT 10
"""
NEAREST_FIRST: Final = """
SELECT m.id, e.distance
FROM (
    SELECT e.memory_id, (e.embedding <=> $3::{type}) + 0 AS distance
    FROM e_{key} AS e
    WHERE e.org_id = $1 AND e.agent_id = $2
    ORDER BY distance
    OFFSET 0
) AS e
JOIN m_{key} AS m ON m.org_id = $1 AND m.id = e.memory_id
WHERE m.status = 'active' AND m.deleted_at IS NULL
ORDER BY e.distance
LIMIT 10
"""
DISTANCES_FIRST: Final = """
WITH near AS MATERIALIZED (
    SELECT e.memory_id, e.embedding <=> $3::{type} AS distance
    FROM e_{key} AS e
    WHERE e.org_id = $1 AND e.agent_id = $2
)
SELECT m.id, n.distance
FROM m_{key} AS m
JOIN near AS n ON n.memory_id = m.id
WHERE m.org_id = $1 AND m.agent_id = $2 AND m.status = 'active' AND m.deleted_at IS NULL
ORDER BY n.distance
LIMIT 10
"""
SIDE_ALONE: Final = """
SELECT e.memory_id, e.embedding <=> $3::{type} AS distance
FROM e_{key} AS e
WHERE e.org_id = $1 AND e.agent_id = $2
ORDER BY (e.embedding <=> $3) + 0
LIMIT 10
"""
NEAR_FORMS: Final = {
    "by id": BY_ID,
    "both scopes": BOTH_SCOPES,
    "nearest first": NEAREST_FIRST,
    "distances first": DISTANCES_FIRST,
    "(no check)": SIDE_ALONE,
}
BY_WORDS: Final = """
SELECT count(*)
FROM m_{key} AS m
WHERE m.org_id = $1 AND m.agent_id = $2 AND m.status = 'active' AND m.deleted_at IS NULL AND m.search @@ $3::tsquery
"""
BY_BOTH: Final = """
WITH {near} scope AS MATERIALIZED (
    SELECT m.id, m.search, 1 - {distance} AS similarity
    FROM m_{key} AS m
    {join}
    WHERE m.org_id = $1 AND m.agent_id = $2 AND m.status = 'active' AND m.deleted_at IS NULL
)
SELECT s.id, s.similarity + CASE WHEN s.search @@ $4::tsquery THEN ts_rank(s.search, $4) ELSE 0 END AS score
FROM scope AS s
ORDER BY score DESC
LIMIT 10
"""
NEAR: Final = """near AS MATERIALIZED (
    SELECT e.memory_id, e.embedding <=> $3::{type} AS distance
    FROM e_{key} AS e
    WHERE e.org_id = $1 AND e.agent_id = $2
),
"""
# What a memory without an embedding needs: a left join.
BOTH_FORMS: Final = {
    "by id": ("", "LEFT JOIN e_{key} AS e ON e.org_id = $1 AND e.memory_id = m.id", "(e.embedding <=> $3::{type})"),
    "both scopes": (
        "",
        "LEFT JOIN e_{key} AS e ON e.org_id = $1 AND e.agent_id = $2 AND e.memory_id = m.id",
        "(e.embedding <=> $3::{type})",
    ),
    "distances first": (NEAR, "LEFT JOIN near AS n ON n.memory_id = m.id", "n.distance"),
}
NEWEST: Final = """
SELECT m.id, m.agent_id, m.content, m.category, m.status, m.tags, m.metadata, m.version, m.created_at, m.updated_at
FROM m_{key} AS m
WHERE m.org_id = $1 AND m.agent_id = $2 AND m.deleted_at IS NULL
ORDER BY m.id DESC
LIMIT 50
"""
INSERT_ROW: Final = "INSERT INTO m_{key} (org_id, agent_id, id, content, embedding) VALUES ($1, $2, $3, $4, $5::{type})"
INSERT_BESIDE: Final = """
WITH stored AS (
    INSERT INTO m_{key} (org_id, agent_id, id, content) VALUES ($1, $2, $3, $4) RETURNING org_id, agent_id, id
)
INSERT INTO e_{key} (org_id, agent_id, memory_id, embedding) SELECT s.org_id, s.agent_id, s.id, $5::{type} FROM stored AS s
"""
UPDATE_INDEXED: Final = "UPDATE m_{key} SET usefulness = $3, version = version + 1 WHERE org_id = $1 AND id = $2"
UPDATE_PLAIN: Final = "UPDATE m_{key} SET updated_at = now(), version = version + 1 WHERE org_id = $1 AND id = $2 AND $3::float8 > 0"
REPLACE_EMBEDDING: Final = "UPDATE {holder} SET embedding = $3::{type} WHERE org_id = $1 AND {id} = $2"

QUESTION: Final = "'hazelnut' | 'train' | 'invoic'"
SLOTS: Final = {
    "who": "Mara|Ines|Tomas|Ada|Noor|Felix|Greta|Jonas|Priya|Wei|Luca|Amira|Oskar|Lena|Samir|Yuki|Pedro|Hanna|Ivo|Clara",
    "thing": (
        "green tea|black coffee|almond cake|hazelnut spread|mushroom risotto|sourdough bread|lentil soup|the window seat|dark chocolate|"
        "an electric bicycle|the old piano|a standing desk|noise-cancelling headphones|the blue notebook|a mechanical keyboard|oat milk|"
        "wool blankets|the mountain cabin|a second monitor|the vegetarian menu"
    ),
    "place": "Rome|Oslo|Lisbon|Vienna|Tokyo|Bergen|Utrecht|Toronto|Nairobi|Valparaiso|Leipzig|Kyoto|Bologna|Tallinn|Porto|Seville",
    "when": (
        "on Monday morning|in the first week of April|before the summer holidays|every second Thursday|since the move|after the review|"
        "at the end of the quarter|during the winter|on the twelfth of March|early next year|late in the evening|between the meetings"
    ),
    "work": (
        "the quarterly report|an invoice for the landlord|the onboarding guide|a migration of the billing service|the travel budget|"
        "the garden plan|the school application|a talk about databases|the insurance claim|the weekly shopping list|the release notes|"
        "the customer interviews|a contract with the supplier|the translation of the manual"
    ),
    "verb": "prefers|likes|avoids|recommends|orders|misses|collects|borrowed|returned|bought",
    "act": "finish|review|rewrite|cancel|postpone|discuss|prepare|translate|archive|approve",
}
WORDS: Final = {slot: words.split("|") for slot, words in SLOTS.items()}
SENTENCES: Final = (
    "{who} {verb} {thing} {when}.",
    "{who} asked me to {act} {work} {when}.",
    "The train from {place} to {place} leaves late {when}, so {who} takes the bus.",
    "{who} lives in {place} with {who} and works on {work}.",
    "Remind {who} to {act} {work} before {who} travels to {place}.",
    "{who} is allergic to peanuts and {verb} {thing} instead.",
    "We agreed that {who} will {act} {work} {when} and send it to {who}.",
    "In {place} {who} {verb} {thing}, but not {thing}.",
)


def sentences(dice: random.Random) -> str:
    """60 to 300 characters that read like something to remember."""
    wanted, text = dice.randint(60, 240), ""
    while len(text) < wanted:
        form = dice.choice(SENTENCES)
        text += " " * bool(text) + re.sub(r"{(\w+)}", lambda slot: dice.choice(WORDS[slot[1]]), form)
    return text[:300]


class Cloud:
    """Unit vectors around centres."""

    def __init__(self, dimension: int, noise: float, *, isotropic: bool) -> None:
        self.numbers = np.random.default_rng(7)
        self.dimension = dimension
        spread = np.ones(dimension) if isotropic else 1 / np.sqrt(np.arange(1, dimension + 1))
        self.spread = noise * spread / np.linalg.norm(spread)
        self.rotation = np.linalg.qr(self.numbers.normal(size=(dimension, dimension)))[0].astype(np.float32)
        self.centres = self.numbers.normal(size=(CENTRES, dimension)).astype(np.float32)
        self.centres /= np.linalg.norm(self.centres, axis=1, keepdims=True)

    def points(self, count: int) -> Vectors:
        noise = (self.numbers.normal(size=(count, self.dimension)) * self.spread).astype(np.float32) @ self.rotation
        points = self.centres[self.numbers.integers(CENTRES, size=count)] + noise
        return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def encoded(vector: Vectors, kind: str) -> bytes:
    """As PostgreSQL receives it, so that no conversion is timed."""
    return len(vector).to_bytes(2) + b"\0\0" + vector.astype(">f4" if kind == "vector" else ">f2").tobytes()


class Arm(NamedTuple):
    name: str
    call: Call
    plan: str = ""


class Bench:
    def __init__(self, connection: asyncpg.Connection, dimension: int, rows: int, rounds: int, cloud: Cloud) -> None:
        self.connection = connection
        self.dimension = dimension
        self.rows = rows
        self.rounds = rounds
        self.cloud = cloud
        self.dice = random.Random(7)
        self.scopes: dict[int, tuple[uuid.UUID, uuid.UUID]] = {}
        self.ids: dict[int, list[uuid.UUID]] = {}
        self.tables: list[Table] = []

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)

    # Filling

    async def fill(self) -> None:
        """The first layout from here, the others from the first."""
        scopes = [size for size in SCOPES if size <= self.rows]
        owners: list[tuple[int, uuid.UUID, uuid.UUID]] = []
        for size in scopes:
            self.scopes[size] = self.uuid(), self.uuid()
            owners += [(size, *self.scopes[size])] * size
        while len(owners) < self.rows:
            owners += [(0, self.uuid(), self.uuid())] * min(1_000, self.rows - len(owners))
        self.dice.shuffle(owners)
        self.ids = {size: [] for size in (0, *scopes)}
        self.vectors = self.cloud.points(self.rows)
        self.all_ids: list[uuid.UUID] = []
        start = datetime(2026, 1, 1, tzinfo=UTC)
        records = []
        for number, (size, org, agent) in enumerate(owners):
            at = start + timedelta(minutes=number)
            made = uuid.UUID(int=(int(at.timestamp() * 1000) << 80) | 7 << 76 | 2 << 62 | self.dice.getrandbits(62))
            self.ids[size].append(made)
            self.all_ids.append(made)
            ended = at if self.dice.random() < 0.03 else None
            status = "superseded" if self.dice.random() < 0.03 else "active"
            user, session = self.uuid(), self.uuid()
            vector = encoded(self.vectors[number], "vector")
            records.append(
                (org, made, agent, user, session, at, at, at, None, ended, status, sentences(self.dice), ["drink", "home"], vector)
            )
        first = LAYOUTS[0]
        for layout in LAYOUTS:
            in_row = "" if layout.beside else f"embedding {layout.type}({self.dimension}) STORAGE MAIN,"
            await self.connection.execute(MEMORIES.format(key=layout.key, embedding=in_row))
            if layout is first:
                names = [*COLUMNS.split(", "), "embedding"]
                await self.connection.copy_records_to_table(f"m_{first.key}", records=records, columns=names, schema_name=SCHEMA)
            else:
                also = "" if layout.beside else ", embedding"
                cast = "" if layout.beside else f", embedding::{layout.type}"
                await self.connection.execute(
                    f"INSERT INTO m_{layout.key} ({COLUMNS}{also}) SELECT {COLUMNS}{cast} FROM m_{first.key} ORDER BY id"
                )
            await self.connection.execute(MEMORY_INDEXES.format(key=layout.key))
            if layout.beside:
                await self.side(layout.key, layout.type, "PLAIN")
        await self.analyze("VACUUM (ANALYZE)")

    async def side(self, key: str, kind: str, storage: str) -> None:
        await self.connection.execute(SIDE.format(key=key, type=kind, dimension=self.dimension, storage=storage))
        await self.connection.execute(
            f"INSERT INTO e_{key} SELECT org_id, agent_id, id, embedding::{kind} FROM m_{LAYOUTS[0].key} ORDER BY id"
        )
        await self.connection.execute(SIDE_INDEXES.format(key=key))

    async def analyze(self, command: str) -> None:
        tables = await self.connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", SCHEMA)
        await self.connection.execute(f"{command} {', '.join(table[0] for table in tables)}")

    # Measuring

    def queries(self, kind: str, count: int = 50) -> Callable[[], bytes]:
        ready = [encoded(vector, kind) for vector in self.cloud.points(count)]
        return lambda: self.dice.choice(ready)

    async def chosen(self, statement: str, arguments: Sequence[Any]) -> str:
        """The joins and scans of the plan that a prepared statement has settled on."""
        running = await self.connection.prepare(statement)
        types = ", ".join(f"{parameter.schema}.{parameter.name}" for parameter in running.get_parameters())
        values = ", ".join(literal(value) for value in arguments)
        await self.connection.execute(f"PREPARE settled ({types}) AS {statement}")
        for _ in range(6):
            await self.connection.execute(f"EXECUTE settled ({values})")
        plan = json.loads(await self.connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE settled ({values})"))[0]["Plan"]
        await self.connection.execute("DEALLOCATE settled")
        return " < ".join(dict.fromkeys(nodes(plan)))

    async def arm(self, name: str, statement: str, arguments: Callable[[], Sequence[Any]], *, explain: bool = True) -> Arm:
        prepared = await self.connection.prepare(statement)
        plan = await self.chosen(statement, arguments()) if explain else ""
        return Arm(name, lambda: prepared.fetch(*arguments()), plan)

    async def compare(self, table: Table, name: str, arms: Sequence[Arm], rounds: int) -> None:
        times: dict[str, list[float]] = {arm.name: [] for arm in arms}
        for arm in arms:
            for _ in range(7 if rounds > 7 else 1):
                await arm.call()
        order = list(arms)
        for _ in track(range(rounds), description=name, console=console, transient=True):
            random.shuffle(order)
            for arm in order:
                start = time.perf_counter()
                await arm.call()
                times[arm.name].append(time.perf_counter() - start)
        floor = statistics.median(times[arms[0].name])
        for arm in arms:
            median = statistics.median(times[arm.name])
            shown = name if arm is arms[0] else ""
            table.add_row(
                shown, arm.name, f"{median * 1e3:,.3f}", f"{median / floor:.2f}", *([arm.plan] if len(table.columns) == 5 else [])
            )
        table.add_section()

    def table(self, title: str, *columns: str) -> Table:
        made = Table(title=title, title_justify="left", title_style="bold")
        for column in columns:
            made.add_column(column, justify="left" if column in {"operation", "layout", "way", "plan"} else "right")
        self.tables.append(made)
        return made

    async def search(self) -> None:
        table = self.table(f"reads, {self.dimension} dimensions", "operation", "layout", "p50 ms", "ratio", "plan")
        asked = {kind: self.queries(kind) for kind in ("vector", "halfvec")}
        for size, scope in self.scopes.items():
            rounds = max(self.rounds * 200 // (size + 200), 30)
            arms: list[Arm] = []
            both: list[Arm] = []
            words: list[Arm] = []
            newest: list[Arm] = []
            for layout in LAYOUTS:
                given = {"key": layout.key, "type": layout.type}

                def near(scope: Any = scope, kind: str = layout.type) -> list[Any]:
                    return [*scope, asked[kind]()]

                def near_and_words(near: Any = near) -> list[Any]:
                    return [*near(), QUESTION]

                def text(scope: Any = scope) -> list[Any]:
                    return [*scope, QUESTION]

                def only(scope: Any = scope) -> list[Any]:
                    return list(scope)

                if layout.beside:
                    for form, statement in NEAR_FORMS.items():
                        arms.append(await self.arm(f"{layout.name}: {form}", statement.format(**given), near))
                    for form, (cte, join, distance) in BOTH_FORMS.items():
                        parts = {"near": cte.format(**given), "join": join.format(**given), "distance": distance.format(**given)}
                        statement = BY_BOTH.format(key=layout.key, **parts)
                        both.append(await self.arm(f"{layout.name}: {form}", statement, near_and_words))
                else:
                    arms.append(await self.arm(layout.name, IN_ROW.format(**given), near))
                    distance = f"(m.embedding <=> $3::{layout.type})"
                    both.append(await self.arm(layout.name, BY_BOTH.format(**given, near="", join="", distance=distance), near_and_words))
                words.append(await self.arm(layout.name, BY_WORDS.format(**given), text))
                newest.append(await self.arm(layout.name, NEWEST.format(**given), only))
            await self.compare(table, f"(a) nearest 10 of {size:,}", arms, rounds)
            await self.compare(table, f"(b) words over {size:,}", words, rounds)
            await self.compare(table, f"(c) both over {size:,}", both, rounds)
            await self.compare(table, f"(d) newest 50 of {size:,}", newest, max(rounds, 200))

    async def joins(self, forced: dict[str, asyncpg.Connection]) -> None:
        """The same join by each method, on connections that leave the planner no other."""
        table = self.table(f"join methods, both scopes, {self.dimension} dimensions", "operation", "layout", "p50 ms", "ratio")
        for size, scope in self.scopes.items():
            for layout in LAYOUTS[2:]:
                vector = self.queries(layout.type)
                statement = BOTH_SCOPES.format(key=layout.key, type=layout.type)

                def given(scope: Any = scope, vector: Any = vector) -> list[Any]:
                    return [*scope, vector()]

                arms = [await self.arm("as planned", statement, given, explain=False)]
                for method, connection in forced.items():
                    prepared = await connection.prepare(statement)
                    arms.append(Arm(method, lambda prepared=prepared, given=given: prepared.fetch(*given())))
                await self.compare(table, f"nearest 10 of {size:,}, {layout.name}", arms, max(self.rounds * 200 // (size + 200), 30))

    async def write(self, title: str, rounds: int) -> None:
        table = self.table(f"{title}, {self.dimension} dimensions", "operation", "layout", "p50 ms", "ratio", "WAL bytes")
        operations: dict[str, list[tuple[str, Call]]] = {}
        org, agent = self.uuid(), self.uuid()
        largest = max(self.scopes)
        reader = self.scopes[largest][0]
        targets = self.ids[largest]
        for layout in LAYOUTS:
            given = {"key": layout.key, "type": layout.type, "holder": layout.holder, "id": "memory_id" if layout.beside else "id"}
            vector = self.queries(layout.type, 200)
            insert = await self.connection.prepare((INSERT_BESIDE if layout.beside else INSERT_ROW).format(**given))
            texts = [sentences(self.dice) for _ in range(200)]

            def row(vector: Any = vector, texts: Any = texts) -> list[Any]:
                return [org, agent, uuid.uuid4(), self.dice.choice(texts), vector()]

            async def insert_many(insert: Any = insert, row: Any = row) -> None:
                async with self.connection.transaction():
                    await insert.executemany([row() for _ in range(BATCH)])

            operations.setdefault("(e) insert one", []).append((layout.name, lambda insert=insert, row=row: insert.fetch(*row())))
            operations.setdefault("(f) insert 1,000", []).append((layout.name, insert_many))
            for name, statement in (
                ("(g) update, indexed column", UPDATE_INDEXED),
                ("(g) update, column without index", UPDATE_PLAIN),
            ):
                update = await self.connection.prepare(statement.format(**given))
                operations.setdefault(name, []).append(
                    (layout.name, lambda update=update: update.fetch(reader, self.dice.choice(targets), self.dice.random()))
                )
            replace = await self.connection.prepare(REPLACE_EMBEDDING.format(**given))
            operations.setdefault("    replace the embedding", []).append(
                (layout.name, lambda replace=replace, vector=vector: replace.fetch(reader, self.dice.choice(targets), vector()))
            )
        for name, calls in operations.items():
            many = "1,000" in name
            logged = {layout: await self.logged(call, 1 if many else 50) for layout, call in calls}
            arms = [Arm(layout, call, f"{logged[layout]:,.0f}") for layout, call in calls]
            await self.compare(table, name, arms, max(rounds // 60, 3) if many else rounds)

    async def logged(self, call: Call, times: int) -> float:
        """What a call writes to the write-ahead log."""
        before = await self.connection.fetchval("SELECT pg_current_wal_insert_lsn() - '0/0'")
        for _ in range(times):
            await call()
        return float(await self.connection.fetchval("SELECT pg_current_wal_insert_lsn() - '0/0'") - before) / times

    async def sizes(self) -> None:
        table = self.table(
            f"(h) MB of {self.rows:,} memories, {self.dimension} dimensions",
            "layout",
            "memories",
            "TOAST",
            "side",
            "btree indexes",
            "total",
            "ratio",
        )
        floor = 0.0
        for layout in LAYOUTS:
            heap, toast, btree = await self.size(f"m_{layout.key}")
            side = 0.0
            if layout.beside:
                side, more, keys = await self.size(f"e_{layout.key}")
                toast, btree = toast + more, btree + keys
            total = heap + toast + side + btree
            floor = floor or total
            table.add_row(layout.name, *(f"{part:,.1f}" for part in (heap, toast, side, btree, total)), f"{total / floor:.2f}")

    async def size(self, name: str) -> tuple[float, float, float]:
        row = await self.connection.fetchrow(
            "SELECT pg_relation_size(c.oid), coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0), pg_indexes_size(c.oid)"
            " FROM pg_class AS c WHERE c.oid = $1::text::regclass",
            name,
        )
        return row[0] / 1e6, row[1] / 1e6, row[2] / 1e6

    async def storage(self) -> None:
        """The side table's storage strategies."""
        table = self.table(f"the side table's STORAGE, {self.dimension} dimensions", "operation", "layout", "p50 ms", "ratio")
        strategies = ("PLAIN", "MAIN", "EXTERNAL", "EXTENDED")
        for kind in ("vector", "halfvec"):
            for strategy in strategies:
                await self.side(f"s{kind[0]}_{strategy}".lower(), kind, strategy)
        await self.analyze("VACUUM (ANALYZE)")
        size = max(self.scopes)
        org, agent = self.uuid(), self.uuid()
        for kind in ("vector", "halfvec"):
            vector = self.queries(kind)
            reads, writes = [], []
            for strategy in strategies:
                key = f"s{kind[0]}_{strategy}".lower()
                statement = SIDE_ALONE.format(key=key, type=kind)
                reads.append(await self.arm(strategy, statement, lambda vector=vector: [*self.scopes[size], vector()], explain=False))
                insert = await self.connection.prepare(f"INSERT INTO e_{key} VALUES ($1, $2, $3, $4::{kind})")

                async def insert_many(insert: Any = insert, vector: Any = vector) -> None:
                    async with self.connection.transaction():
                        await insert.executemany([[org, agent, uuid.uuid4(), vector()] for _ in range(BATCH)])

                writes.append(Arm(strategy, insert_many))
            await self.compare(table, f"{kind}: nearest 10 of {size:,}", reads, 30)
            await self.compare(table, f"{kind}: insert 1,000", writes, 5)

    # HNSW

    async def build(self) -> None:
        """An HNSW index on each layout's embeddings, and one on the signs of a side table's."""
        self.built = self.table(f"HNSW of {self.rows:,} rows, {self.dimension} dimensions", "layout", "build s", "MB")
        await self.connection.execute("SET max_parallel_maintenance_workers = 0")
        for layout in LAYOUTS:
            await self.hnsw(layout.name, layout.holder, f"embedding {layout.type}_cosine_ops")
        bits = f"(binary_quantize(embedding)::bit({self.dimension})) bit_hamming_ops"
        await self.hnsw("beside, bits of vector", "e_bv", bits)
        await self.analyze("ANALYZE")

    async def hnsw(self, name: str, holder: str, expression: str) -> None:
        with console.status(f"HNSW: {name}"):
            start = time.perf_counter()
            index = f"hnsw_{holder}_{'bits' if 'bit(' in expression else 'embedding'}"
            await self.connection.execute(f"CREATE INDEX {index} ON {holder} USING hnsw ({expression})")
            taken = time.perf_counter() - start
            size = await self.connection.fetchval("SELECT pg_relation_size($1::text::regclass)", index) / 1e6
            self.built.add_row(name, f"{taken:,.1f}", f"{size:,.1f}")

    async def recall(self) -> None:
        """Over the whole table, against the exact order of the float32 embeddings."""
        table = self.table(f"nearest 10 of {self.rows:,}, {self.dimension} dimensions", "way", "ef_search", "recall@10", "p50 ms", "ratio")
        # What other parts have stored meanwhile is not among the vectors here.
        asked = self.cloud.points(100)
        known = dict(enumerate(self.all_ids))
        order = np.argsort(-(asked @ self.vectors.T), axis=1)[:, :10]
        truth = [{known[at] for at in row} for row in order]
        exact = "SELECT memory_id FROM e_{key} ORDER BY (embedding <=> $1::{type}) + 0 LIMIT 10"
        index = "SELECT memory_id FROM e_{key} ORDER BY embedding <=> $1::{type} LIMIT 10"
        again = """
            SELECT c.memory_id
            FROM (
                SELECT memory_id, embedding
                FROM e_bv
                ORDER BY binary_quantize(embedding)::bit({dimension}) <~> binary_quantize($1::vector)::bit({dimension})
                LIMIT {candidates}
            ) AS c
            ORDER BY c.embedding <=> $1
            LIMIT 10
        """
        ways: list[tuple[str, int, str, str]] = [
            ("exact, vector", 0, "vector", exact.format(key="bv", type="vector")),
            ("exact, halfvec", 0, "halfvec", exact.format(key="bh", type="halfvec")),
        ]
        for ef in (40, 100, 200):
            ways += [
                ("HNSW, vector", ef, "vector", index.format(key="bv", type="vector")),
                ("HNSW, halfvec", ef, "halfvec", index.format(key="bh", type="halfvec")),
            ]
        for candidates in (100, 400):
            for ef in (candidates, candidates * 2):
                text = again.format(dimension=self.dimension, candidates=candidates)
                ways.append((f"HNSW, bits, {candidates} re-ranked", ef, "vector", text))
        times: dict[int, list[float]] = {number: [] for number in range(len(ways))}
        found: dict[int, list[float]] = {number: [] for number in range(len(ways))}
        prepared = [await self.connection.prepare(statement) for *_, statement in ways]
        for turn in track(range(-3, len(asked)), description="recall", console=console, transient=True):
            for number, (_, ef, kind, _) in enumerate(ways):
                if ef == 0 and turn >= 30:
                    continue
                vector = encoded(asked[turn], kind)
                await self.connection.execute(f"SET hnsw.ef_search = {ef or 40}")
                start = time.perf_counter()
                rows = await prepared[number].fetch(vector)
                if turn >= 0:
                    times[number].append(time.perf_counter() - start)
                    found[number].append(len(truth[turn] & {row[0] for row in rows}) / 10)
        floor = statistics.median(times[0])
        for number, (name, ef, *_) in enumerate(ways):
            median = statistics.median(times[number])
            recall = statistics.mean(found[number])
            table.add_row(name, str(ef or "–"), f"{recall:.3f}", f"{median * 1e3:,.2f}", f"{median / floor:.3f}")


def literal(value: Any) -> str:
    if isinstance(value, bytes):
        numbers = np.frombuffer(value[4:], ">f4" if len(value) - 4 == 4 * int.from_bytes(value[:2]) else ">f2")
        return f"'[{','.join(map(str, numbers.tolist()))}]'"
    return "'" + str(value).replace("'", "''") + "'"


def nodes(plan: dict[str, Any]) -> list[str]:
    """The plan's joins, scans and sorts, outermost first."""
    kind = plan["Node Type"]
    told = {"Nested Loop": "nested loop", "Hash Join": "hash join", "Merge Join": "merge join", "Sort": "sort", "Incremental Sort": "sort"}
    mine = [told[kind]] if kind in told else []
    if "Index Name" in plan:
        scan = {"Index Scan": "index", "Index Only Scan": "index only", "Bitmap Index Scan": "bitmap"}[kind]
        mine = [f"{scan} {re.sub(r'_(rv|rh|bv|bh)', '', plan['Index Name']).removesuffix('_idx')}"]
    elif kind == "Seq Scan":
        mine = [f"seq {plan['Relation Name'][:1]}"]
    return mine + [node for child in plan.get("Plans", []) for node in nodes(child)]


async def connected(stack: AsyncExitStack, dsn: str, settings: dict[str, str]) -> asyncpg.Connection:
    connection = await asyncpg.connect(dsn, server_settings=settings, statement_cache_size=0)
    stack.push_async_callback(connection.close)
    for kind in ("vector", "halfvec"):
        await connection.set_type_codec(kind, schema="public", encoder=bytes, decoder=bytes, format="binary")
    await connection.set_type_codec("tsquery", schema="pg_catalog", encoder=str, decoder=str, format="text")
    return connection


async def run(dsn: str, options: argparse.Namespace) -> list[Table]:
    async with AsyncExitStack() as stack:
        # A statement that enters a tenant runs without parallel workers; see the module's docstring for the rest.
        settings = {"jit": "off", "synchronous_commit": "off", "max_parallel_workers_per_gather": "0", "search_path": f"{SCHEMA}, public"}
        connection = await connected(stack, dsn, settings)
        await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")

        async def drop() -> None:
            await connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")

        stack.push_async_callback(drop)
        cloud = Cloud(options.dimension, options.noise, isotropic=options.isotropic)
        bench = Bench(connection, options.dimension, options.rows, options.rounds, cloud)
        with console.status(f"storing {options.rows:,} memories in {len(LAYOUTS)} layouts"):
            await bench.fill()
        parts = options.parts.split(",")
        if "sizes" in parts:
            await bench.sizes()
        if "search" in parts:
            await bench.search()
        if "joins" in parts:
            methods = ("nestloop", "hashjoin", "mergejoin")
            without = {only: {f"enable_{method}": "off" for method in methods if method != only} for only in methods}
            await bench.joins({only: await connected(stack, dsn, settings | off) for only, off in without.items()})
        if "storage" in parts:
            await bench.storage()
        if "hnsw" in parts:
            await bench.build()
            await bench.recall()
            for table in bench.tables:
                console.print(table)
            bench.tables.clear()
        if "write" in parts:
            if "hnsw" in parts:
                await connection.execute("DROP INDEX hnsw_e_bv_bits")
                await bench.write("writes with HNSW", max(options.rounds // 10, 20))
                for layout in LAYOUTS:
                    await connection.execute(f"DROP INDEX hnsw_{layout.holder}_embedding")
            await bench.write("writes without HNSW", options.rounds)
        return bench.tables


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dsn", help="a superuser's postgresql:// URL of a database with pgvector (default: a temporary embedded server)")
    parser.add_argument("--dimension", type=int, default=384, help="dimension of the embeddings")
    parser.add_argument("--rows", type=int, default=50_000, help="memories of all agents together")
    parser.add_argument("--rounds", type=int, default=1000, help="runs of the fastest operation")
    parser.add_argument("--parts", default=",".join(PARTS), help="comma-separated parts to run (default: all, %(default)s)")
    parser.add_argument("--noise", type=float, default=2.5, help="length of the noise around a centre; centres have length 1")
    parser.add_argument("--isotropic", action="store_true", help="noise of equal variance in all dimensions, the hardest to index")
    options = parser.parse_args()
    with nullcontext() if options.dsn else started(settings=SETTINGS) as server:
        for table in await run(server.dsn if server else options.dsn, options):
            console.print(table)


if __name__ == "__main__":
    asyncio.run(main())
