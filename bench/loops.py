"""What memdb's calls take on uvloop, compared with asyncio's own event loop.

    python bench/loops.py                         # on an embedded server in a temporary folder
    python bench/loops.py --dsn postgresql://...  # a superuser's URL of a database with memdb's schema

Each loop has a pool of its own, for the same tenant. The loops are interleaved, part by part in random order; a ratio is that of the parts'
medians. Each of the 32 tasks waits for its call before it makes the next, and all share 4 connections.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import uvloop
from measuring import console, options_of, served, shown, table, write

import memdb
from memdb import agents, memories, messages, organizations, sessions
from memdb.engine.database import Database, Tenant
from memdb.memories import NewMemory
from memdb.messages import NewMessage

LOOPS: Final[Mapping[str, Callable[[], asyncio.AbstractEventLoop]]] = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
TASKS: Final = (1, 32)
CONNECTIONS: Final = 4
PARTS: Final = 15
SECONDS: Final = 0.25
STORED: Final = 1000
DIMENSION: Final = 384

Call = Callable[[Tenant], Awaitable[Any]]


class Place(NamedTuple):
    """The tenant, and what its calls are about."""

    org_id: uuid.UUID
    agent_id: uuid.UUID
    session_id: uuid.UUID
    ids: list[uuid.UUID]

    def calls(self) -> dict[str, Call]:
        return {
            "memories.get": lambda tenant: memories.get(tenant, id=random.choice(self.ids)),
            "memories.page of 50": lambda tenant: memories.page(tenant, agent_id=self.agent_id, limit=50),
            "messages.window": lambda tenant: messages.window(tenant, session_id=self.session_id, tokens=2000),
            "memories.search": lambda tenant: memories.search(
                tenant, agent_id=self.agent_id, text="fact 7", embedding=_embedding(), limit=10
            ),
            # Last, because it makes the others take longer.
            "memories.add": lambda tenant: memories.add(tenant, agent_id=self.agent_id, content=f"fact {uuid.uuid4()}"),
        }


class Side:
    """One of the loops, with its own database."""

    def __init__(self, loop: str, dsn: str) -> None:
        self._runner = asyncio.Runner(loop_factory=LOOPS[loop])
        self.db: Database = self.run(_connected(dsn))

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self.db.close())
        self._runner.close()


async def _connected(dsn: str) -> Database:
    return await memdb.connect(dsn, pool_size=CONNECTIONS, timeout=60.0)


def _embedding() -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng().normal(size=DIMENSION).astype(np.float32)


async def settle(db: Database) -> Place:
    organization = await organizations.create(db.admin(), slug=f"loops-{uuid.uuid4().hex[:12]}", name="Loops")
    tenant = db.tenant(organization.id)
    agent = await agents.create(tenant, slug="reader", name="Reader")
    items = [NewMemory(content=f"fact {number} of many", embedding=_embedding(), tags=["a", "b"]) for number in range(STORED)]
    added = await memories.add_many(tenant, agent_id=agent.id, items=items)
    session = (await sessions.start(tenant, agent_id=agent.id)).session
    said = [NewMessage(role="user", content=f"message {number}", tokens=20) for number in range(200)]
    await messages.append_many(tenant, session_id=session.id, items=said)
    return Place(organization.id, agent.id, session.id, [memory.id for memory in added])


async def timed(tenant: Tenant, call: Call, tasks: int) -> float:
    """Seconds a call, of so many tasks together, over a part of the time."""
    start, made = time.perf_counter(), 0

    async def work() -> None:
        nonlocal made
        while time.perf_counter() < start + SECONDS:
            await call(tenant)
            made += 1

    await asyncio.gather(*[work() for _ in range(tasks)])
    return (time.perf_counter() - start) / made


def measure(sides: Mapping[str, Side], place: Place, parts: int, step: Callable[[int], None]) -> dict[str, dict[str, list[float]]]:
    """Of each call and number of tasks, and of each loop, the seconds of each part."""
    taken: dict[str, dict[str, list[float]]] = {}
    for name, call in place.calls().items():
        for tasks in TASKS:
            row = taken.setdefault(f"{name}, {tasks} task{'s' * (tasks > 1)}", {loop: [] for loop in LOOPS})
            for part in range(parts + 1):
                for loop in random.sample(list(sides), len(sides)):
                    seconds = sides[loop].run(timed(sides[loop].db.tenant(place.org_id), call, tasks))
                    # The first part prepares the statement on each connection.
                    if part:
                        row[loop].append(seconds)
            step(1)
    return taken


def show(taken: Mapping[str, Mapping[str, list[float]]]) -> None:
    made = table(None, "call", "asyncio, ms a call", "uvloop", "ratio")
    for name, row in taken.items():
        own, its = (statistics.median(row[loop]) * 1e3 for loop in LOOPS)
        made.add_row(name, f"{own:.3f}", f"{its:.3f}", f"{its / own:.2f}")
    console.print(made)


def main() -> None:
    options = options_of(__doc__ or "", None).parse_args()
    parts = 2 if options.quick else PARTS
    with served(options.dsn) as dsn:
        sides = {loop: Side(loop, dsn) for loop in LOOPS}
        place = sides["asyncio"].run(settle(sides["asyncio"].db))
        with shown("calls", len(place.calls()) * len(TASKS)) as step:
            taken = measure(sides, place, parts, step)
        for side in sides.values():
            side.close()
    show(taken)
    if options.json:
        write(options.json, taken)


if __name__ == "__main__":
    main()
