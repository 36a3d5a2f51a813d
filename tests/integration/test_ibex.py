"""ibex's models and repositories over memdb, and its plan of the model beside the live schema."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import memdb
from memdb import memories, messages, relations, sessions, users
from memdb.adapters import ibex
from memdb.adapters.ibex import BaseRepository, Memory, MemoryCategory, MemoryRepository, MemorySource, MemoryStatus, SessionRepository
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import (
    AlreadyExists,
    DuplicateMemory,
    InvalidInput,
    InvalidTransition,
    NotFound,
    PoolClosed,
    TenantRequired,
    VersionConflict,
)
from tests.conftest import DIMENSION, Home, vector
from tests.server import fetch

ROOT = Path(memdb.__file__).parents[1]


def near(first: np.ndarray, similarity: float) -> np.ndarray:
    """A unit vector with this cosine similarity to the first."""
    other = vector(99)
    other = other - (other @ first) * first
    return (similarity * first + (1 - similarity**2) ** 0.5 * other / np.linalg.norm(other)).astype(np.float32)


@pytest.fixture
def repository(tenant: Tenant) -> MemoryRepository:
    return MemoryRepository(session=tenant, org_id=tenant.org_id)


async def test_a_memory_has_the_columns_and_defaults_of_the_plan(repository: MemoryRepository, agent: Agent) -> None:
    before = datetime.now(UTC)
    made = await repository.create(agent_id=agent.id, content="Ada lives in Oslo", embedding=vector(1), category=MemoryCategory.FACTUAL)
    assert set(Memory.__struct_fields__) >= {
        *("id", "org_id", "agent_id", "session_id", "content", "content_hash", "category", "source", "status", "confidence"),
        *("usefulness_score", "retrieval_count", "last_retrieved_at", "last_injected_at", "superseded_by", "merged_into"),
        *("expires_at", "metadata_", "created_at", "updated_at", "tags"),
    }
    assert (made.org_id, made.agent_id, made.session_id, made.content_hash) == (repository.org_id, agent.id, None, None)
    assert (made.category, made.source, made.status) == (MemoryCategory.FACTUAL, MemorySource.EXTRACTED, MemoryStatus.ACTIVE)
    assert (made.confidence, made.usefulness_score) == (Decimal("0.800"), Decimal("0.500"))
    assert (made.retrieval_count, made.last_retrieved_at, made.last_injected_at) == (0, None, None)
    assert (made.superseded_by, made.merged_into, made.expires_at, made.metadata_, made.tags) == (None, None, None, {}, [])
    assert before - timedelta(seconds=5) < made.created_at == made.updated_at
    assert await repository.get(made.id) == made


async def test_the_pipeline_of_the_plan(repository: MemoryRepository, agent: Agent, db: Database) -> None:
    """As its service writes: hash, near duplicates, conflicts, then the row."""
    content = "Ada lives in Oslo"
    hashed = hashlib.sha256(content.encode()).hexdigest()
    assert await repository.find_by_content_hash(agent_id=agent.id, content_hash=hashed) is None
    session = await SessionRepository(db, repository.org_id).create(agent_id=agent.id, external_id="s-1")
    made = await repository.create(
        org_id=repository.org_id,
        agent_id=agent.id,
        session_id=session.id,
        content=content,
        content_hash=hashed,
        embedding=vector(1),
        category=MemoryCategory.FACTUAL,
        source="user_provided",
        confidence=Decimal("0.9"),
        status=MemoryStatus.ACTIVE,
        metadata={"model": "m"},
        tags=["home"],
    )
    assert (made.content_hash, made.metadata_, made.session_id) == (hashed, {"model": "m"}, session.id)
    assert (made.source, made.confidence, [tag.tag for tag in made.tags]) == (MemorySource.USER_PROVIDED, Decimal("0.900"), ["home"])
    found = await repository.find_by_content_hash(agent.id, hashed)
    assert found == made
    with pytest.raises(DuplicateMemory):
        await repository.create(agent_id=agent.id, content=content, embedding=vector(2), category="factual")

    (near_by,) = await repository.find_near_duplicates(agent_id=agent.id, embedding=near(vector(1), 0.95), threshold=0.92, limit=3)
    assert (near_by[0].id, near_by[0].retrieval_count) == (made.id, 1)
    assert near_by[1] == pytest.approx(0.95, abs=0.002)
    assert await repository.find_near_duplicates(agent.id, near(vector(1), 0.9)) == []
    in_conflict = await repository.find_conflicts(agent.id, MemoryCategory.FACTUAL, near(vector(1), 0.9), threshold=0.85)
    assert [each.id for each, _ in in_conflict] == [made.id]
    assert await repository.find_conflicts(agent.id, "episodic", near(vector(1), 0.9)) == []
    assert await repository.find_conflicts(agent.id, "factual", near(vector(1), 0.8)) == []
    waiting = await repository.create(
        agent_id=agent.id,
        content="Ada lives in Paris",
        embedding=near(vector(1), 0.9),
        category="factual",
        status=MemoryStatus.PENDING_REVIEW,
    )
    assert [each.id for each in await repository.list_active(agent.id)] == [made.id]
    assert [each.id for each in await repository.page(agent_id=agent.id)] == [waiting.id, made.id]
    assert [each.id for each in await repository.page(agent_id=agent.id, limit=1)] == [waiting.id]


async def test_similar_memories_come_in_order_and_to_the_limit(repository: MemoryRepository, agent: Agent) -> None:
    for number in range(6):
        await repository.create(
            agent_id=agent.id,
            content=f"memory {number}",
            embedding=near(vector(1), 1 - number / 10),
            category="preference" if number % 2 else "factual",
            confidence=0.2 if number in (0, 1) else 0.8,
        )
    found = await repository.find_similar(agent_id=agent.id, query_embedding=vector(1), limit=3)
    assert [each.content for each, _ in found] == ["memory 2", "memory 3", "memory 4"]
    assert [round(similarity, 1) for _, similarity in found] == [0.8, 0.7, 0.6]
    some = await repository.find_similar(agent.id, vector(1), category_filter=MemoryCategory.PREFERENCE, min_confidence=0.0)
    assert [each.content for each, _ in some] == ["memory 1", "memory 3", "memory 5"]
    assert await repository.find_similar(agent.id, vector(1), limit=0) == []
    ids = [each.id for each, _ in found]
    assert await repository.record_use(retrieved=ids, injected=ids[:1]) == 3
    used = await repository.get(ids[0])
    assert used is not None
    assert used.retrieval_count == 1
    assert used.last_retrieved_at is not None
    assert used.last_injected_at is not None
    await memories.vote(repository.session, id=ids[2], agent_id=agent.id, vote="positive")
    assert (await repository.find_hot(agent.id, limit=1))[0].id == ids[2]


async def test_changes_are_versions(repository: MemoryRepository, agent: Agent) -> None:
    made = await repository.create(
        agent_id=agent.id, content="Ada lives in Oslo", content_hash="h-1", embedding=vector(1), category="factual", metadata={"a": 1}
    )
    changed = await repository.update(made.id, confidence=Decimal("0.5"), tags=["home"], reason="less sure")
    assert (changed.confidence, changed.content_hash, changed.metadata_, changed.version) == (Decimal("0.500"), "h-1", {"a": 1}, 2)
    changed = await repository.update(made.id, metadata={"b": 2}, category=MemoryCategory.EPISODIC)
    assert (changed.metadata_, changed.content_hash, changed.category) == ({"b": 2}, "h-1", "episodic")
    changed = await repository.update(made.id, content="Ada lives in Paris", embedding=vector(2))
    assert (changed.content_hash, changed.metadata_) == (None, {"b": 2})
    assert await repository.find_by_content_hash(agent.id, "h-1") is None
    changed = await repository.update(made.id, content_hash="h-2")
    assert (await repository.find_by_content_hash(agent.id, "h-2")) == changed
    assert [each.version for each in await repository.versions(made.id)] == [5, 4, 3, 2, 1]
    assert [each.operation for each in await repository.versions(made.id)][-1] == "create"
    with pytest.raises(VersionConflict):
        await repository.update(made.id, content="late", expected_version=1)
    with pytest.raises(InvalidInput, match="status"):
        await repository.update(made.id, status=MemoryStatus.MERGED)
    assert (await repository.update(made.id, status=MemoryStatus.ARCHIVED)).status == MemoryStatus.ARCHIVED
    assert await repository.delete(made.id)
    assert not await repository.delete(made.id)
    assert await repository.get(made.id) is None
    for changes in ({"content": "gone"}, {"confidence": 0.5}):
        with pytest.raises(NotFound, match="memory"):
            await repository.update(made.id, **changes)


async def test_the_constraints_of_the_plan_hold(repository: MemoryRepository, tenant: Tenant, agent: Agent) -> None:
    right: dict[str, Any] = {"agent_id": agent.id, "content": "right", "embedding": vector(1), "category": "factual"}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"content": ""}, "content"),
        ({"content": "x" * 8193}, "content"),
        ({"confidence": 1.001}, "confidence"),
        ({"confidence": Decimal("-0.001")}, "confidence"),
        ({"category": "unknown"}, "category"),
        ({"source": "unknown"}, "source"),
        ({"status": "unknown"}, "status"),
        ({"status": MemoryStatus.MERGED}, "status"),
        ({"embedding": [1.0] * (DIMENSION + 1)}, "embedding"),
        ({"tags": [""]}, "tags"),
        ({"tags": ["x" * 65]}, "tags"),
        ({"metadata": {"a": "x" * 9000}}, "metadata"),
    ]
    for values, field in wrong:
        with pytest.raises(InvalidInput, match=field):
            await repository.create(**right | values)
    with pytest.raises(InvalidInput, match="confidence"):
        await repository.create(**right | {"confidence": "high"})
    searches: list[tuple[Any, str]] = [
        (repository.find_similar(agent.id, [1.0]), "query_embedding"),
        (repository.find_similar(agent.id, vector(1), category_filter="unknown"), "category_filter"),
        (repository.find_similar(agent.id, vector(1), min_confidence="high"), "min_confidence"),  # type: ignore[arg-type]
        (repository.find_similar(agent.id, vector(1), min_confidence=2), "min_confidence"),
        (repository.find_similar(agent.id, vector(1), limit=-1), "limit"),
        (repository.find_near_duplicates(agent.id, vector(1), threshold=2), "threshold"),
        (repository.find_conflicts(agent.id, "factual", vector(1), threshold=2), "threshold"),
    ]
    for search, field in searches:
        with pytest.raises(InvalidInput, match=f"^{field} must"):
            await search
    for reference in ("agent_id", "session_id"):
        with pytest.raises(NotFound, match=reference.removesuffix("_id")):
            await repository.create(**right | {reference: uuid.uuid4()})
    assert await repository.page() == []

    # One active memory of each content, of any number of writers.
    results = await asyncio.gather(*[repository.create(**right) for _ in range(5)], return_exceptions=True)
    (one,) = [each for each in results if isinstance(each, Memory)]
    assert all(isinstance(each, DuplicateMemory) for each in results if each != one)
    # No edge to itself, and each once of a type.
    other = await repository.create(**right | {"content": "other"})
    with pytest.raises(InvalidInput):
        await relations.add(tenant, source_id=one.id, target_id=one.id, type="contradicts")
    for _ in range(2):
        await relations.add(tenant, source_id=one.id, target_id=other.id, type="contradicts")
    assert await relations.count(tenant, memory_id=one.id) == 1
    # What supersedes it is told, and it is active no more.
    await memories.supersede(tenant, id=one.id, successor_id=other.id)
    superseded = await repository.get(one.id)
    assert superseded is not None
    assert (superseded.status, superseded.superseded_by) == (MemoryStatus.SUPERSEDED, other.id)


async def test_each_column_of_the_plan_has_its_place_in_the_schema(dsn: str) -> None:
    """By table of ibex's plan: its columns, and where they are in memdb; None is under the same name."""
    plan: dict[str, tuple[str, dict[str, str | None]]] = {
        "memories": (
            "memories",
            {
                **dict.fromkeys(("id", "org_id", "agent_id", "session_id", "content", "content_hash", "category", "source", "status")),
                **dict.fromkeys(
                    ("confidence", "superseded_by", "merged_into", "expires_at", "deleted_at", "metadata", "created_at", "updated_at")
                ),
                "usefulness_score": "usefulness",
                "embedding": "memory_embeddings.embedding",
                "retrieval_count": "memory_usage.retrievals",
                "last_retrieved_at": "memory_usage.last_retrieved_at",
                "last_injected_at": "memory_usage.last_injected_at",
            },
        ),
        "memory_versions": (
            "memory_versions",
            {
                **dict.fromkeys(("memory_id", "org_id", "operation", "content", "category", "confidence", "metadata")),
                "version_num": "version",
                "changed_by_type": "changed_by",
                "change_reason": "reason",
                "created_at": "changed_at",
            },
        ),
        "memory_relationships": (
            "memory_relations",
            {
                **dict.fromkeys(("org_id", "source_id", "target_id", "confidence", "created_at")),
                "relation_type": "type",
            },
        ),
        "memory_tags": ("memories", {"memory_id": "id", "org_id": "org_id", "tag": "tags"}),
        "organizations": ("organizations", dict.fromkeys(("id", "name", "slug", "tier", "status", "settings", "deleted_at"))),
        "users": ("users", dict.fromkeys(("id", "org_id", "email", "name", "role", "status", "deleted_at"))),
        "agents": ("agents", dict.fromkeys(("id", "org_id", "created_by", "name", "slug", "status", "config", "metadata", "tags"))),
        "sessions": ("sessions", dict.fromkeys(("id", "org_id", "agent_id", "external_id", "status", "model", "provider", "created_at"))),
        "checkpoints": ("checkpoints", dict.fromkeys(("session_id", "org_id", "request_id", "messages_hash", "latency_ms", "is_complete"))),
        "directives": ("directive_versions", dict.fromkeys(("org_id", "agent_id", "content", "created_at"))),
        "tokens": ("tokens", dict.fromkeys(("id", "org_id", "user_id", "agent_id", "name", "permissions", "expires_at"))),
    }
    there = {
        f"{table}.{column}": (kind, nullable, default)
        for table, column, kind, nullable, default in fetch(
            dsn,
            "SELECT table_name, column_name, data_type, is_nullable, coalesce(column_default, '') FROM information_schema.columns "
            "WHERE table_schema = 'memdb'",
        )
    }
    missing = []
    for table, (ours, columns) in plan.items():
        for column, place in columns.items():
            name = place or column
            if (name if "." in name else f"{ours}.{name}") not in there:
                missing.append(f"{table}.{column}")
    assert missing == []
    for column, default in (
        ("status", "active"),
        ("confidence", "0.8"),
        ("metadata", "{}"),
        ("created_at", "now()"),
        ("updated_at", "now()"),
        ("id", "new_id"),
    ):
        assert default in str(there[f"memories.{column}"][2]), column
    for column in ("org_id", "agent_id", "content", "category", "source", "status", "confidence", "metadata"):
        assert there[f"memories.{column}"][1] == "NO", column
    for column in ("session_id", "superseded_by", "merged_into", "expires_at", "deleted_at"):
        assert there[f"memories.{column}"][1] == "YES", column


async def test_the_references_of_the_plan_are_there_with_the_tenant(dsn: str) -> None:
    references = {
        (table, target, columns)
        for table, target, columns in fetch(
            dsn,
            "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, "
            "(SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k (number, n) "
            "JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.number) "
            "FROM pg_constraint AS c WHERE c.contype = 'f'",
        )
    }
    wanted = {
        ("memdb.memories", "memdb.agents", "org_id,agent_id"),
        ("memdb.memories", "memdb.memories", "org_id,superseded_by"),
        ("memdb.memories", "memdb.memories", "org_id,merged_into"),
        ("memdb.memory_versions", "memdb.memories", "org_id,memory_id"),
        ("memdb.memory_relations", "memdb.memories", "org_id,source_id"),
        ("memdb.memory_relations", "memdb.memories", "org_id,target_id"),
        ("memdb.agents", "memdb.organizations", "org_id"),
        ("memdb.sessions", "memdb.agents", "org_id,agent_id"),
        ("memdb.checkpoints", "memdb.sessions", "org_id,session_id"),
    }
    assert wanted <= references, wanted - references


async def test_sessions(db: Database, tenant: Tenant, agent: Agent) -> None:
    repository = SessionRepository(session=db, org_id=tenant.org_id)
    made = await repository.create(agent_id=agent.id, external_id="x-1", model="m-1")
    assert (await repository.create(agent_id=agent.id, external_id="x-1")).id == made.id
    assert await repository.get(made.id) == await repository.get_by_external_id(agent.id, "x-1") == made
    await messages.append(tenant, session_id=made.id, role="user", content="Hello.")
    assert await repository.mark_extracted(made.id, 1) == 1
    assert (await repository.update(made.id, title="Talk")).title == "Talk"
    assert (await repository.complete(made.id)).status == "completed"
    with pytest.raises(InvalidTransition):
        await repository.complete(made.id)
    idle = await repository.create(agent_id=agent.id)
    assert await repository.sweep_idle(datetime.now(UTC) + timedelta(days=1)) == [idle.id]
    assert {each.id for each in await repository.page(agent_id=agent.id)} == {made.id, idle.id}
    assert [each.id for each in await repository.page(status="abandoned", limit=1)] == [idle.id]
    assert await repository.delete(made.id)
    assert not await repository.delete(made.id)
    assert await repository.get(made.id) is None


async def test_a_repository_is_of_one_organization(db: Database, tenant: Tenant, agent: Agent, rival: Home) -> None:
    ours, theirs = MemoryRepository(db, tenant.org_id), MemoryRepository(db, rival.tenant.org_id)
    made = await ours.create(agent_id=agent.id, content="ours", content_hash="h", embedding=vector(1), category="factual")
    assert await theirs.get(made.id) is None
    assert not await theirs.delete(made.id)
    assert await theirs.find_by_content_hash(agent.id, "h") is None
    assert await theirs.find_similar(agent.id, vector(1)) == await theirs.page() == []
    with pytest.raises(NotFound, match="agent"):
        await theirs.create(agent_id=agent.id, content="theirs", embedding=vector(1), category="factual")
    with pytest.raises(InvalidInput, match="org_id"):
        await theirs.create(org_id=tenant.org_id, agent_id=rival.agent.id, content="x", embedding=vector(1), category="factual")
    with pytest.raises(InvalidInput, match="org_id"):
        await SessionRepository(db, rival.tenant.org_id).create(org_id=tenant.org_id, agent_id=rival.agent.id)
    for session, org_id, error in (
        (tenant, rival.tenant.org_id, InvalidInput),
        (db.admin(), tenant.org_id, TenantRequired),
        (db, str(tenant.org_id), InvalidInput),
        ("dsn", tenant.org_id, InvalidInput),
    ):
        with pytest.raises(error):
            MemoryRepository(session, org_id)  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        async with tenant.transaction() as tx:
            await MemoryRepository(tx, tenant.org_id).delete(made.id)
            raise ZeroDivisionError
    assert await ours.get(made.id) is not None
    await db.close()
    with pytest.raises(PoolClosed):
        await ours.get(made.id)
    assert issubclass(DuplicateMemory, AlreadyExists)
    assert issubclass(MemoryRepository, BaseRepository)


def test_all_models_are_importable() -> None:
    assert {
        *("Organization", "User", "Agent", "Token", "Directive", "Session", "Checkpoint", "Memory", "MemoryVersion"),
        *("MemoryRelationship", "MemoryTag"),
    } <= set(ibex.__all__)
    assert ibex.User is users.User
    assert ibex.Session is sessions.Session


async def test_the_example_runs(dsn: str) -> None:
    spec = importlib.util.spec_from_file_location("ibex_pipeline", ROOT / "examples" / "ibex_pipeline.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    assert await example.main(dsn) == ["written", "duplicate", "waits for a review", "Ada lives in Oslo"]
