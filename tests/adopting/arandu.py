"""arandu's facts, entities, relations and events, written by its own models and read by its client."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from memdb.engine.database import Tenant

PACKAGES = ("arandu",)
TABLES: Mapping[str, str] = {}
AGENTS = ("ada", "Bob's agent: ü")
AT = datetime(2026, 1, 1, 10, 0, 0, 123456, tzinfo=UTC)


def id_of(agent: int, kind: int, number: int) -> UUID:
    return UUID(f"0000000{agent}-000{kind}-4000-8000-{number:012}")


def write(dsn: str) -> Any:
    return asyncio.run(_write(dsn))


async def _write(dsn: str) -> Any:
    from arandu import MemoryClient
    from arandu.db import create_engine, create_session_factory, init_db

    engine = create_engine(dsn)
    await init_db(engine)
    async with create_session_factory(engine)() as session:
        for number, agent in enumerate(AGENTS):
            for rows in _rows(number, agent):
                session.add_all(rows)
                await session.flush()
        session.add_all(_registry())
        await session.commit()
    await engine.dispose()
    client = MemoryClient(dsn, None, None)
    found = await seen(client)
    await client.close()
    return found


def _rows(n: int, agent: str) -> list[list[Any]]:
    from arandu import models as m

    def fact(number: int, key: str, text: str, **more: Any) -> Any:
        at = AT + timedelta(days=number)
        made = {"entity_type": key.partition(":")[0], "entity_key": key, "entity_name": names[key], "fact_text": text, "valid_from": at}
        return m.MemoryFact(id=id_of(n, 3, number), agent_id=agent, created_at=at, ingested_at=at, last_confirmed_at=at, **made | more)

    def link(number: int, key: str, *, first: bool = True) -> Any:
        return m.MemoryFactEntityLink(fact_id=id_of(n, 3, number), entity_key=key, is_primary=first, agent_id=agent)

    names = {"person:carlos_silva": "Carlos Silva", "person:ada": "Ada", "place:sao_paulo": "São Paulo"}
    subjects = ("person:ada", "person:carlos_silva", "person:ada", "person:ada", "person:carlos_silva", "person:ada")
    relations = (("place:sao_paulo", "lives_in"), ("person:carlos_silva", "knows"), ("person:ada", "is"))
    said = ("I live in São Paulo.", "  Now in Lisbon.\n", "Carlos plays the violin.")
    gone, later = AT + timedelta(days=2), AT + timedelta(days=9)
    return [
        [
            m.MemoryEntity(
                id=id_of(n, 1, number),
                agent_id=agent,
                canonical_key=key,
                display_name=name,
                entity_type=key.partition(":")[0],
                summary_text="Plays." if number else None,
                fact_count=number,
                importance_score=0.25 if number else 0.5,
                first_seen_at=AT,
                last_seen_at=AT + timedelta(hours=number),
                created_at=AT,
            )
            for number, (key, name) in enumerate(names.items(), 1)
        ],
        [m.MemoryEntityAlias(agent_id=agent, alias="carlos", canonical_entity_key="person:carlos_silva", canonical_entity_type="person")],
        [
            m.MemoryEvent(id=id_of(n, 2, number), agent_id=agent, session_id="s-1", occurred_at=AT + timedelta(days=number), text=text)
            for number, text in enumerate(said)
        ],
        [
            m.MemoryCluster(
                id=id_of(n, 5, 0), agent_id=agent, label="Carlos", summary_text="Plays.", fact_count=2, last_updated_at=later, created_at=AT
            )
        ],
        [
            fact(0, "person:ada", "Lives in São Paulo.", valid_to=gone, invalidated_at=gone, source_event_id=id_of(n, 2, 0), speaker="Ada"),
            fact(
                1,
                "person:carlos_silva",
                "Plays the violin.",
                confidence=0.9,
                category="hobby",
                times_retrieved=3,
                is_sensitive=True,
                cluster_id=id_of(n, 5, 0),
            ),
            fact(2, "person:ada", "Lives in Lisbon.", supersedes_fact_id=id_of(n, 3, 0), source_event_id=id_of(n, 2, 1), speaker="Ada"),
            fact(3, "person:ada", "Has a cat.", valid_to=later, invalidated_at=later),
            fact(
                4,
                "person:carlos_silva",
                "Plays the violin.",
                source_context="said twice",
                agent_annotation="again",
                cluster_id=id_of(n, 5, 0),
            ),
            fact(5, "person:ada", "Met Carlos Silva in São Paulo."),
        ],
        [
            *(link(number, key) for number, key in enumerate(subjects)),
            link(5, "place:sao_paulo", first=False),
            link(5, "person:carlos_silva", first=False),
        ],
        [
            m.MemoryEntityRelationship(
                id=id_of(n, 4, number),
                agent_id=agent,
                source_entity_key="person:ada",
                target_entity_key=target,
                rel_type=kind,
                strength=0.7,
                evidence_fact_id=id_of(n, 3, number),
                valid_from=AT,
                created_at=AT,
                updated_at=AT,
                invalidated_at=gone if number == 0 else None,
            )
            for number, (target, kind) in enumerate(relations)
        ],
        [
            m.MemoryMetaObservation(
                id=id_of(n, 6, number),
                agent_id=agent,
                observation_type=kind,
                title=f"Is a {kind}",
                text="Moves south.",
                supporting_event_ids=[str(id_of(n, 2, 0))],
                supporting_fact_ids=[str(id_of(n, 3, 0)), str(id_of(n, 3, 2)), str(id_of(n, 3, 99))],
                first_detected_at=AT,
                last_reinforced_at=later,
                times_reinforced=2,
                is_active=kind == "trend",
                created_at=AT,
            )
            for number, kind in enumerate(("trend", "emotional_trend"))
        ],
        [
            m.SessionObservation(
                id=id_of(n, 7, number),
                agent_id=agent,
                content=text,
                topic="moving",
                entities_mentioned=["Ada", "Ada"],
                created_at=AT + timedelta(days=number),
                source_message_ids=[str(id_of(n, 2, number)), f"m-{number}"],
                is_active=number == 1,
                merged_into_id=id_of(n, 7, 1) if number == 0 else None,
                emotion_label="joy",
            )
            for number, text in enumerate(("Likes the sea.", "Loves the sea.", "Left."))
        ],
        [
            m.MemoryIntention(
                id=id_of(n, 8, number),
                agent_id=agent,
                trigger_type=trigger,
                trigger_condition="She is in Lisbon.",
                intended_action="Ask about the cat.",
                due_date=due,
                status=status,
                created_at=AT,
                fulfilled_at=later if status == "fulfilled" else None,
            )
            for number, (trigger, due, status) in enumerate(
                (("time", later, "pending"), ("event", None, "fulfilled"), ("time", None, "pending"), ("weather", None, "pending"))
            )
        ],
    ]


def _registry() -> list[Any]:
    from arandu import models as m

    keys = {"city": "active", "pet.name": "proposed", "First Name": "active"}
    return [
        m.MemoryAttributeRegistry(
            id=id_of(9, 9, number), key=key, status=status, ttl_days=30, first_seen_at=AT, last_seen_at=AT, seen_count=3, created_at=AT
        )
        for number, (key, status) in enumerate(keys.items())
    ]


async def read(tenant: Tenant) -> Any:
    from memdb.adapters.arandu import MemoryClient

    return await seen(MemoryClient(tenant, None, None))  # type: ignore[arg-type]


async def seen(client: Any) -> Any:
    """Facts by their ids, which say nothing of when they came."""
    found: dict[str, Any] = {}
    for number, agent in enumerate(AGENTS):
        held = await client.get_all(agent)
        of_city = await client.get_all(agent, entity_keys=["place:sao_paulo", "carlos"])
        found[agent] = {
            "facts": sorted((_plain(each) for each in held), key=lambda each: str(each["fact_id"])),
            "of entities": sorted(each.fact_id for each in of_city),
            "superseded": _plain(await client.get(agent, str(id_of(number, 3, 0)))),
            "entities": [_plain(each) for each in await client.entities(agent)],
        }
    return found


def _plain(each: Any) -> dict[str, Any]:
    return {name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for name, value in asdict(each).items()}
