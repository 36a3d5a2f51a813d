"""An agent of AA Kit's on memdb's backends, with a fake model: what it remembers is what the model is told. Needs the extra `suites`."""

from __future__ import annotations

import asyncio
import os
from types import SimpleNamespace
from typing import Any

import aakit.core.exceptions
import pytest
from aakit import Agent
from aakit.llm.manager import LLMManager
from aakit.memory.backends import InMemoryBackend, MemoryBackend, MemoryRecord
from aakit.memory.factory import MemoryFactory

import memdb.adapters.aakit as ours
from memdb.adapters.aakit import PostgreSQLBackend, migrate_memory, register

DSN = os.environ["MEMDB_SUITE_DSN"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the model was told, call by call."""
    calls: list[list[str]] = []

    async def chat(self: Any, messages: list[Any], **options: Any) -> SimpleNamespace:
        calls.append([each.content for each in messages])
        return SimpleNamespace(content=f"answer {len(calls)}")

    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setattr(LLMManager, "chat", chat)
    for name in ("create", "get_supported_backends", "validate_config"):
        monkeypatch.setattr(MemoryFactory, name, getattr(MemoryFactory, name))
    return calls


def test_the_kinds_are_those_of_the_package() -> None:
    assert issubclass(ours.MemoryBackend, MemoryBackend)
    assert ours.MemoryRecord is MemoryRecord
    assert ours.MemoryError is aakit.core.exceptions.MemoryError
    assert ours.ConfigurationError is aakit.core.exceptions.ConfigurationError


def test_an_agent_remembers_the_newest_messages(told: list[list[str]]) -> None:
    register()
    agent = Agent(name="a", instruction="Be brief.", model="gpt-4", memory=DSN, session_id="s")
    # Each call runs an event loop of its own.
    for number in range(30):
        agent.chat(f"question {number}")
    memory: Any = agent._memory
    assert isinstance(memory, PostgreSQLBackend)
    assert told[1] == ["Be brief.", "question 0", "answer 1", "question 1"]
    assert told[-1][1:3] == ["question 4", "answer 5"]
    assert told[-1][-3:] == ["question 28", "answer 29", "question 29"]
    agent.clear_memory("s")
    assert asyncio.run(memory.retrieve("s")) == []
    asyncio.run(memory.close())


async def test_sessions_come_over_from_a_backend_of_the_package() -> None:
    source = InMemoryBackend()
    for number in range(5):
        await source.store("s", "user", f"m{number}", {"n": number})
    async with PostgreSQLBackend(DSN, table_name="moved") as target:
        result = await migrate_memory(source, target, batch_size=2)
        assert (result.success, result.total_sessions, result.total_messages) == (True, 1, 5)
        for kept, given in zip(await target.retrieve("s"), await source.retrieve("s"), strict=True):
            # Times are kept to the microsecond.
            assert kept.timestamp == pytest.approx(given.timestamp, abs=1e-6)
            assert {**kept.to_dict(), "timestamp": None} == {**given.to_dict(), "timestamp": None}
