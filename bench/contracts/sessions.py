"""The OpenAI Agents SDK's session. Each task reads a session of 100 items; it adds to, and pops from, another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any, Final, TypeAlias

from agents.extensions.memory.sqlalchemy_session import SQLAlchemySession
from agents.memory import Session

from contracts.contract import Contract
from contracts.engines import engine_for
from memdb.adapters.openai_agents import MemdbSession
from memdb.engine.database import Tenant

Sessions: TypeAlias = Callable[[str], Session]
"""The session with an id, always the same object."""

ITEMS: Final = 100
LAST: Final = 20


def _turn(number: int) -> list[Any]:
    """What one turn of a conversation adds."""
    answer = {"type": "output_text", "text": f"answer {number}, which is some words longer than what was asked", "annotations": []}
    return [
        {"role": "user", "content": f"question {number}, some words long"},
        {"id": f"msg_{number}", "type": "message", "role": "assistant", "status": "completed", "content": [answer]},
    ]


def _read(sessions: Sessions, task: int) -> Session:
    return sessions(f"read by {task}")


def _written(sessions: Sessions, task: int) -> Session:
    return sessions(f"written by {task}")


async def _get_all(sessions: Sessions, task: int) -> None:
    assert len(await _read(sessions, task).get_items()) == ITEMS


async def _get_last(sessions: Sessions, task: int) -> None:
    assert len(await _read(sessions, task).get_items(limit=LAST)) == LAST


async def _add(sessions: Sessions, task: int) -> None:
    await _written(sessions, task).add_items(_turn(0))


async def _pop(sessions: Sessions, task: int) -> None:
    assert await _written(sessions, task).pop_item() is not None


class AgentsSessions(Contract):
    title = "The OpenAI Agents SDK's session"
    theirs = "SQLAlchemySession"
    # What is popped was added before.
    calls = {f"get {ITEMS} items": _get_all, f"get the last {LAST}": _get_last, "add 2 items": _add, "pop": _pop}  # noqa: RUF012

    def ours(self, tenant: Tenant) -> Sessions:
        return cache(partial(MemdbSession, tenant=tenant))

    @asynccontextmanager
    async def rival(self, dsn: str, connections: int) -> AsyncIterator[Sessions]:
        async with engine_for(dsn, connections) as engine:
            await SQLAlchemySession("", engine=engine, create_tables=True).get_items()
            yield cache(partial(SQLAlchemySession, engine=engine))

    async def fill(self, implementation: Sessions, tasks: int) -> None:
        for task in range(tasks):
            session = _read(implementation, task)
            # Of an earlier run on the same server.
            await session.clear_session()
            await session.add_items([item for number in range(ITEMS // 2) for item in _turn(number)])
