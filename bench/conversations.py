"""Conversations: whether a long session is as fast as a short one, and how fast messages are appended, also concurrently, and archived.

    make bench-conversations                              # on an embedded server in a temporary folder, about two minutes
    make bench-conversations ARGS="--quick"               # a small run, to see that everything works
    python bench/conversations.py --messages 1000000
    python bench/conversations.py --dsn postgresql://...  # a superuser's URL of a database with memdb's schema; the data stays there

Two sessions of one agent, a long one and one of 100 messages, are stored among others. All rounds are alike: a user's question, a tool
call, its result and an answer, about 280 tokens. The sessions are measured first without summaries, then with rolling ones: one for each
50 messages, with the last 40 messages not summarised. Each operation alternates between the two sessions, on warm connections: read the
ratio of the long session's time to the short one's.

No setting of the server trades durability for speed: each append is a transaction that waits until its WAL is on disk. On the embedded
server, this process is pinned to one core and the server to the others.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

import asyncpg
import numpy as np
from measuring import FIGURES, Rate, Step, console, options_of, p95, rate, rates, serving, shown, table, told_by, write
from rich.table import Table

import memdb
from memdb import agents, archives, messages, organizations, sessions, summaries
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.messages import NewMessage, ToolCall

SHORT: Final = 100
OTHERS: Final = 100
SUMMARISED: Final = 50
UNSUMMARISED: Final = 40
CLIENTS: Final = 32
ARCHIVED: Final = 10
LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
WORDS: Final = ("memory", "session", "answer", "question", "weather", "train", "ticket", "hotel", "garden", "letter", "bridge", "river")

Call = Callable[[uuid.UUID], Awaitable[Any]]


class Timed(NamedTuple):
    """An operation on one of the two sessions."""

    operation: str
    messages: int
    rows: int
    p50_ms: float
    p95_ms: float
    p50_ratio: float
    p95_ratio: float


class Bench:
    """An agent, and its two sessions."""

    def __init__(self, owner: asyncpg.Connection, db: Database, tenant: Tenant, agent: Agent, options: argparse.Namespace) -> None:
        self.owner = owner
        self.db = db
        self.tenant = tenant
        self.agent = agent
        self.options = options
        self.random = random.Random(1)
        self.numbers = np.random.default_rng(1)
        self.long: uuid.UUID
        self.short: uuid.UUID

    def text(self, words: int) -> str:
        return " ".join(self.random.choices(WORDS, k=words))

    def said(self, count: int, *, vectors: bool = False, sent_at: datetime | None = None) -> list[NewMessage]:
        """That many messages in rounds of four."""
        made = []
        for n in range(count):
            kind, call = n % 4, f"call-{n // 4}"
            made.append(
                NewMessage(
                    role=("user", "assistant", "tool", "assistant")[kind],  # type: ignore[arg-type]
                    content="" if kind == 1 else self.text((30, 0, 40, 80)[kind]),
                    tool_calls=[ToolCall(call, "look_up", {"question": self.text(4)})] if kind == 1 else [],
                    tool_call_id=call if kind == 2 else None,
                    embedding=self.numbers.normal(size=self.tenant.dimension).astype(np.float32) if vectors else None,
                    sent_at=sent_at,
                )
            )
        return made

    async def start(self, agent: Agent | None = None, **given: Any) -> uuid.UUID:
        return (await sessions.start(self.tenant, agent_id=(agent or self.agent).id, **given)).session.id

    async def fill(self) -> None:
        sizes = [self.options.messages, SHORT, *[SHORT] * OTHERS]
        ids = []
        with shown("storing sessions", sum(sizes)) as step:
            for size in sizes:
                id = await self.start()
                ids.append(id)
                # The first one is what the agent is told, and does not belong to a round.
                await messages.append(self.tenant, session_id=id, role="system", content=self.text(40))
                for at in range(1, size, 1000):
                    step(len(await messages.append_many(self.tenant, session_id=id, items=self.said(min(1000, size - at)))))
        self.long, self.short = ids[:2]
        await self.settle()

    async def settle(self) -> None:
        # As autovacuum would a minute later.
        await self.owner.execute("VACUUM ANALYZE memdb.sessions, memdb.messages, memdb.message_embeddings, memdb.session_summaries")

    async def summarise(self) -> None:
        ends = {id: range(SUMMARISED, size - UNSUMMARISED + 1, SUMMARISED) for id, size in self.sizes().items()}
        with shown("adding summaries", sum(map(len, ends.values()))) as step:
            for id, each in ends.items():
                # As far as there are to be messages left over.
                for end in [*each[:-1], self.sizes()[id] - UNSUMMARISED]:
                    await summaries.add(
                        self.tenant, session_id=id, strategy="rolling", first_position=1, last_position=end, content=self.text(150)
                    )
                    step(1)
        await self.settle()

    def sizes(self) -> dict[uuid.UUID, int]:
        return {self.long: self.options.messages, self.short: SHORT}

    def of_messages(self) -> dict[str, Call]:
        return {
            "window of 10 rounds": lambda id: messages.window(self.tenant, session_id=id, rounds=10),
            "window of 2,000 tokens": lambda id: messages.window(self.tenant, session_id=id, tokens=2000),
            "window of 99 messages": lambda id: messages.window(self.tenant, session_id=id, limit=99),
            "page, the last 50": lambda id: messages.page(self.tenant, session_id=id, limit=50),
        }

    def of_summaries(self) -> dict[str, Call]:
        return {
            "window after a summary": lambda id: messages.window(self.tenant, session_id=id),
            "window after it, 5 rounds": lambda id: messages.window(self.tenant, session_id=id, rounds=5),
            "summaries.latest": lambda id: summaries.latest(self.tenant, session_id=id),
            "summaries.due": lambda id: summaries.due(self.tenant, session_id=id),
        }

    def of_writing(self) -> dict[str, Call]:
        content = self.text(40)
        add = partial(summaries.add, self.tenant, strategy="other", first_position=1, content=content, edits=0)
        return {
            "append": lambda id: messages.append(self.tenant, session_id=id, role="user", content=content),
            "summaries.add": lambda id: add(session_id=id, last_position=self.sizes()[id]),
        }

    async def compare(self, operations: dict[str, Call]) -> list[Timed]:
        results = []
        for name, call in operations.items():
            times: dict[uuid.UUID, list[float]] = {self.short: [], self.long: []}
            rows = {}
            for id in list(times) * 10:
                rows[id] = _rows(await call(id))
            order = list(times)
            with shown(name, self.options.rounds) as step:
                for _ in range(self.options.rounds):
                    self.random.shuffle(order)
                    for id in order:
                        start = time.perf_counter()
                        await call(id)
                        times[id].append(time.perf_counter() - start)
                    step(1)
            half = {id: statistics.median(taken) * 1e3 for id, taken in times.items()}
            most = {id: p95(taken) * 1e3 for id, taken in times.items()}
            results += [
                Timed(name, self.sizes()[id], rows[id], half[id], most[id], half[id] / half[self.short], most[id] / most[self.short])
                for id in times
            ]
        return results

    async def append_rates(self) -> list[Rate]:
        arms = {"append_many of 1": (1, False), "append_many of 100": (100, False), "append_many of 1,000": (1000, False)}
        arms["append_many of 1,000, with embeddings"] = (1000, True)
        to = {what: await self.start() for what in arms}
        of_each = self.options.rounds * 20
        taken: dict[str, list[float]] = {what: [] for what in arms}
        for what, (size, vectors) in arms.items():
            await messages.append_many(self.tenant, session_id=to[what], items=self.said(size, vectors=vectors))
        turns = [what for what, (size, _) in arms.items() for _ in range(max(min(of_each // size, self.options.rounds), 3))]
        self.random.shuffle(turns)
        with shown("append_many", len(turns)) as step:
            for what in turns:
                size, vectors = arms[what]
                items = self.said(size, vectors=vectors)
                start = time.perf_counter()
                await messages.append_many(self.tenant, session_id=to[what], items=items)
                taken[what].append(time.perf_counter() - start)
                step(1)
        return [rate(what, arms[what][0], statistics.median(each)) for what, each in taken.items()]

    async def writers(self) -> list[Rate]:
        """Some at once, of one session and of one each; what they have appended is there, in order and without a gap."""
        of_each = max(self.options.rounds // 10, 5)
        one, own = await self.start(), [await self.start() for _ in range(CLIENTS)]
        content = self.text(40)

        async def write(id: uuid.UUID, number: int, step: Step) -> None:
            for n in range(of_each):
                await messages.append(self.tenant, session_id=id, role="user", content=content, metadata={"writer": number, "n": n})
                step(1)

        results = []
        for what, ids in ((f"{CLIENTS} writers of one session", [one] * CLIENTS), (f"{CLIENTS} writers of a session each", own)):
            # Every connection has prepared the statement, and has a plan for any values from the sixth time on.
            aside = [await self.start() for _ in ids]
            for _ in range(6):
                await asyncio.gather(*[messages.append(self.tenant, session_id=id, role="user", content="x") for id in aside])
            with shown(what, CLIENTS * of_each) as step:
                start = time.perf_counter()
                await asyncio.gather(*[write(id, number, step) for number, id in enumerate(ids)])
                seconds = time.perf_counter() - start
            results.append(rate(what, CLIENTS * of_each, seconds))
            for id in set(ids):
                await self.verify(id, of_each * ids.count(id))
        return results

    async def verify(self, id: uuid.UUID, count: int) -> None:
        found: list[messages.Message] = []
        while page := await messages.page(self.tenant, session_id=id, after=len(found), limit=1000):
            found += page
        if [message.position for message in found] != list(range(1, count + 1)):
            raise AssertionError("the positions have gaps, or do not start at 1")
        last: dict[int, int] = {}
        for message in found:
            if message.metadata["n"] != last.get(message.metadata["writer"], -1) + 1:
                raise AssertionError("a writer's messages are out of order")
            last[message.metadata["writer"]] = message.metadata["n"]

    async def archive(self) -> list[Rate]:
        size = max(self.options.messages // 50, 100)
        agent = await agents.create(self.tenant, slug="archived", name="Archived")
        admin = self.db.admin(self.tenant.org_id)
        ids = [await self.start(agent, started_at=LONG_AGO) for _ in range(ARCHIVED)]
        with shown("storing sessions to archive", ARCHIVED * size) as step:
            for id in ids:
                for at in range(0, size, 1000):
                    items = self.said(min(1000, size - at), vectors=True, sent_at=LONG_AGO)
                    step(len(await messages.append_many(self.tenant, session_id=id, items=items)))
        await self.settle()
        start = time.perf_counter()
        with shown("archiving", ARCHIVED * size) as step:
            done = await archives.archive(admin, idle_since=LONG_AGO + timedelta(days=1), agent_id=agent.id, progress=step)
        out = time.perf_counter() - start
        if done != archives.Archived(ARCHIVED, ARCHIVED * size):
            raise AssertionError(f"not all were archived: {done}")
        start = time.perf_counter()
        with shown("restoring", ARCHIVED * size) as step:
            for id in ids:
                await archives.restore(admin, id=id, progress=step)
        back = time.perf_counter() - start
        return [rate("archive, with embeddings", done.messages, out), rate("restore, with embeddings", done.messages, back)]


def _rows(found: Any) -> int:
    if isinstance(found, messages.Window):
        return len(found.messages) + (found.summary is not None)
    return len(found) if isinstance(found, list) else 1


def compared(title: str, results: Sequence[Timed]) -> Table:
    made = table(title, "operation", "messages", "rows", "p50 ms", "p95 ms", "p50 ratio", "p95 ratio")
    for each in results:
        ratios = [f"{each.p50_ratio:.2f}", f"{each.p95_ratio:.2f}"] if each.messages != SHORT else ["", ""]
        name = each.operation if each.messages == SHORT else ""
        made.add_row(name, f"{each.messages:,}", str(each.rows), f"{each.p50_ms:.2f}", f"{each.p95_ms:.2f}", *ratios)
    return made


async def run(dsn: str, options: argparse.Namespace) -> None:
    async with AsyncExitStack() as stack:
        owner = await asyncpg.connect(dsn, timeout=60.0)
        stack.push_async_callback(owner.close)
        db = await stack.enter_async_context(memdb.connect(dsn, pool_size=CLIENTS, timeout=120.0))
        organization = await organizations.create(db.admin(), slug=f"conversations-{uuid.uuid4().hex[:12]}", name="Conversations")
        tenant = db.tenant(organization.id)
        agent = await agents.create(tenant, slug="talker", name="Talker")
        bench = Bench(owner, db, tenant, agent, options)
        await bench.fill()
        timed = await bench.compare(bench.of_messages())
        await bench.summarise()
        timed += await bench.compare(bench.of_summaries())
        timed += await bench.compare(bench.of_writing())
        console.print(compared("A long session and a short one", timed))
        through = [*await bench.append_rates(), *await bench.writers(), *await bench.archive()]
        console.print(rates(through, "messages"))
        if options.json:
            figures = {"sessions": [each._asdict() for each in timed], "throughput": [each._asdict() for each in through]}
            write(options.json, {**await told_by(owner), "rounds": options.rounds, **figures})


async def main() -> None:
    parser = options_of(__doc__ or "", "conversations")
    parser.add_argument("--messages", type=int, default=100_000, help="messages of the long session")
    parser.add_argument("--rounds", type=int, default=500, help="runs of each operation on both sessions")
    options = parser.parse_args()
    if options.quick:
        options.messages, options.rounds = 2_000, 20
    else:
        options.json = options.json or FIGURES / "conversations.json"
    async with serving(options.dsn) as dsn:
        await run(dsn, options)


if __name__ == "__main__":
    asyncio.run(main())
