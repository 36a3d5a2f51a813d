"""The cost of a call compared with bare asyncpg: a memory by its id, and a list of 50; and what memdb.sync adds by waiting in a thread.

    python bench/calls.py                         # on an embedded server in a temporary folder
    python bench/calls.py --dsn postgresql://...  # a superuser's URL of a database with memdb's schema

Bare asyncpg is one connection of a superuser, to whom no policy applies, with hand-written statements that select the same columns: no
pool, no checks, no deadline, and plain records. The calls of all three are interleaved in random order. A ratio is that of the medians;
its spread is the range over the parts of the run.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
from measuring import console, options_of, serving, shown, table, told_by, write

import memdb
from memdb import agents, memories, organizations
from memdb.memories import Memory, NewMemory

PARTS: Final = 5
ROUNDS: Final = 400
QUICK: Final = 20
STORED: Final = 1000
LISTED: Final = 50
COLUMNS: Final = ", ".join(f"m.{name}" for name in Memory.__struct_fields__)
LIVE: Final = "m.deleted_at IS NULL AND (m.expires_at IS NULL OR m.expires_at > now())"
GET: Final = f"SELECT {COLUMNS} FROM memdb.memories AS m WHERE m.org_id = $1 AND m.id = $2 AND {LIVE}"
LIST: Final = (
    f"SELECT {COLUMNS} FROM memdb.memories AS m WHERE m.org_id = $1 AND m.agent_id = $2 AND {LIVE} ORDER BY m.id DESC LIMIT {LISTED}"
)
NAMES: Final = ("bare asyncpg", "memdb", "memdb.sync")

Call = Callable[[uuid.UUID], Awaitable[Any]]


async def measured(calls: dict[str, Call], ids: list[uuid.UUID], rounds: int, step: Callable[[int], None]) -> dict[str, list[float]]:
    """The median of each part of the run, in ms."""
    parts: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(PARTS):
        taken: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(rounds):
            for name in random.sample(list(calls), len(calls)):
                id = random.choice(ids)
                start = time.perf_counter()
                await calls[name](id)
                taken[name].append(time.perf_counter() - start)
        for name, times in taken.items():
            parts[name].append(statistics.median(times) * 1e3)
        step(1)
    return parts


async def run(dsn: str, rounds: int) -> dict[str, Any]:
    bare = await asyncpg.connect(dsn, server_settings={"jit": "off"})
    await bare.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
    async with memdb.connect(dsn) as db:
        tenant = db.tenant((await organizations.create(db.admin(), slug=f"calls-{uuid.uuid4().hex[:12]}", name="Calls")).id)
        agent = await agents.create(tenant, slug="reader", name="Reader")
        items = [NewMemory(content=f"fact {n}: " + " ".join(random.sample(GET.split(), 20)), tags=["a", "b"]) for n in range(STORED)]
        ids = [memory.id for memory in await memories.add_many(tenant, agent_id=agent.id, items=items)]
        await bare.execute("VACUUM ANALYZE memdb.memories")
        synchronous = memdb.sync(dsn)
        waiting = synchronous.tenant(tenant.org_id)

        async def get_in_thread(id: uuid.UUID) -> Memory | None:
            return waiting.call(memories.get, id=id)

        async def list_in_thread(_: uuid.UUID) -> list[Memory]:
            return waiting.call(memories.page, agent_id=agent.id, limit=LISTED)

        gets: tuple[Call, ...] = (lambda id: bare.fetchrow(GET, tenant.org_id, id), lambda id: memories.get(tenant, id=id), get_in_thread)
        lists: tuple[Call, ...] = (
            lambda _: bare.fetch(LIST, tenant.org_id, agent.id),
            lambda _: memories.page(tenant, agent_id=agent.id, limit=LISTED),
            list_in_thread,
        )
        operations = {"get": dict(zip(NAMES, gets, strict=True)), f"list {LISTED}": dict(zip(NAMES, lists, strict=True))}
        with shown("calls", len(operations) * PARTS) as step:
            for calls in operations.values():
                await measured(calls, ids, QUICK // PARTS, lambda _: None)
            parts = {operation: await measured(calls, ids, rounds, step) for operation, calls in operations.items()}
        synchronous.close()
    figures = {"calls": parts, "server": await told_by(bare)}
    await bare.close()
    return figures


def show(figures: dict[str, Any]) -> None:
    made = table(None, "call", "by", "median ms", "ratio to bare asyncpg", "from", "to", names=2)
    for operation, parts in figures["calls"].items():
        bare = parts[NAMES[0]]
        for name, times in parts.items():
            ratios = [one / other for one, other in zip(times, bare, strict=True)]
            ratio = statistics.median(times) / statistics.median(bare)
            made.add_row(operation, name, f"{statistics.median(times):.3f}", f"{ratio:.2f}", f"{min(ratios):.2f}", f"{max(ratios):.2f}")
    console.print(made)


async def main() -> None:
    options = options_of(__doc__ or "", None).parse_args()
    async with serving(options.dsn) as dsn:
        figures = await run(dsn, QUICK if options.quick else ROUNDS)
    show(figures)
    if options.json:
        write(options.json, figures)


if __name__ == "__main__":
    asyncio.run(main())
