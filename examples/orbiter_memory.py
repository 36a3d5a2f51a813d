"""orbiter-memory's stores, on PostgreSQL: by words and by a fake embedding model, on the embedded server.

    python examples/orbiter_memory.py

Of an example for orbiter's own stores the import has changed.
"""

from __future__ import annotations

import asyncio
import sys

from memdb.adapters.orbiter import AIMemory, Embeddings, HumanMemory, MemoryMetadata, PostgresMemoryStore, VectorMemoryStore


class Letters(Embeddings):
    """Stands for a model: a vector of the counts of letters."""

    @property
    def dimension(self) -> int:
        return 384

    def embed(self, text: str) -> list[float]:
        return [float(text.lower().count(chr(number))) for number in range(384)]

    async def aembed(self, text: str) -> list[float]:
        return self.embed(text)


async def talk(dsn: str) -> list[str]:
    ada, bob = (MemoryMetadata(user_id=name, session_id="s-1") for name in ("ada", "bob"))
    async with VectorMemoryStore(Letters(), dsn=dsn) as vectors, PostgresMemoryStore(dsn) as store:
        await store.clear()
        await vectors.add(HumanMemory(content="I play the violin.", metadata=ada))
        await vectors.add(AIMemory(content="Since when?", metadata=ada))
        await vectors.add(HumanMemory(content="My car is red.", metadata=bob))
        told = [each.content for each in await vectors.search(query="violin", metadata=ada, limit=1)]
        told += [f"{each.memory_type}: {each.content}" for each in await store.search(query="VIOLIN")]
        removed = await store.clear(metadata=bob)
        left = await store.count()
        told.append(f"{left} of {left + removed} are left")
    print("\n".join(told))
    return told


def main(dsn: str) -> list[str]:
    return asyncio.run(talk(dsn))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/orbiter")
