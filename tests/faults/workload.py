"""A client that writes until it is killed, and notes on disk what was acknowledged; and what must be true of what it has left behind."""

from __future__ import annotations

import asyncio
import json
import os
import random
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import memdb
from memdb import agents, audit, edges, entities, facts, memories, messages, organizations, sessions
from memdb.audit import Seal
from memdb.engine.database import Admin, Tenant
from memdb.entities import Sighting
from memdb.errors import DeadlineExceeded, TransactionConflict, Unavailable
from memdb.memories import NewMemory
from tests.server import fetch

BATCH = 20


class Ground(NamedTuple):
    """What the clients write about: a session and two entities, and an edge between these."""

    org_id: uuid.UUID
    agent_id: uuid.UUID
    session_id: uuid.UUID
    entity_ids: list[uuid.UUID]


async def prepare(dsn: str) -> Ground:
    async with memdb.connect(dsn, timeout=20.0) as db:
        organization = await organizations.create(db.admin(), slug="acme", name="Acme")
        # With quotas there is something to count.
        await organizations.set_quotas(db.admin(organization.id), memories=1_000_000, agents=100, monthly_tokens=None)
        tenant = db.tenant(organization.id)
        agent = await agents.create(tenant, slug="helper", name="Helper")
        session = (await sessions.start(tenant, agent_id=agent.id)).session
        seen = await entities.see_many(tenant, agent_id=agent.id, items=[Sighting(type="person", name=name) for name in ("Ada", "Bob")])
        await edges.assert_(tenant, source_id=seen[0].id, target_id=seen[1].id, type="knows")
        return Ground(organization.id, agent.id, session.id, [entity.id for entity in seen])


class Journal:
    """`tried` before a write is sent; `done`, which returns once it is on disk, after it was acknowledged."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")

    def tried(self, kind: str) -> None:
        self._write({"tried": kind})

    def done(self, kind: str, **what: Any) -> None:
        self._write({"done": kind, **what})
        os.fsync(self._file.fileno())

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, default=str) + "\n")
        self._file.flush()


class Writer(NamedTuple):
    tenant: Tenant
    admin: Admin
    ground: Ground
    journal: Journal

    async def change(self) -> None:
        added = await memories.add(self.tenant, agent_id=self.ground.agent_id, content=_new(), tags=["new", "short"])
        self.journal.done("memory", id=added.id, version=1, content=added.content)
        for version in (2, 3):
            changed = await memories.update(self.tenant, id=added.id, content=_new(), tags=[f"tag {version}"], expected_version=version - 1)
            self.journal.done("memory", id=added.id, version=version, content=changed.content)
        version = await memories.delete(self.tenant, id=added.id)
        self.journal.done("memory", id=added.id, version=version, content=changed.content)

    async def succeed(self) -> None:
        old, new = [await memories.add(self.tenant, agent_id=self.ground.agent_id, content=_new()) for _ in range(2)]
        changed = await memories.supersede(self.tenant, id=old.id, successor_id=new.id)
        self.journal.done("memory", id=old.id, version=changed.version, content=old.content)
        self.journal.done("memory", id=new.id, version=1, content=new.content)

    async def batch(self) -> None:
        mark = _new()
        items = [NewMemory(content=f"{mark} {number}") for number in range(BATCH)]
        added = await memories.add_many(self.tenant, agent_id=self.ground.agent_id, items=items)
        for memory in added:
            self.journal.done("memory", id=memory.id, version=1, content=memory.content)

    async def talk(self) -> None:
        self.journal.tried("message")
        message = await messages.append(self.tenant, session_id=self.ground.session_id, role="user", content=_new())
        self.journal.done("message", id=message.id, position=message.position, content=message.content)

    async def know(self) -> None:
        entity_id = random.choice(self.ground.entity_ids)
        content = _new()
        said = await facts.assert_(
            self.tenant, agent_id=self.ground.agent_id, entity_id=entity_id, content=content, attribute="city", value=content
        )
        self.journal.done("fact", id=said.fact.id, content=content)

    async def connect(self) -> None:
        self.journal.tried("edge")
        source_id, target_id = self.ground.entity_ids
        edge = await edges.assert_(self.tenant, source_id=source_id, target_id=target_id, type="knows")
        self.journal.done("edge", assertions=edge.assertions, version=edge.version)

    async def account(self) -> None:
        entry = await audit.record(self.tenant, action="export", resource_type="report")
        self.journal.done("entry", id=entry.id)

    async def seal(self) -> None:
        sealed = await audit.seal(self.admin)
        self.journal.done("seal", seq=sealed.seq, digest=sealed.digest)

    async def together(self) -> None:
        mark = _new()
        self.journal.tried("message")
        async with self.tenant.transaction() as tx:
            memory = await memories.add(tx, agent_id=self.ground.agent_id, content=mark)
            await audit.record(tx, action="together", resource_type="mark", resource_id=mark)
            message = await messages.append(tx, session_id=self.ground.session_id, role="assistant", content=mark)
        self.journal.done("memory", id=memory.id, version=1, content=mark)
        self.journal.done("message", id=message.id, position=message.position, content=mark)


def _new() -> str:
    return uuid.uuid4().hex


def work(dsn: str, ground: Ground, path: Path, seed: int) -> None:
    """Write until killed."""
    asyncio.run(_work(dsn, ground, path, random.Random(seed)))


async def _work(dsn: str, ground: Ground, path: Path, chance: random.Random) -> None:
    async with memdb.connect(dsn, pool_size=4, timeout=2.0) as db:
        journal = Journal(path)
        alone, grouped = [
            Writer(db.tenant(ground.org_id, actor="client", group_writes=each), db.admin(ground.org_id), ground, journal)
            for each in (False, True)
        ]
        journal.tried("nothing")
        kinds = (alone.change, alone.succeed, alone.batch, alone.talk, alone.know, alone.seal, alone.together, alone.together)
        in_groups = (grouped.change, grouped.change, grouped.succeed, grouped.talk, grouped.talk, grouped.know, grouped.connect)
        await asyncio.gather(*[_go_on(kind, chance) for kind in (*kinds, *in_groups, grouped.account)])


async def _go_on(write: Callable[[], Awaitable[None]], chance: random.Random) -> None:
    while True:
        try:
            await write()
        except (Unavailable, DeadlineExceeded, TransactionConflict):
            await asyncio.sleep(chance.uniform(0, 0.2))


def lines(path: Path) -> list[dict[str, Any]]:
    """What the journal says; its last line may have been cut off."""
    whole = path.read_text().rpartition("\n")[0] if path.exists() else ""
    return [json.loads(line) for line in whole.splitlines()]


# Each returns what breaks its rule.
_RULES = {
    "a memory has each of its versions, and says what the last one says": """
        SELECT m.id FROM memdb.memories AS m
        LEFT JOIN memdb.memory_versions AS v ON v.org_id = m.org_id AND v.memory_id = m.id AND v.version = m.version
        WHERE ARRAY(SELECT generate_series(1, m.version)) <> ARRAY(
                SELECT o.version FROM memdb.memory_versions AS o WHERE o.org_id = m.org_id AND o.memory_id = m.id ORDER BY o.version
            )
            OR (m.content, m.status, m.superseded_by, m.deleted_at IS NULL)
                IS DISTINCT FROM (v.content, v.status, v.superseded_by, v.deleted_at IS NULL)
            OR v.tags IS DISTINCT FROM ARRAY(
                SELECT t.tag FROM memdb.memory_tags AS t WHERE t.org_id = m.org_id AND t.memory_id = m.id ORDER BY t.tag
            )
    """,
    "no version is without its memory": """
        SELECT v.memory_id FROM memdb.memory_versions AS v
        WHERE NOT EXISTS (SELECT FROM memdb.memories AS m WHERE m.org_id = v.org_id AND m.id = v.memory_id)
    """,
    "what is superseded has its successor, and that its edge": """
        SELECT m.id, r.target_id FROM memdb.memories AS m
        FULL JOIN memdb.memory_relations AS r
            ON r.org_id = m.org_id AND r.target_id = m.id AND r.source_id = m.superseded_by AND r.type = 'supersedes'
        WHERE (m.status = 'superseded' OR m.id IS NULL) AND (m.id IS NULL OR r.target_id IS NULL OR m.superseded_by IS NULL)
    """,
    "a session's messages have no gap, and it has counted them": """
        SELECT s.id FROM memdb.sessions AS s
        LEFT JOIN LATERAL (
            SELECT count(*) AS count, sum(m.tokens) AS tokens, array_agg(m.position ORDER BY m.position) AS positions
            FROM memdb.messages AS m WHERE m.org_id = s.org_id AND m.session_id = s.id
        ) AS m ON true
        WHERE (s.last_position, s.messages, s.tokens) IS DISTINCT FROM (m.count, m.count, coalesce(m.tokens, 0))
            OR m.positions <> ARRAY(SELECT generate_series(1, s.last_position))
    """,
    "a quota is what is free and what is used": """
        SELECT o.id FROM memdb.organizations AS o
        WHERE o.memory_quota <> (SELECT count(*) FROM memdb.memories AS m WHERE m.org_id = o.id AND m.deleted_at IS NULL)
                + (SELECT sum(q.free) FROM memdb.quota_slots AS q WHERE q.org_id = o.id AND q.kind = 'memories')
            OR o.agent_quota <> (SELECT count(*) FROM memdb.agents AS a WHERE a.org_id = o.id AND a.deleted_at IS NULL)
                + (SELECT sum(q.free) FROM memdb.quota_slots AS q WHERE q.org_id = o.id AND q.kind = 'agents')
    """,
    "an entity has one city, and each fact the entity it is about": """
        SELECT f.entity_id FROM memdb.facts AS f GROUP BY f.entity_id HAVING count(*) FILTER (WHERE f.status = 'active') <> 1
        UNION ALL
        SELECT f.id FROM memdb.facts AS f
        WHERE NOT EXISTS (SELECT FROM memdb.fact_entities AS e WHERE e.org_id = f.org_id AND e.fact_id = f.id AND e.entity_id = f.entity_id)
            OR (f.status = 'superseded') <> (f.superseded_by IS NOT NULL)
    """,
    "an edge was changed as often as it was asserted": "SELECT e.id FROM memdb.edges AS e WHERE e.version <> e.assertions",
    "a batch is there whole": f"""
        SELECT split_part(m.content, ' ', 1) FROM memdb.memories AS m WHERE m.content LIKE '% %' GROUP BY 1 HAVING count(*) <> {BATCH}
    """,
    "what was written in one transaction is there together": """
        SELECT a.resource_id, m.content, e.content FROM (SELECT * FROM memdb.audit_log WHERE action = 'together') AS a
        FULL JOIN (SELECT * FROM memdb.messages WHERE role = 'assistant') AS m ON m.content = a.resource_id
        LEFT JOIN memdb.memories AS e ON e.content = coalesce(a.resource_id, m.content)
        WHERE a.resource_id IS NULL OR m.content IS NULL OR e.content IS NULL
    """,
}


async def check(dsn: str, ground: Ground, journal: Path) -> None:
    """Everything that was acknowledged is there, nothing is there by half, and no more than was tried, while clients may go on."""
    acknowledged = lines(journal)
    for rule, breaches in _RULES.items():
        assert fetch(dsn, breaches) == [], rule
    versions = {
        (str(id), version): content for id, version, content in fetch(dsn, "SELECT memory_id, version, content FROM memdb.memory_versions")
    }
    talked = {str(id): (position, content) for id, position, content in fetch(dsn, "SELECT id, position, content FROM memdb.messages")}
    known = {str(id): content for id, content in fetch(dsn, "SELECT id, content FROM memdb.facts")}
    entries = {str(id) for (id,) in fetch(dsn, "SELECT id FROM memdb.audit_log")}
    ((assertions,),) = fetch(dsn, "SELECT assertions FROM memdb.edges")
    assert isinstance(assertions, int)
    kept: Seal | None = None
    for line in acknowledged:
        match line.get("done"):
            case "memory":
                assert versions.get((line["id"], line["version"])) == line["content"], line
            case "message":
                assert talked.get(line["id"]) == (line["position"], line["content"]), line
            case "fact":
                assert known.get(line["id"]) == line["content"], line
            case "entry":
                assert line["id"] in entries, line
            case "edge":
                assert line["assertions"] <= assertions, line
            case "seal":
                kept = Seal(line["seq"], line["digest"], 0) if kept is None or line["seq"] > kept.seq else kept
    # Read again: what is there may have been tried since.
    tried = [line.get("tried") for line in lines(journal)]
    assert assertions <= 1 + tried.count("edge")
    assert len(talked) <= tried.count("message")
    async with memdb.connect(dsn, timeout=20.0) as db:
        assert await audit.verify(db.tenant(ground.org_id), kept=kept) == []
