"""A graph of 100 steps, run by LangGraph with either checkpointer, less the time that it takes with none."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.messages import HumanMessage
from langgraph.graph import START, MessagesState, StateGraph

from contracts.contract import Contract
from contracts.savers import STEPS, THEIRS, Saver, postgres_saver
from memdb.adapters.langgraph import MemdbSaver
from memdb.engine.database import Tenant


def _graph(saver: Saver | None) -> Any:
    builder = StateGraph(MessagesState)
    names = [f"n{number}" for number in range(STEPS)]
    for before, name in zip([START, *names], names, strict=False):
        builder.add_node(name, lambda state: {"messages": [HumanMessage("hello")]})
        builder.add_edge(before, name)
    return builder.compile(checkpointer=saver)


async def _run(graph: Any, task: int) -> None:
    config: Any = {"configurable": {"thread_id": str(uuid.uuid4())}, "recursion_limit": 2 * STEPS}
    await graph.ainvoke({"messages": []}, config)


class Graphs(Contract):
    title = "LangGraph"
    theirs = THEIRS
    calls = {f"checkpoints of {STEPS} steps": _run}  # noqa: RUF012
    alone = True

    def ours(self, tenant: Tenant) -> Any:
        return _graph(MemdbSaver(tenant))

    @asynccontextmanager
    async def rival(self, dsn: str, connections: int) -> AsyncIterator[Any]:
        async with postgres_saver(dsn, connections) as saver:
            yield _graph(saver)

    async def neither(self) -> Any:
        return _graph(None)
