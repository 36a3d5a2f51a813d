"""memdb demo: the main use, from an empty folder to an answer, with the cost of each step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from rich.table import Table

import memdb
from memdb import memories
from memdb.cli import embedder
from memdb.cli.conversation import CONVERSATION, QUESTION
from memdb.cli.searching import table_of
from memdb.cli.session import console, find_agent, find_organization
from memdb.memories import NewMemory
from memdb.operations.wire import Wire, tapped


class _Steps:
    """The steps with their time and round trips; printed at the end."""

    def __init__(self) -> None:
        self._table = Table("step", title="What each step cost", title_justify="left", title_style="bold")
        self._table.add_column("time", justify="right")
        self._table.add_column("round trips", justify="right")

    @contextmanager
    def step(self, name: str, wire: Wire | None = None) -> Iterator[None]:
        trips, start = (wire.round_trips if wire else 0), time.perf_counter()
        yield
        taken = time.perf_counter() - start
        self._table.add_row(name, f"{taken * 1000:.1f} ms", str(wire.round_trips - trips) if wire else "–")

    def show(self) -> None:
        console.print(self._table)


async def run(folder: Path) -> int:
    from memdb.operations import embedded

    steps = _Steps()
    with steps.step("start the embedded PostgreSQL (create and migrate it the first time)"):
        server = await asyncio.to_thread(embedded.start, folder, dimension=embedder.DIMENSION)
    try:
        async with tapped(server.dsn) as wire:
            await _remember_and_search(wire, steps)
    finally:
        await server.leave_in_thread()
    steps.show()
    console.print(
        "[dim]A statement's first run on a connection takes a round trip more, to prepare it. The data stays in "
        f"{folder}; run `memdb search` with --dsn embedded:{folder} --org demo --agent mara to ask on.[/]"
    )
    return 0


async def _remember_and_search(wire: Wire, steps: _Steps) -> None:
    with steps.step("load the local embedder, embed the conversation and the question"):
        vectors = embedder.embed([turn.text for turn in CONVERSATION])
        asked = embedder.embed([QUESTION])[0]
    with steps.step("connect: authenticate, inspect the database, register types", wire):
        database = await memdb.connect(wire.dsn, timeout=30.0)
    async with database:
        tenant = database.tenant(await find_organization(database, "demo", create=True))
        agent = await find_agent(tenant, "mara", create=True)
        items = [
            NewMemory(
                content=turn.text,
                embedding=vector,
                embedding_model=embedder.MODEL,
                observed_at=turn.at,
                category="episodic",
            )
            for turn, vector in zip(CONVERSATION, vectors, strict=True)
        ]
        with steps.step(f"store {len(items)} memories (a second run finds them known)", wire):
            stored = await memories.add_many(tenant, agent_id=agent.id, items=items)
        for attempt in ("first", "second"):
            with steps.step(f"read one memory by its id, {attempt} time", wire):
                await memories.get(tenant, id=stored[0].id)
        console.print(f"[bold]Question:[/] {QUESTION}\n", highlight=False)
        ask = partial(memories.search, tenant, agent_id=agent.id, limit=3)
        for attempt in ("first", "second"):
            with steps.step(f"search by meaning, {attempt} time", wire):
                by_vector = await ask(embedding=asked)
        with steps.step("search by words, first time", wire):
            by_text = await ask(text=QUESTION)
        for attempt in ("first", "second"):
            with steps.step(f"search by both, {attempt} time", wire):
                by_both = await ask(text=QUESTION, embedding=asked)
    console.print(table_of(by_vector, "By meaning alone"))
    console.print(table_of(by_text, "By words alone"))
    console.print(table_of(by_both, "By both"))
