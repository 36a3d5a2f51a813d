"""AA Kit's memory, on PostgreSQL: under a fake agent, and what it had kept elsewhere moved there, on the embedded server.

    python examples/aakit_memory.py

Of an example for AA Kit's own backends the import has changed, and the name of the backend. Under an agent of AA Kit's:
`memdb.adapters.aakit.register()`, then `Agent(..., memory="postgresql://...")`.
"""

from __future__ import annotations

import asyncio
import sys

from memdb.adapters.aakit import InMemoryBackend, MemoryBackend, Message, create_memory, migrate_memory


async def answer(memory: MemoryBackend, question: str) -> str:
    """Stands for an agent: it reads the last messages, and knows a name that it was told."""
    history = await memory.load("s-1", limit=50)
    names = [each.content.split()[-1].rstrip(".") for each in [*history, Message("user", question)] if each.content.startswith("I am ")]
    told = f"You are {names[-1]}." if history else f"Nice to meet you, {names[-1]}."
    await memory.save("s-1", [Message("user", question), Message("assistant", told)])
    return told


async def talk(dsn: str) -> list[str]:
    before = InMemoryBackend()
    told = [await answer(before, "I am Ada."), await answer(before, "Who am I?")]
    async with create_memory("postgres", connection_string=dsn) as memory:
        await memory.clear()
        moved = await migrate_memory(before, memory)
        told.append(f"{moved.total_sessions} session with {moved.total_messages} messages was moved")
        told += [each.content for each in await memory.search("i am")]
    print("\n".join(told))
    return told


def main(dsn: str) -> list[str]:
    return asyncio.run(talk(dsn))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/aakit")
