"""Rows of knowledge for tests that are not about them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from pgvector import HalfVector

from memdb.executor import Executor


async def make_facts(
    on: Executor, agent_id: uuid.UUID, contents: Sequence[str], *, embeddings: Sequence[Any] | None = None, user_id: uuid.UUID | None = None
) -> list[uuid.UUID]:
    """Active facts about one entity, in ascending order of their ids, and their embeddings."""
    ids = sorted(uuid.uuid4() for _ in contents)
    rows = await on.fetch(
        "INSERT INTO memdb.entities (org_id, agent_id, type, key, name) VALUES ($1::memdb.tenant, $2, 'person', $3, 'Ada') RETURNING id",
        [on.org_id, agent_id, f"person:{uuid.uuid4()}"],
    )
    await on.fetch(
        """
        INSERT INTO memdb.facts (org_id, agent_id, entity_id, user_id, id, content, embedded)
        SELECT $1::memdb.tenant, $2, $3, $4, f.id, f.content, $7
        FROM unnest($5::uuid[], $6::text[]) AS f (id, content)
        """,
        [on.org_id, agent_id, rows[0][0], user_id, ids, list(contents), embeddings is not None],
    )
    if embeddings is not None:
        await on.fetch(
            """
            INSERT INTO memdb.fact_embeddings (org_id, agent_id, fact_id, space, embedding)
            SELECT $1::memdb.tenant, $2, f.id, $3::smallint, f.embedding FROM unnest($4::uuid[], $5::halfvec[]) AS f (id, embedding)
            """,
            [on.org_id, agent_id, on.space, ids, [None if each is None else HalfVector(each) for each in embeddings]],
        )
    return ids


async def make_events(on: Executor, agent_id: uuid.UUID, contents: Sequence[str]) -> list[uuid.UUID]:
    """Events, in ascending order of their ids."""
    ids = sorted(uuid.uuid4() for _ in contents)
    await on.fetch(
        """
        INSERT INTO memdb.events (org_id, agent_id, id, content)
        SELECT $1::memdb.tenant, $2, e.id, e.content FROM unnest($3::uuid[], $4::text[]) AS e (id, content)
        """,
        [on.org_id, agent_id, ids, list(contents)],
    )
    return ids


async def end_facts(on: Executor, ids: Sequence[uuid.UUID]) -> None:
    """As when they are invalidated."""
    await on.fetch(
        "UPDATE memdb.facts SET status = 'invalidated', invalidated_at = now() WHERE org_id = $1::memdb.tenant AND id = ANY ($2)",
        [on.org_id, list(ids)],
    )
