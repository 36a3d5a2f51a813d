"""LangGraph's checkpointer: a thread of 100 steps for each task, with a list of 20 messages and three plain channels.

What is written goes to other threads.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from langchain_core.messages import HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from contracts.contract import Contract
from memdb.adapters.langgraph import MemdbSaver
from memdb.engine.database import Tenant

Saver: TypeAlias = BaseCheckpointSaver[str]

THEIRS: Final = "langgraph-checkpoint-postgres"
STEPS: Final = 100
_MESSAGES: Final = 20


@asynccontextmanager
async def postgres_saver(dsn: str, connections: int) -> AsyncIterator[AsyncPostgresSaver]:
    kwargs: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: Any = AsyncConnectionPool(dsn, min_size=connections, max_size=connections, kwargs=kwargs, open=False)
    async with pool:
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
        yield saver


def _config(thread_id: str) -> Any:
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": ""}}


def _read(task: int) -> Any:
    return _config(f"read by {task}")


def _written(task: int) -> Any:
    return _config(f"written by {task}")


async def _put_step(saver: Saver, config: Any, step: int) -> Any:
    messages = [HumanMessage(f"message {n} of step {step}, some words long", id=str(n)) for n in range(_MESSAGES)]
    values = {"messages": messages, "step": step, "done": False, "topic": "weather"}
    versions: Any = {channel: f"{step + 1:032}.{random.random():016}" for channel in values}
    # The form that LangGraph writes; an empty checkpoint is of an older one.
    form = {"v": 4, "id": str(uuid6(clock_seq=step))}
    checkpoint: Any = {**empty_checkpoint(), **form, "channel_values": values, "channel_versions": versions}
    return await saver.aput(config, checkpoint, {"source": "loop", "step": step, "parents": {}}, versions)


async def _get(saver: Saver, task: int) -> None:
    found = await saver.aget_tuple(_read(task))
    assert found is not None
    assert len(found.checkpoint["channel_values"]["messages"]) == _MESSAGES


async def _list(saver: Saver, task: int) -> None:
    assert len([each async for each in saver.alist(_read(task), limit=10)]) == 10


async def _put(saver: Saver, task: int) -> None:
    await _put_step(saver, _written(task), STEPS)


async def _put_writes(saver: Saver, task: int) -> None:
    config = _written(task)
    config["configurable"]["checkpoint_id"] = str(uuid6())
    await saver.aput_writes(config, [("messages", [HumanMessage("hello")]), ("step", 1), ("topic", "rain")], str(uuid6()))


class Savers(Contract):
    title = "LangGraph's checkpointer"
    theirs = THEIRS
    calls = {"get the latest": _get, "list 10": _list, "put": _put, "put writes": _put_writes}  # noqa: RUF012

    def ours(self, tenant: Tenant) -> Saver:
        return MemdbSaver(tenant)

    rival = staticmethod(postgres_saver)  # type: ignore[assignment]

    async def fill(self, implementation: Saver, tasks: int) -> None:
        async def fill_one(task: int) -> None:
            config = _read(task)
            for step in range(STEPS):
                config = await _put_step(implementation, config, step)

        await asyncio.gather(*[fill_one(task) for task in range(tasks)])
