"""The write pipeline of ibex's memory service, on memdb: with a fake embedder, on the embedded server.

    python examples/ibex_pipeline.py

Of the pipeline, which is that of ibex's plan without its PII and cache, only the import has changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from uuid import UUID

import memdb
from memdb import agents, organizations
from memdb.adapters.ibex import MemoryCategory, MemoryRepository, MemoryStatus


class MemoryWritePipeline:
    def __init__(self, repo: MemoryRepository, dimension: int) -> None:
        self._repo = repo
        self._dimension = dimension

    async def write(self, agent_id: UUID, content: str, category: MemoryCategory) -> str:
        content_hash = hashlib.sha256(content.encode()).hexdigest()
        if await self._repo.find_by_content_hash(agent_id=agent_id, content_hash=content_hash) is not None:
            return "duplicate"
        embedding = self.embed(content)
        conflicts = await self._repo.find_conflicts(agent_id=agent_id, category=category, embedding=embedding, threshold=0.85)
        await self._repo.create(
            org_id=self._repo.org_id,
            agent_id=agent_id,
            content=content,
            content_hash=content_hash,
            embedding=embedding,
            category=category,
            status=MemoryStatus.PENDING_REVIEW if conflicts else MemoryStatus.ACTIVE,
        )
        return "waits for a review" if conflicts else "written"

    def embed(self, text: str) -> list[float]:
        """Stands for a model: the counts of letters."""
        return [float(text.lower().count(chr(number))) for number in range(self._dimension)]


async def main(dsn: str) -> list[str]:
    async with memdb.connect(dsn) as db:
        org = await organizations.get_or_create(db.admin(), slug="ibex", name="Ibex")
        tenant = db.tenant(org.id)
        # One anew with each run.
        if (old := await agents.get_by_slug(tenant, slug="proxy")) is not None:
            await agents.delete(tenant, id=old.id)
        agent = await agents.create(tenant, slug="proxy", name="Proxy")
        async with tenant.transaction() as session:
            repo = MemoryRepository(session=session, org_id=org.id)
            pipeline = MemoryWritePipeline(repo, db.dimension)
            told = [
                await pipeline.write(agent.id, content, MemoryCategory.FACTUAL)
                for content in ("Ada lives in Oslo", "Ada lives in Oslo", "Ada lived in Oslo")
            ]
            told += [memory.content for memory in await repo.list_active(agent.id)]
    print("\n".join(told))
    return told


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/ibex"))
