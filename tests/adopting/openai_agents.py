"""The sessions of the OpenAI Agents SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack, closing
from typing import Any

from memdb.adapters.openai_agents import MemdbSession
from memdb.engine.database import Tenant

PACKAGES = ("openai-agents",)
TABLES: Mapping[str, str] = {}
ITEMS: dict[str, list[Any]] = {
    "ada": [
        {"role": "user", "content": "Hello. \0 ä \ud800"},
        {"type": "reasoning", "id": "r", "summary": [], "score": float("inf"), "NaN": "NaN"},
        {"role": "user", "content": ""},
        {"role": "user", "content": ""},
    ],
    "": [{"role": "assistant", "content": "of a session without a name"}],
    "empty": [],
}


def write(dsn: str) -> Any:
    return asyncio.run(_write(dsn))


async def _write(dsn: str) -> Any:
    from agents.extensions.memory import SQLAlchemySession

    async def session(id: str) -> Any:
        return SQLAlchemySession.from_url(id, url=dsn.replace("postgresql://", "postgresql+asyncpg://"), create_tables=True)

    return await _filled(session)


def write_file(path: str) -> Any:
    from agents import SQLiteSession

    with ExitStack() as stack:

        async def session(id: str) -> Any:
            return stack.enter_context(closing(SQLiteSession(id, path)))

        return asyncio.run(_filled(session))


async def _filled(session: Any) -> Any:
    for id, items in ITEMS.items():
        of_id = await session(id)
        for item in [*items, {"popped": True}]:
            await of_id.add_items([item])
        await of_id.pop_item()
    return {id: await (await session(id)).get_items() for id in ITEMS}


async def read(tenant: Tenant) -> Any:
    return {id: await MemdbSession(id, tenant).get_items() for id in ITEMS}
