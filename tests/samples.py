"""One good call of every query function, and of those made of them that take one round trip; for the tests that must leave none out."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from memdb import (
    agents,
    archives,
    attributes,
    audit,
    backup,
    catalog,
    checkpoints,
    clusters,
    directives,
    edges,
    entities,
    escalations,
    events,
    facts,
    indexes,
    insights,
    intentions,
    items,
    memories,
    messages,
    observations,
    organizations,
    profiles,
    prompts,
    relations,
    retention,
    roles,
    session_events,
    sessions,
    spaces,
    spending,
    summaries,
    threads,
    tokens,
    transcripts,
    triples,
    upkeep,
    users,
)
from memdb.clusters import Cluster
from memdb.edges import Edge, NewEdge
from memdb.engine import preflight
from memdb.engine.acting import database_roles
from memdb.engine.connecting import types
from memdb.engine.database import Admin, Database, Tenant
from memdb.engine.executor import Executor
from memdb.entities import Entity, EntityMerge, Sighting
from memdb.errors import MemdbError
from memdb.escalations import Escalation
from memdb.events import Event, NewEvent
from memdb.facts import Fact, NewFact
from memdb.insights import Insight, NewInsight
from memdb.intentions import Intention
from memdb.items import ItemKey, NewItem, NewPart
from memdb.items import reading as reading_items
from memdb.items import removing as removing_items
from memdb.items import writing as writing_items
from memdb.memories import Memory, NewMemory
from memdb.messages import Message, NewMessage, ToolCall
from memdb.observations import NewObservation, Observation
from memdb.operations.check import named_types, not_null_columns, tables
from memdb.operations.fixing import columns_named
from memdb.retention import erasing, holding, purging, removing
from memdb.roles import Role
from memdb.session_events import NewSessionEvent
from memdb.sessions import Session
from memdb.summaries import Summary
from memdb.threads import NewValue, NewWrite
from memdb.threads import reading as reading_threads
from memdb.threads import removing as removing_threads
from memdb.threads import writing as writing_threads
from memdb.tokens import NewToken
from memdb.transcripts import NewEntry, Transcript
from memdb.transcripts import reading as reading_transcripts
from memdb.transcripts import removing as removing_transcripts
from memdb.transcripts import writing as writing_transcripts
from memdb.triples import NewTriple, Triple
from tests.conftest import vector
from tests.knowing import make_events, make_facts


class World(NamedTuple):
    """What the samples work on: an agent, a user, a token, memories, sessions and more of a tenant; and two other organizations."""

    db: Database
    tenant: Tenant
    agent_id: uuid.UUID
    user_id: uuid.UUID
    leaver_id: uuid.UUID
    live: Memory
    other: Memory
    deleted: Memory
    escalation: Escalation
    token: NewToken
    hold: str
    session: Session
    message: Message
    summary: Summary
    closed_session: Session
    deleted_session: Session
    archived_session: Session
    deep_session: Session
    returning_session: Session
    spare: Admin
    closed: Admin
    observed: Observation
    also_observed: Observation
    doubtful: Observation
    forgotten: Observation
    event: Event
    entity: Entity
    other_entity: Entity
    forgotten_entity: Entity
    edge: Edge
    standing_merge: EntityMerge
    role: Role
    attribute: str
    fact: Fact
    doubted_fact: Fact
    forgotten_fact: Fact
    quitter_id: uuid.UUID
    triple: Triple
    shared_triple: Triple
    deleted_triple: Triple
    fact_ids: list[uuid.UUID]
    event_ids: list[uuid.UUID]
    cluster: Cluster
    also_cluster: Cluster
    lost_cluster: Cluster
    insight: Insight
    also_insight: Insight
    lost_insight: Insight
    intention: Intention
    also_intention: Intention
    overdue: Intention
    called_off: Intention
    lost_intention: Intention
    thread_id: str
    deleted_thread_id: str
    deleted_agent_id: uuid.UUID
    deleted_user_id: uuid.UUID
    deleted_role_id: uuid.UUID
    deleted_message_id: uuid.UUID
    transcript: Transcript
    lost_transcript: Transcript
    item: ItemKey
    lost_item: ItemKey

    @property
    def admin(self) -> Admin:
        return self.db.admin()

    @property
    def of_tenant(self) -> Admin:
        return self.db.admin(self.tenant.org_id)


async def build(db: Database, tenant: Tenant) -> World:
    agent = await agents.create(tenant, slug=_new(), name="Sample")
    user = await users.create(tenant, email=f"{_new()}@example.com")
    leaver = await users.create(tenant, email=f"{_new()}@example.com")
    live = await memories.add(
        tenant, agent_id=agent.id, content=f"live {_new()}", tags=["tagged"], user_id=user.id, external_id=_EXTERNAL_ID
    )
    other = await memories.add(tenant, agent_id=agent.id, content=f"other {_new()}", embedding=vector(7))
    deleted = await memories.add(tenant, agent_id=agent.id, content=f"deleted {_new()}")
    await memories.delete(tenant, id=deleted.id)
    escalation = await escalations.escalate(tenant, memory_id=other.id, candidate_id=live.id)
    await relations.add(tenant, source_id=live.id, target_id=other.id, type="derived_from")
    token = await tokens.create(tenant, name="sample", user_id=user.id)
    await directives.publish(tenant, agent_id=agent.id, content="Be brief.")
    spare, closed = [db.admin((await organizations.create(db.admin(), slug=_new(), name="Sample")).id) for _ in range(2)]
    await audit.seal(spare)
    await organizations.delete(closed)
    session, closed_session, deleted_session = [
        (await sessions.start(tenant, agent_id=agent.id, user_id=user.id, external_id=_new())).session for _ in range(3)
    ]
    for each in (session, closed_session, deleted_session):
        await messages.append_many(tenant, session_id=each.id, items=_CONVERSATION)
        await checkpoints.record(tenant, session_id=each.id, turn=0)
        await session_events.append(tenant, session_id=each.id, kind="sample")
    archived_session, deep_session, returning_session = [
        (await sessions.start(tenant, agent_id=agent.id, started_at=_LONG_AGO)).session for _ in range(3)
    ]
    for each in (archived_session, returning_session):
        await messages.append(tenant, session_id=each.id, role="user", content="Good night.", sent_at=_LONG_AGO)
    await archives.archive(db.admin(tenant.org_id), idle_since=_LONG_AGO + timedelta(days=1))
    await archives.leave(db.admin(tenant.org_id), id=deep_session.id, archived_to="elsewhere", messages=0)
    await retention.hold(db.admin(tenant.org_id), name=agent.slug, agent_id=agent.id)
    await archives.cold.begin_return(db.admin(tenant.org_id), id=returning_session.id)
    await archives.cold.move_in(db.admin(tenant.org_id), id=returning_session.id, limit=10)
    lost_message = (await messages.page(tenant, session_id=closed_session.id))[-1]
    await messages.delete(tenant, id=lost_message.id)
    await sessions.close(tenant, id=closed_session.id)
    await sessions.delete(tenant, id=deleted_session.id)
    message = (await messages.page(tenant, session_id=session.id))[1]
    summary = await summaries.add(tenant, session_id=session.id, strategy="rolling", first_position=1, last_position=2, content="Hello.")
    await erasing.begin_erasure(db.admin(tenant.org_id), user_id=leaver.id)
    observing = [
        NewObservation(content=f"{each} {_new()}", embedding=vector(7), entities=["Ada"])
        for each in ("live", "other", "doubtful", "deleted")
    ]
    observed, also_observed, doubtful, forgotten = await observations.add_many(tenant, agent_id=agent.id, items=observing)
    await observations.delete(tenant, id=forgotten.id)
    event = await events.add(tenant, agent_id=agent.id, content=f"live {_new()}", embedding=vector(7), user_id=user.id)
    entity, other_entity, forgotten_entity, merged_entity, kept_entity = await entities.see_many(
        tenant, agent_id=agent.id, items=[Sighting(type="person", name=_new()) for _ in range(5)]
    )
    await entities.add_alias(tenant, entity_id=entity.id, alias="Ada")
    await entities.update(tenant, id=other_entity.id, summary="live", embedding=vector(7))
    await entities.delete(tenant, id=forgotten_entity.id)
    edge = await edges.assert_(tenant, source_id=entity.id, target_id=other_entity.id, type="knows")
    standing_merge = await entities.merge(tenant, id=merged_entity.id, into_id=kept_entity.id)
    role = await roles.create(tenant, name=_new(), abilities=["read"])
    await prompts.publish(tenant, role_id=role.id, content="You plan.")
    attribute = (await attributes.propose(tenant, key=f"a{_new()}")).key
    fact, doubted_fact, forgotten_fact = [
        each.fact
        for each in await facts.assert_many(
            tenant,
            agent_id=agent.id,
            items=[NewFact(entity_id=entity.id, content=_new(), embedding=vector(7), user_id=user.id) for _ in range(3)],
        )
    ]
    await facts.delete(tenant, id=forgotten_fact.id)
    quitter = await users.create(tenant, email=f"{_new()}@example.com")
    for each_id in (user.id, quitter.id):
        await profiles.put(tenant, user_id=each_id, document={"name": _new(), "tone": "plain"})
    await profiles.delete(tenant, user_id=quitter.id)
    triple = await triples.assert_(tenant, user_id=user.id, subject="Ada", predicate="likes", object=_new(), embedding=vector(7))
    shared_triple = await triples.assert_(tenant, subject="Oslo", predicate="is in", object=_new())
    deleted_triple = await triples.assert_(tenant, user_id=user.id, subject="Ada", predicate="forgot", object=_new())
    await triples.delete(tenant, id=deleted_triple.id)
    fact_ids = await make_facts(tenant, agent.id, [_new() for _ in range(4)], embeddings=[vector(n) for n in range(4)])
    event_ids = await make_events(tenant, agent.id, [_new() for _ in range(2)])
    cluster, also_cluster, lost_cluster = [
        await clusters.create(tenant, agent_id=agent.id, label=_new(), fact_ids=given) for given in (fact_ids[:2], fact_ids[2:3], [])
    ]
    for made in (cluster, also_cluster):
        await clusters.refresh(tenant, id=made.id)
    await clusters.delete(tenant, id=lost_cluster.id)
    found = NewInsight(title="live", content=_new(), embedding=vector(7), fact_ids=fact_ids, event_ids=event_ids, user_id=user.id)
    insight, also_insight, lost_insight = await insights.add_many(tenant, agent_id=agent.id, items=[found] * 3)
    await insights.delete(tenant, id=lost_insight.id)
    intention, also_intention, overdue, called_off, lost_intention = [
        await intentions.add(
            tenant,
            agent_id=agent.id,
            trigger="topic",
            action=_new(),
            condition="live",
            embedding=vector(7),
            due_at=due_at,
            user_id=user.id,
            session_id=session.id,
        )
        for due_at in (None, None, _LONG_AGO, None, None)
    ]
    await intentions.cancel(tenant, id=called_off.id)
    await intentions.delete(tenant, id=lost_intention.id)
    thread_id, deleted_thread_id = _new(), _new()
    for each_thread in (thread_id, deleted_thread_id):
        for number in range(1, 4):
            await threads.put(
                tenant,
                thread_id=each_thread,
                id=str(number),
                parent_id=str(number - 1),
                run_id=f"{each_thread} run" if number == 1 else None,
                versions={"messages": number},
                values=[NewValue("messages", number, "json", b"[]")],
                user_id=user.id,
            )
            await threads.put_writes(
                tenant, thread_id=each_thread, checkpoint_id=str(number), task_id="task", writes=[NewWrite(0, "messages", "json", b"1")]
            )
    await threads.delete(tenant, thread_ids=[deleted_thread_id])
    lost_agent = await agents.create(tenant, slug=_new(), name="Lost")
    lost_user = await users.create(tenant, email=f"{_new()}@example.com")
    lost_role = await roles.create(tenant, name=_new())
    await agents.delete(tenant, id=lost_agent.id)
    await users.delete(tenant, id=lost_user.id)
    await roles.delete(tenant, id=lost_role.id)
    transcript, lost_transcript = [
        await transcripts.append(
            tenant, id=_new(), scope="sample", items=[NewEntry({"said": number}, _new()) for number in range(3)], user_id=user.id
        )
        for _ in range(2)
    ]
    item, lost_item = ItemKey(["users", user.email], _new()), ItemKey(["users", user.email], _new())
    for place, time_to_live in ((item, timedelta(days=1)), (lost_item, timedelta(microseconds=1))):
        part = NewPart(path="said", content="live " + _new(), embedding=vector(7))
        await items.put(
            tenant,
            namespace=place.namespace,
            key=place.key,
            value={"said": "live", "number": 7},
            time_to_live=time_to_live,
            parts=[part],
            user_id=user.id,
        )
    return World(
        db=db,
        tenant=tenant,
        agent_id=agent.id,
        user_id=user.id,
        leaver_id=leaver.id,
        live=live,
        other=other,
        deleted=deleted,
        escalation=escalation,
        token=token,
        hold=agent.slug,
        session=session,
        message=message,
        summary=summary,
        closed_session=closed_session,
        deleted_session=deleted_session,
        archived_session=archived_session,
        deep_session=deep_session,
        returning_session=returning_session,
        spare=spare,
        closed=closed,
        observed=observed,
        also_observed=also_observed,
        doubtful=doubtful,
        forgotten=forgotten,
        event=event,
        entity=entity,
        other_entity=other_entity,
        forgotten_entity=forgotten_entity,
        edge=edge,
        standing_merge=standing_merge,
        role=role,
        attribute=attribute,
        fact=fact,
        doubted_fact=doubted_fact,
        forgotten_fact=forgotten_fact,
        quitter_id=quitter.id,
        triple=triple,
        shared_triple=shared_triple,
        deleted_triple=deleted_triple,
        fact_ids=fact_ids,
        event_ids=event_ids,
        cluster=cluster,
        also_cluster=also_cluster,
        lost_cluster=lost_cluster,
        insight=insight,
        also_insight=also_insight,
        lost_insight=lost_insight,
        intention=intention,
        also_intention=also_intention,
        overdue=overdue,
        called_off=called_off,
        lost_intention=lost_intention,
        thread_id=thread_id,
        deleted_thread_id=deleted_thread_id,
        deleted_agent_id=lost_agent.id,
        deleted_user_id=lost_user.id,
        deleted_role_id=lost_role.id,
        deleted_message_id=lost_message.id,
        transcript=transcript,
        lost_transcript=lost_transcript,
        item=item,
        lost_item=lost_item,
    )


Call = Callable[[World, Executor], Awaitable[Any]]


class Worlds:
    """Worlds of a tenant to call on, each until a call finds it used up: what it is about deleted, closed, merged."""

    def __init__(self, db: Database, tenant: Tenant) -> None:
        self._db = db
        self._tenant = tenant
        self._world: World | None = None

    async def call(self, call: Call, before: Callable[[], None] = lambda: None) -> Any:
        """The result of `call`, with `before` called right before it; on a new world if it fails on the one there is."""
        if self._world is not None:
            with suppress(MemdbError):
                before()
                return await call(self._world, self._tenant)
        self._world = await build(self._db, self._tenant)
        before()
        return await call(self._world, self._tenant)


class _Undone(Exception):
    pass


async def undone(call: Call, world: World, on: Executor) -> Any:
    """What a call returns, or the error of memdb's that it raises; whatever it does is undone."""
    result: Any = None
    with suppress(_Undone):
        async with on.transaction() as transaction:
            # Some take the administration that they are to act for from the world.
            placed: Any = world._replace(spare=transaction, closed=transaction)
            try:
                result = await call(placed, transaction)  # type: ignore[arg-type]
            except MemdbError as error:
                result = error
            raise _Undone
    return result


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _new() -> str:
    return uuid.uuid4().hex


_EXTERNAL_ID = "document 7/1"
_PAGE: dict[str, Any] = {
    **dict.fromkeys(("category", "tags", "metadata", "status", "as_of", "since", "until", "before")),
    "contains": "live",
    "limit": 10,
}
_SCOPE: dict[str, Any] = {
    "limit": 5,
    "user_id": None,
    "session_id": None,
    "category": None,
    "contains": None,
    "tags": None,
    "metadata": None,
    "as_of": None,
    "since": None,
    "until": None,
}
_BOUNDS: dict[str, Any] = {"min_similarity": None, "after_score": None, "after_id": None}
_RANKING: dict[str, Any] = {
    "at": datetime(2026, 1, 1, tzinfo=UTC),
    "toward": vector(4),
    "vector_weight": 1.0,
    "text_weight": 1.0,
    "bm25_b": 0.4,
    "context_share": 1.0,
    "length_weight": 0.1,
    "first_person_weight": 0.1,
    "question_weight": 0.1,
    "answer_weight": 0.1,
    "named_weight": 0.1,
    "recency_weight": 0.1,
    "confidence_weight": 0.1,
    "usefulness_weight": 0.1,
    "neighbour_share": 0.5,
    "diversity": 0.2,
    "by_rank": False,
}
_HISTORY: dict[str, Any] = {"metadata": None, "before": None, "limit": 10}


def _place(key: ItemKey) -> dict[str, Any]:
    return {"namespace": list(key.namespace), "key": key.key}


def _items(world: World) -> dict[str, Any]:
    """The scope of a page or a search of items."""
    scope: dict[str, Any] = {"filter": {"number": {"$gte": 7}}, "offset": 0, "limit": 10, "refresh": True, "ended": False}
    return {"prefix": world.item.namespace, "plan_for_values": True, **scope}


_OBSERVED: dict[str, Any] = {"topic": None, "entity": None, "since": None, "until": None, "before": None, "limit": 10}


def _observations(count: int) -> dict[str, Any]:
    """The lists of as many observations, with embeddings, by parameter."""
    unknown = (
        "topic",
        "observed_at",
        "referenced_at",
        "relative_offset",
        "emotion",
        "emotion_intensity",
        "session_id",
        "user_id",
        "metadata",
    )
    return {
        **{name: [None] * count for name in unknown},
        "id": [uuid.uuid4() for _ in range(count)],
        "content": [_new() for _ in range(count)],
        "embedding": [vector(1)] * count,
        "mentioned": [{"entities": ["Ada"], "message_ids": []}] * count,
    }


_MEMORY: dict[str, Any] = {"status": "active", "source": "imported", "confidence": 0.5, "tags": ["a"]}


def _memories(world: World, count: int) -> dict[str, Any]:
    """The lists of as many memories, with embeddings, by parameter."""
    untold = ("embedding_model", "category", "labels", "metadata", "session_id")
    times = ("created_at", "updated_at", "observed_at", "valid_from", "valid_until")
    return {
        **{name: [None] * count for name in untold + times},
        "id": [uuid.uuid4() for _ in range(count)],
        "content": [_new() for _ in range(count)],
        "embedding": [vector(1)] * count,
        "status": ["active"] * count,
        "source": ["imported"] * count,
        "confidence": [0.5] * count,
        "tags": [{"tags": ["a"]}] * count,
        "user_id": [world.user_id] * count,
        "expires_at": [_LATER] * count,
    }


def _events(count: int) -> dict[str, Any]:
    """The lists of as many events, with embeddings, by parameter."""
    unknown = ("source", "speaker", "importance", "emotion", "emotion_intensity", "energy", "trace", "occurred_at", "session_id", "user_id")
    return {
        **{name: [None] * count for name in unknown},
        "id": [uuid.uuid4() for _ in range(count)],
        "content": [_new() for _ in range(count)],
        "embedding": [vector(1)] * count,
    }


def _triples(count: int) -> dict[str, Any]:
    """The lists of as many triples, with embeddings, by parameter."""
    return {
        **{name: [None] * count for name in ("confidence", "source", "metadata")},
        "subject": ["Ada"] * count,
        "predicate": ["likes"] * count,
        "object": [_new() for _ in range(count)],
        "embedding": [vector(1)] * count,
    }


def _sightings(count: int) -> dict[str, Any]:
    """The lists of as many sightings of new entities, by parameter."""
    unknown = {name: [None] * count for name in ("seen_at", "importance", "metadata")}
    return {**unknown, "type": ["place"] * count, "name": [_new() for _ in range(count)], "lowest": 0.5, "plan_for_values": False}


_OF_EVENTS: dict[str, Any] = {"source": None, "since": None, "until": None, "before": None, "limit": 10}
_KNOWN: dict[str, Any] = {"category": None, "min_confidence": None, "before": None, "limit": 10}
_TIMES: dict[str, Any] = {"as_of": None, "known_at": None}


def _facts(world: World, count: int) -> dict[str, Any]:
    """The lists of as many facts of the world's entity, with embeddings, by parameter."""
    unknown = ("id", "session_id", "user_id", "event_id", "valid_from", "valid_until", "expires_at")
    untold = ("category", "speaker", "context", "annotation", "metadata")
    return {
        **{name: [None] * count for name in unknown + untold},
        **{name: [False] * count for name in ("sensitive", "needs_confirmation", "link_named")},
        "entity_id": [world.entity.id] * count,
        "embedding": [vector(1)] * count,
        "confidence": [0.8] * count,
        "importance": [0.5] * count,
        "attribute": [world.attribute] * count,
        "content": [_new() for _ in range(count)],
        "said": [{"value": _new(), "entities": []} for _ in range(count)],
    }


def _insights(world: World, count: int) -> dict[str, Any]:
    """The lists of as many insights, with embeddings, by parameter."""
    support = {"fact_ids": [str(each) for each in world.fact_ids], "event_ids": [str(each) for each in world.event_ids]}
    return {
        **{name: [None] * count for name in ("user_id", "detected_at", "metadata")},
        **{name: [0.5] * count for name in ("confidence", "importance")},
        "id": [uuid.uuid4() for _ in range(count)],
        "type": ["trend"] * count,
        "title": [_new() for _ in range(count)],
        "content": [_new() for _ in range(count)],
        "embedding": [vector(1)] * count,
        "support": [support] * count,
    }


def _edges(world: World, count: int) -> dict[str, Any]:
    """The lists of as many edges by parameter."""
    unknown = ("valid_from", "valid_until", "provenance", "metadata")
    return {
        **{name: [None] * count for name in unknown},
        "source_id": [world.entity.id] * count,
        "target_id": [world.other_entity.id] * count,
        "type": [f"type {n}" for n in range(count)],
        "weight": [0.8] * count,
        "fact_id": [world.fact.id] * count,
    }


_CONVERSATION = [
    NewMessage(role="system", content="Be brief."),
    NewMessage(role="user", content="How is the weather in Paris?", embedding=vector(5)),
    NewMessage(role="assistant", tool_calls=[ToolCall(id="call", name="weather", arguments={"city": "Paris"})]),
    NewMessage(role="tool", tool_call_id="call", content="Rain."),
    NewMessage(role="assistant", content="It rains."),
]
_OF_SESSIONS: dict[str, Any] = {"status": None, "since": None, "before": None, "limit": 10}
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_NOT_SO_LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)
_OF_INSIGHTS: dict[str, Any] = {"type": None, "min_confidence": 0.0, "before": None, "limit": 10}
_LATER = datetime.now(UTC) + timedelta(days=9)

SAMPLES: dict[str, Call] = {
    "organizations.get": lambda world, on: organizations.get(on),
    "users.create": lambda world, on: users.create(on, email=f"{_new()}@example.com"),
    "users.get": lambda world, on: users.get(on, id=world.user_id),
    "users.get_by_email": lambda world, on: users.get_by_email(on, email="ada@example.com"),
    "agents.create": lambda world, on: agents.create(on, slug=_new(), name="Another"),
    "agents.get": lambda world, on: agents.get(on, id=world.agent_id),
    "agents.get_by_slug": lambda world, on: agents.get_by_slug(on, slug="helper"),
    "agents.count": lambda world, on: agents.count(on),
    "agents.page": lambda world, on: agents.page(on),
    "users.get_by_sso": lambda world, on: users.get_by_sso(on, sso_provider="okta", sso_subject="7"),
    "users.count": lambda world, on: users.count(on),
    "users.page": lambda world, on: users.page(on),
    "users.update": lambda world, on: users.update(on, id=world.user_id, name="Ada"),
    "users.get_or_create": lambda world, on: users.get_or_create(on, email=f"{_new()}@example.com"),
    "users.restore": lambda world, on: users.restore(on, id=world.deleted_user_id),
    "users.delete": lambda world, on: users.delete(on, id=world.user_id),
    "agents.update": lambda world, on: agents.update(on, id=world.agent_id, name="Renamed", tags=["a"]),
    "agents.get_or_create": lambda world, on: agents.get_or_create(on, slug=_new(), name="Another"),
    "agents.restore": lambda world, on: agents.restore(on, id=world.deleted_agent_id),
    "agents.delete": lambda world, on: agents.delete(on, id=world.agent_id),
    "agents.counters": lambda world, on: agents.counters(on, id=world.agent_id),
    "organizations.quotas": lambda world, on: organizations.quotas(on),
    "retention.holds": lambda world, on: retention.holds(on),
    "tokens.insert": lambda world, on: tokens.managing.insert(
        on,
        kind="service",
        name="x",
        description=None,
        user_id=world.user_id,
        agent_id=None,
        permissions=0,
        expires_at=None,
        allowed_networks=[],
        prefix="mdb_x",
        hash=_new() * 2,
    ),
    "tokens.look_up": lambda world, on: tokens.verifying.look_up(on, hash=_hash(world.token.text), ip=None),
    "tokens.look_up_and_use": lambda world, on: tokens.verifying.look_up_and_use(on, hash=_hash(world.token.text), ip="192.0.2.7"),
    "tokens.get": lambda world, on: tokens.get(on, id=world.token.token.id),
    "tokens.count": lambda world, on: tokens.count(on),
    "tokens.page": lambda world, on: tokens.page(on),
    "tokens.revoke": lambda world, on: tokens.revoke(on, id=world.token.token.id),
    "directives.publish": lambda world, on: directives.publish(on, agent_id=world.agent_id, content=_new()),
    "directives.activate": lambda world, on: directives.activate(on, agent_id=world.agent_id, number=1),
    "directives.deactivate": lambda world, on: directives.deactivate(on, agent_id=world.agent_id),
    "directives.active": lambda world, on: directives.active(on, agent_id=world.agent_id),
    "directives.versions": lambda world, on: directives.versions(on, agent_id=world.agent_id),
    "spending.record": lambda world, on: spending.record(on, agent_id=world.agent_id, input_tokens=5, output_tokens=7),
    "spending.of_month": lambda world, on: spending.of_month(on),
    "audit.record": lambda world, on: audit.record(on, action="export", resource_type="report", resource_id="7"),
    "audit.count": lambda world, on: audit.count(on),
    "audit.page_of_tenant": lambda world, on: audit.entries.page_of_tenant(on, before=None, limit=10),
    "audit.page_of_resource": lambda world, on: audit.entries.page_of_resource(
        on, resource_type="agent", resource_id=str(world.agent_id), before=None, limit=10
    ),
    "audit.verify_chain": lambda world, on: audit.chain.verify_chain(on, after=0, until=None, kept_seq=None, kept_digest=None),
    "memories.insert": lambda world, on: memories.adding.insert(
        on, agent_id=world.agent_id, content=_new(), embedding=vector(1), metadata={"k": 1}, expires_at=_LATER, **_MEMORY
    ),
    "memories.insert_many": lambda world, on: memories.adding.insert_many(on, agent_id=world.agent_id, **_memories(world, 20)),
    "memories.insert_or_merge": lambda world, on: memories.adding.insert_or_merge(
        on, agent_id=world.agent_id, content=world.live.content, user_id=world.user_id, labels={"factual": 0.5}, **_MEMORY
    ),
    "memories.keep_many": lambda world, on: memories.adding.keep_many(
        on, agent_id=world.agent_id, restores=True, external_id=[_EXTERNAL_ID, *[_new() for _ in range(19)]], **_memories(world, 20)
    ),
    "memories.supersede": lambda world, on: memories.supersede(on, id=world.live.id, successor_id=world.other.id),
    "memories.merge": lambda world, on: memories.merge(on, ids=[world.live.id], into_id=world.other.id),
    "memories.revert": lambda world, on: memories.revert(on, id=world.live.id, version=1),
    "memories.tip": lambda world, on: memories.tip(on, id=world.live.id),
    "memories.version": lambda world, on: memories.version(on, id=world.live.id, version=1),
    "memories.version_at": lambda world, on: memories.version_at(on, id=world.live.id, at=_LATER),
    "memories.near_duplicates": lambda world, on: memories.near_duplicates(on, agent_id=world.agent_id, embedding=vector(7)),
    "memories.record_use": lambda world, on: memories.record_use(on, retrieved=[world.live.id, world.other.id], injected=[world.live.id]),
    "memories.usage": lambda world, on: memories.usage(on, ids=[world.live.id]),
    "memories.hot": lambda world, on: memories.hot(on, agent_id=world.agent_id),
    "memories.vote": lambda world, on: memories.vote(on, id=world.live.id, agent_id=world.agent_id, vote="positive"),
    "memories.votes": lambda world, on: memories.votes(on, id=world.live.id),
    "relations.add": lambda world, on: relations.add(on, source_id=world.live.id, target_id=world.other.id, type="contradicts"),
    "relations.remove": lambda world, on: relations.remove(on, source_id=world.live.id, target_id=world.other.id, type="derived_from"),
    "relations.count": lambda world, on: relations.count(on, memory_id=world.live.id),
    "relations.page": lambda world, on: relations.page(on, memory_id=world.live.id),
    "relations.neighbours": lambda world, on: relations.neighbours(on, memory_id=world.live.id, depth=3),
    "escalations.escalate": lambda world, on: escalations.escalate(on, memory_id=world.live.id, candidate_id=world.other.id),
    "escalations.get": lambda world, on: escalations.get(on, id=world.escalation.id),
    "escalations.count": lambda world, on: escalations.count(on),
    "escalations.page_of_pending": lambda world, on: escalations.reading.page_of_pending(on, before=None, limit=10),
    "escalations.page_of_all": lambda world, on: escalations.reading.page_of_all(on, status=None, before=None, limit=10),
    "escalations.page_of_memory": lambda world, on: escalations.reading.page_of_memory(
        on, memory_id=world.live.id, status=None, before=None, limit=10
    ),
    "escalations.close": lambda world, on: escalations.close(on, id=world.escalation.id),
    "memories.update": lambda world, on: memories.update(on, id=world.live.id, content=_new(), tags=["b"]),
    "memories.delete": lambda world, on: memories.delete(on, id=world.live.id),
    "memories.restore": lambda world, on: memories.restore(on, id=world.deleted.id),
    "memories.delete_matching": lambda world, on: memories.deleting.delete_matching(
        on,
        agent_id=None,
        user_id=world.user_id,
        session_id=None,
        category=None,
        status=None,
        tags=None,
        metadata=None,
        since=None,
        until=None,
        reason=None,
    ),
    "memories.embed": lambda world, on: memories.embed(on, id=world.live.id, version=1, embedding=vector(2)),
    "memories.get": lambda world, on: memories.get(on, id=world.live.id),
    "memories.get_many": lambda world, on: memories.get_many(on, ids=[world.live.id]),
    "memories.get_by_external_id": lambda world, on: memories.get_by_external_id(on, agent_id=world.agent_id, external_id=_EXTERNAL_ID),
    "memories.get_many_by_external_ids": lambda world, on: memories.get_many_by_external_ids(
        on, agent_id=world.agent_id, external_ids=[_EXTERNAL_ID, "none"]
    ),
    "memories.page_of_tenant": lambda world, on: memories.reading.page_of_tenant(on, **_PAGE),
    "memories.page_of_agent": lambda world, on: memories.reading.page_of_agent(on, agent_id=world.agent_id, **_PAGE),
    "memories.page_of_user": lambda world, on: memories.reading.page_of_user(on, user_id=world.user_id, agent_id=None, **_PAGE),
    "memories.page_of_session": lambda world, on: memories.reading.page_of_session(
        on, session_id=uuid.uuid4(), agent_id=None, user_id=None, **_PAGE
    ),
    "memories.page_of_tag": lambda world, on: memories.reading.page_of_tag(
        on, agent_id=None, user_id=None, **{**_PAGE, "tags": ["tagged"]}
    ),
    "memories.count": lambda world, on: memories.count(on),
    "memories.counters": lambda world, on: memories.counters(on),
    "memories.unembedded": lambda world, on: memories.unembedded(on),
    "memories.versions": lambda world, on: memories.versions(on, id=world.live.id),
    "memories.measure_centre": lambda world, on: memories.scopes.measure_centre(on, agent_id=world.agent_id),
    "memories.nearest_exact": lambda world, on: memories.ranking.nearest_exact(
        on, agent_id=world.agent_id, embedding=vector(3), plan_for_values=False, **_SCOPE, **_BOUNDS
    ),
    "memories.nearest_of_agent": lambda world, on: memories.ranking.nearest_of_agent(
        on, agent_id=world.agent_id, embedding=vector(3), limit=10, **_BOUNDS
    ),
    "memories.nearest_indexed": lambda world, on: memories.ranking.nearest_indexed(
        on, agent_id=world.agent_id, embedding=vector(3), ef_search=100, **_SCOPE
    ),
    "memories.search_exact": lambda world, on: memories.ranking.search_exact(
        on,
        agent_id=world.agent_id,
        text="live",
        embedding=vector(3),
        vector_weight=1.0,
        text_weight=1.0,
        context_share=1.0,
        plan_for_values=False,
        **_SCOPE,
        **_BOUNDS,
    ),
    "memories.search_ranked": lambda world, on: memories.ranking.search_ranked(
        on, agent_id=world.agent_id, text="live", embedding=vector(3), plan_for_values=True, **_SCOPE, **_BOUNDS, **_RANKING
    ),
    "memories.words_of_hits": lambda world, on: memories.explaining.words_of_hits(
        on,
        agent_id=world.agent_id,
        text="live",
        toward=vector(3),
        ids=[world.live.id],
        vector_weight=1.0,
        text_weight=1.0,
        context_share=1.0,
        bm25_b=0.4,
        plan_for_values=False,
        **{name: value for name, value in _SCOPE.items() if name != "limit"},
    ),
    "memories.search_indexed": lambda world, on: memories.ranking.search_indexed(
        on,
        agent_id=world.agent_id,
        text="live",
        embedding=vector(3),
        ef_search=100,
        candidates=200,
        nearest=200,
        near_by_cells=200,
        cells=1,
        most_by_words=1000,
        scope_size=1000.0,
        known_words=["'live'"],
        shares=[0.5],
        average_length=4.0,
        places=[uuid.UUID(int=0)],
        plan_for_values=False,
        **_SCOPE,
        **_BOUNDS,
        **_RANKING,
    ),
    "sessions.start": lambda world, on: sessions.start(
        on,
        agent_id=world.agent_id,
        external_id=_new(),
        user_id=world.user_id,
        title=None,
        model=None,
        provider=None,
        directive_number=None,
        metadata=None,
        started_at=None,
        id=None,
    ),
    "sessions.get": lambda world, on: sessions.get(on, id=world.session.id),
    "sessions.get_by_external_id": lambda world, on: sessions.get_by_external_id(
        on, agent_id=world.agent_id, external_id=str(world.session.external_id)
    ),
    "sessions.count": lambda world, on: sessions.count(on, agent_id=world.agent_id),
    "sessions.page_of_tenant": lambda world, on: sessions.reading.page_of_tenant(on, **_OF_SESSIONS),
    "sessions.page_of_agent": lambda world, on: sessions.reading.page_of_agent(on, agent_id=world.agent_id, **_OF_SESSIONS),
    "sessions.page_of_user": lambda world, on: sessions.reading.page_of_user(on, user_id=world.user_id, agent_id=None, **_OF_SESSIONS),
    "sessions.update": lambda world, on: sessions.update(on, id=world.session.id, title="Weather"),
    "sessions.close": lambda world, on: sessions.close(on, id=world.session.id),
    "sessions.reopen": lambda world, on: sessions.reopen(on, id=world.closed_session.id),
    "sessions.sweep_idle": lambda world, on: sessions.sweep_idle(on, idle_since=_LATER),
    "sessions.mark_extracted": lambda world, on: sessions.mark_extracted(on, id=world.session.id, position=3),
    "sessions.to_extract": lambda world, on: sessions.to_extract(on),
    "sessions.delete": lambda world, on: sessions.delete(on, id=world.session.id),
    "sessions.restore": lambda world, on: sessions.restore(on, id=world.deleted_session.id),
    "messages.insert_new": lambda world, on: messages.writing.insert_new(
        on,
        session_id=world.session.id,
        role="user",
        content="And tomorrow?",
        name=None,
        tokens=None,
        model=None,
        embedding=vector(6),
        metadata={"k": 1},
        sent_at=None,
    ),
    "messages.insert": lambda world, on: messages.writing.insert(
        on,
        session_id=world.session.id,
        id=[None],
        role=["user"],
        content=["And tomorrow?"],
        parts=['[{"type": "text", "text": "And tomorrow?"}]'],
        name=[None],
        tool_calls=["[]"],
        tool_call_id=[None],
        tokens=[None],
        model=[None],
        embedding=[vector(6)],
        metadata=[{"k": 1}],
        sent_at=[None],
    ),
    "messages.get": lambda world, on: messages.get(on, id=world.message.id),
    "messages.count": lambda world, on: messages.count(on, session_id=world.session.id),
    "messages.page_of_newest": lambda world, on: messages.reading.page_of_newest(
        on, session_id=world.session.id, role=None, before=9, limit=10
    ),
    "messages.page_of_oldest": lambda world, on: messages.reading.page_of_oldest(
        on, session_id=world.session.id, role=None, after=1, limit=10
    ),
    "messages.change": lambda world, on: messages.update(on, id=world.message.id, content=_new()),
    "messages.restore": lambda world, on: messages.restore(on, id=world.deleted_message_id),
    "messages.delete": lambda world, on: messages.delete(on, id=world.message.id),
    "messages.embed": lambda world, on: messages.embed(on, id=world.message.id, version=1, embedding=vector(8)),
    "messages.unembedded": lambda world, on: messages.unembedded(on, session_id=world.session.id),
    "messages.window_parts": lambda world, on: messages.windowing.window_parts(
        on, session_id=world.session.id, rounds=3, tokens=1000, limit=100, strategy=None
    ),
    "messages.search_exact": lambda world, on: messages.searching.search_exact(
        on,
        text="weather",
        embedding=vector(3),
        session_id=world.session.id,
        agent_id=None,
        user_id=None,
        role=None,
        since=None,
        until=None,
        limit=5,
    ),
    "messages.search_ranked": lambda world, on: messages.searching.search_ranked(
        on,
        text="weather",
        embedding=vector(3),
        session_id=world.session.id,
        agent_id=None,
        user_id=None,
        role=None,
        since=None,
        until=None,
        centring=0.75,
        bm25_b=0.0,
        context_share=1.0,
        length_weight=0.15,
        first_person_weight=0.1,
        question_weight=0.05,
        answer_weight=0.05,
        named_weight=0.1,
        limit=5,
    ),
    "summaries.add": lambda world, on: summaries.add(
        on, session_id=world.session.id, strategy="rolling", first_position=1, last_position=3, content="Weather."
    ),
    "summaries.get": lambda world, on: summaries.get(on, id=world.summary.id),
    "summaries.latest": lambda world, on: summaries.latest(on, session_id=world.session.id),
    "summaries.count": lambda world, on: summaries.count(on, session_id=world.session.id),
    "summaries.page": lambda world, on: summaries.page(on, session_id=world.session.id),
    "summaries.due": lambda world, on: summaries.due(on, session_id=world.session.id, messages=1, keep=1),
    "spaces.sample": lambda world, on: spaces.comparing.sample(on, agent_id=world.agent_id, limit=10),
    "spaces.nearest_of": lambda world, on: spaces.comparing.nearest_of(on, agent_id=world.agent_id, ids=[world.live.id], limit=10),
    "observations.insert": lambda world, on: observations.writing.insert(on, agent_id=world.agent_id, **_observations(10)),
    "observations.get": lambda world, on: observations.get(on, id=world.observed.id),
    "observations.count": lambda world, on: observations.count(on, agent_id=world.agent_id),
    "observations.page_of_active": lambda world, on: observations.reading.page_of_active(on, agent_id=world.agent_id, **_OBSERVED),
    "observations.page_of_agent": lambda world, on: observations.reading.page_of_agent(
        on, agent_id=world.agent_id, status="merged", **_OBSERVED
    ),
    "observations.page_of_session": lambda world, on: observations.reading.page_of_session(
        on, session_id=uuid.uuid4(), agent_id=world.agent_id, status="active", **_OBSERVED
    ),
    "observations.update": lambda world, on: observations.update(on, id=world.observed.id, content=_new(), topic="tea", entities=["Bob"]),
    "observations.merge": lambda world, on: observations.merge(on, ids=[world.observed.id], into_id=world.also_observed.id),
    "observations.dismiss": lambda world, on: observations.dismiss(on, id=world.doubtful.id),
    "observations.delete": lambda world, on: observations.delete(on, id=world.doubtful.id),
    "observations.restore": lambda world, on: observations.restore(on, id=world.forgotten.id),
    "observations.unembedded": lambda world, on: observations.unembedded(on),
    "observations.embed": lambda world, on: observations.embed(on, id=world.observed.id, version=1, embedding=vector(2)),
    "observations.search_exact": lambda world, on: observations.reading.search_exact(
        on, agent_id=world.agent_id, text="live", embedding=vector(3), session_id=None, limit=5, plan_for_values=False
    ),
    "events.insert": lambda world, on: events.writing.insert(on, agent_id=world.agent_id, **_events(10)),
    "events.get": lambda world, on: events.get(on, id=world.event.id),
    "events.count": lambda world, on: events.count(on, agent_id=world.agent_id),
    "events.page_of_agent": lambda world, on: events.reading.page_of_agent(on, agent_id=world.agent_id, **_OF_EVENTS),
    "events.page_of_session": lambda world, on: events.reading.page_of_session(
        on, session_id=uuid.uuid4(), agent_id=None, user_id=None, **_OF_EVENTS
    ),
    "events.page_of_user": lambda world, on: events.reading.page_of_user(on, user_id=world.user_id, agent_id=None, **_OF_EVENTS),
    "events.unembedded": lambda world, on: events.unembedded(on),
    "events.embed": lambda world, on: events.embed(on, id=world.event.id, embedding=vector(2)),
    "events.search_exact": lambda world, on: events.reading.search_exact(
        on,
        agent_id=world.agent_id,
        text="live",
        embedding=vector(3),
        session_id=None,
        user_id=None,
        source=None,
        since=None,
        until=None,
        at=None,
        half_life=14.0,
        similarity_weight=0.6,
        text_weight=0.6,
        recency_weight=0.3,
        importance_weight=0.1,
        limit=5,
        plan_for_values=True,
    ),
    "entities.insert_or_see": lambda world, on: entities.seeing.insert_or_see(
        on, agent_id=world.agent_id, threshold=None, **_sightings(10)
    ),
    "entities.get": lambda world, on: entities.get(on, id=world.entity.id),
    "entities.get_many": lambda world, on: entities.get_many(on, ids=[world.entity.id]),
    "entities.get_by_key": lambda world, on: entities.get_by_key(on, agent_id=world.agent_id, key=world.entity.key),
    "entities.count": lambda world, on: entities.count(on, agent_id=world.agent_id),
    "entities.page_by_sight": lambda world, on: entities.reading.page_by_sight(
        on, agent_id=world.agent_id, type=None, min_importance=None, before=None, limit=10
    ),
    "entities.page_by_importance": lambda world, on: entities.reading.page_by_importance(
        on, agent_id=world.agent_id, type=None, min_importance=None, before=None, limit=10
    ),
    "entities.update": lambda world, on: entities.update(on, id=world.entity.id, name="Ada", summary="A mathematician."),
    "entities.delete": lambda world, on: entities.delete(on, id=world.other_entity.id),
    "entities.restore": lambda world, on: entities.restore(on, id=world.forgotten_entity.id),
    "entities.add_alias": lambda world, on: entities.add_alias(on, entity_id=world.entity.id, alias=_new(), of_type=True),
    "entities.remove_alias": lambda world, on: entities.remove_alias(on, entity_id=world.entity.id, alias="ada"),
    "entities.aliases": lambda world, on: entities.aliases(on, entity_id=world.entity.id),
    "entities.resolve_names": lambda world, on: entities.naming.resolve_names(
        on, agent_id=world.agent_id, names=[world.entity.name, "Ada", "Nobody"], type=None, threshold=0.85, lowest=0.5
    ),
    "entities.to_summarise": lambda world, on: entities.to_summarise(on, agent_id=world.agent_id, refreshed_before=_LATER),
    "entities.to_profile": lambda world, on: entities.to_profile(on, agent_id=world.agent_id, refreshed_before=_LATER),
    "entities.importance_inputs": lambda world, on: entities.importance_inputs(on, agent_id=world.agent_id, limit=10),
    "entities.unembedded": lambda world, on: entities.unembedded(on),
    "entities.embed": lambda world, on: entities.embed(on, id=world.entity.id, version=1, embedding=vector(2)),
    "entities.merge": lambda world, on: entities.merge(on, id=world.other_entity.id, into_id=world.entity.id),
    "entities.undo_merge": lambda world, on: entities.undo_merge(on, merge_id=world.standing_merge.id),
    "entities.merges_of_agent": lambda world, on: entities.merging.merges_of_agent(on, agent_id=world.agent_id, before=None, limit=10),
    "entities.merges_of_entity": lambda world, on: entities.merging.merges_of_entity(
        on, id=world.standing_merge.into_id, agent_id=None, before=None, limit=10
    ),
    "edges.upsert": lambda world, on: edges.writing.upsert(on, by=0.1, **_edges(world, 10)),
    "edges.get": lambda world, on: edges.get(on, id=world.edge.id),
    "edges.count": lambda world, on: edges.count(on, entity_id=world.entity.id),
    "edges.page_of_agent": lambda world, on: edges.reading.page_of_agent(
        on, agent_id=world.agent_id, type="knows", ended=False, before=None, limit=10
    ),
    "edges.page_of_entity": lambda world, on: edges.reading.page_of_entity(
        on, entity_id=world.entity.id, direction="both", type=None, ended=False, before=None, limit=10
    ),
    "edges.weaken": lambda world, on: edges.weaken(on, id=world.edge.id),
    "edges.invalidate": lambda world, on: edges.invalidate(on, id=world.edge.id),
    "edges.invalidate_of": lambda world, on: edges.invalidate_of(on, entity_id=world.entity.id),
    "edges.record_use": lambda world, on: edges.record_use(on, ids=[world.edge.id]),
    "edges.neighbours": lambda world, on: edges.neighbours(on, entity_ids=[world.entity.id], depth=3),
    "edges.facts_around": lambda world, on: edges.facts_around(on, entity_ids=[world.other_entity.id], text="Ada"),
    "edges.paths": lambda world, on: edges.paths(on, source_id=world.entity.id, target_id=world.other_entity.id),
    "edges.spread": lambda world, on: edges.spread(on, entity_ids=[world.entity.id], scores=[1.0], fact_weight=0.2),
    "entities.search_exact": lambda world, on: entities.reading.search_exact(
        on, agent_id=world.agent_id, text="live", embedding=vector(3), type=None, limit=5, plan_for_values=False
    ),
    "attributes.propose": lambda world, on: attributes.propose(on, key=f"a{_new()}"),
    "attributes.register": lambda world, on: attributes.register(on, key=world.attribute),
    "attributes.get": lambda world, on: attributes.get(on, key=world.attribute),
    "attributes.count": lambda world, on: attributes.count(on),
    "attributes.page": lambda world, on: attributes.page(on, status="proposed"),
    "attributes.update": lambda world, on: attributes.update(on, key=world.attribute, conflict_policy="keep_both"),
    "facts.insert": lambda world, on: facts.asserting.insert(on, agent_id=world.agent_id, **_facts(world, 10)),
    "facts.get": lambda world, on: facts.get(on, id=world.fact.id),
    "facts.count": lambda world, on: facts.count(on, agent_id=world.agent_id),
    "facts.page_of_active": lambda world, on: facts.reading.page_of_active(on, agent_id=world.agent_id, **_KNOWN),
    "facts.page_by_learning": lambda world, on: facts.reading.page_by_learning(
        on, agent_id=world.agent_id, entity_ids=[world.entity.id], offset=0, limit=5
    ),
    "facts.page_of_agent": lambda world, on: facts.reading.page_of_agent(on, agent_id=world.agent_id, **_TIMES, **_KNOWN),
    "facts.page_of_attribute": lambda world, on: facts.reading.page_of_attribute(
        on, agent_id=world.agent_id, attribute=world.attribute, ended=False, **_TIMES, **_KNOWN
    ),
    "facts.page_of_entity": lambda world, on: facts.reading.page_of_entity(
        on, agent_id=world.agent_id, entity_id=world.entity.id, attribute=None, ended=False, **_TIMES, **_KNOWN
    ),
    "facts.current": lambda world, on: facts.current(on, entity_id=world.entity.id, attribute=world.attribute),
    "facts.history": lambda world, on: facts.history(on, id=world.fact.id),
    "facts.entities": lambda world, on: facts.entities(on, id=world.fact.id),
    "facts.confirm": lambda world, on: facts.confirm(on, id=world.fact.id),
    "facts.update": lambda world, on: facts.update(on, id=world.fact.id, annotation="x"),
    "facts.record_use": lambda world, on: facts.record_use(on, ids=[world.fact.id]),
    "facts.unembedded": lambda world, on: facts.unembedded(on),
    "facts.embed": lambda world, on: facts.embed(on, id=world.fact.id, version=1, embedding=vector(2)),
    "facts.correct": lambda world, on: facts.correct(on, id=world.fact.id, content=_new(), embedding=vector(2)),
    "facts.invalidate": lambda world, on: facts.invalidate(on, id=world.doubted_fact.id),
    "facts.delete": lambda world, on: facts.delete(on, id=world.doubted_fact.id),
    "facts.restore": lambda world, on: facts.restore(on, id=world.forgotten_fact.id),
    "facts.retrieve_exact": lambda world, on: facts.retrieving.retrieve_exact(
        on,
        agent_id=world.agent_id,
        text="What of Ada?",
        embedding=vector(1),
        names=True,
        entity_ids=[world.entity.id],
        only_entity_ids=None,
        depth=2,
        category=None,
        attribute=None,
        sensitive=True,
        **_TIMES,
        min_similarity=0.2,
        min_confidence=0.0,
        min_score=None,
        limit=5,
        **msgspec.structs.asdict(facts.FactRanking()),
        plan_for_values=False,
    ),
    "upkeep.kept_apart": lambda world, on: upkeep.kept_apart(on),
    "upkeep.score_facts": lambda world, on: upkeep.jobs.score_facts(on, agent_id=world.agent_id, after=None, limit=100),
    "upkeep.age_some_edges": lambda world, on: upkeep.jobs.age_some_edges(on, agent_id=world.agent_id, days=7, after=None, limit=100),
    "upkeep.end_some_expired_facts": lambda world, on: upkeep.jobs.end_some_expired_facts(on, limit=100),
    "upkeep.weigh_entities": lambda world, on: upkeep.weigh_entities(on, agent_id=world.agent_id),
    "profiles.get": lambda world, on: profiles.get(on, user_id=world.user_id),
    "profiles.count": lambda world, on: profiles.count(on),
    "profiles.page": lambda world, on: profiles.page(on),
    "profiles.replace": lambda world, on: profiles.writing.replace(
        on, user_id=world.user_id, document={"name": _new()}, expected_version=None
    ),
    "profiles.merge": lambda world, on: profiles.writing.merge(on, user_id=world.user_id, changes={"tone": None}, expected_version=None),
    "profiles.versions": lambda world, on: profiles.versions(on, user_id=world.user_id),
    "profiles.version": lambda world, on: profiles.version(on, user_id=world.user_id, version=1),
    "profiles.revert": lambda world, on: profiles.revert(on, user_id=world.user_id, version=1),
    "profiles.delete": lambda world, on: profiles.delete(on, user_id=world.user_id),
    "profiles.restore": lambda world, on: profiles.restore(on, user_id=world.quitter_id),
    "transcripts.extend": lambda world, on: writing_transcripts.extend(
        on,
        id=world.transcript.id,
        namespace="",
        ids=[_new(), None],
        data=["{}", "null"],
        expected_revision=None,
        revision=None,
        state=None,
        scope=None,
        agent_id=None,
        user_id=None,
    ),
    "transcripts.rewrite": lambda world, on: writing_transcripts.rewrite(
        on,
        id=_new(),
        namespace="",
        after_id=world.lost_transcript.head_id,
        ids=[_new()],
        data=["{}"],
        branches=[],
        expected_revision="",
        revision=None,
        state=None,
        scope=None,
        updated_at=None,
        agent_id=None,
        user_id=None,
    ),
    "transcripts.count": lambda world, on: transcripts.count(on, scope="sample"),
    "transcripts.get": lambda world, on: transcripts.get(on, id=world.transcript.id),
    "transcripts.latest": lambda world, on: reading_transcripts.latest(on, id=world.transcript.id, namespace="", limit=10),
    "transcripts.lineage": lambda world, on: reading_transcripts.lineage(
        on, head_id=world.lost_transcript.head_id or "", namespace="", limit=10
    ),
    "transcripts.page_of_namespace": lambda world, on: reading_transcripts.page_of_namespace(on, namespace="", before=None, limit=10),
    "transcripts.page_of_scope": lambda world, on: reading_transcripts.page_of_scope(
        on, namespace="", scope="sample", before=None, limit=10
    ),
    "transcripts.pop": lambda world, on: transcripts.pop(on, id=world.transcript.id),
    "transcripts.remove": lambda world, on: removing_transcripts.remove(
        on, id=world.lost_transcript.id, namespace="", expected_revision=None
    ),
    "threads.insert": lambda world, on: writing_threads.insert(
        on,
        thread_id=world.thread_id,
        agent_id=None,
        user_id=None,
        namespace="",
        id="4",
        parent_id="3",
        root_id=None,
        run_id=None,
        needs="nothing",
        versions={"messages": 4},
        metadata={"step": 4},
        plain={},
        state={},
        new_versions={"messages": 4},
        channels=["messages"],
        types=["json"],
        data=[b"[]"],
    ),
    "threads.insert_writes": lambda world, on: writing_threads.insert_writes(
        on,
        thread_id=world.thread_id,
        agent_id=None,
        user_id=None,
        namespace="",
        checkpoint_id="4",
        task_id=_new(),
        task_path="",
        replace=False,
        positions=[0],
        channels=["messages"],
        types=["json"],
        data=[b"1"],
    ),
    "threads.get": lambda world, on: threads.get(on, thread_id=world.thread_id, id="1"),
    "threads.latest": lambda world, on: threads.latest(on, thread_id=world.thread_id),
    "threads.writes": lambda world, on: threads.writes(on, thread_id=world.thread_id, id="1"),
    "threads.ancestors": lambda world, on: threads.ancestors(on, thread_id=world.thread_id, channels=["messages"]),
    "threads.count": lambda world, on: threads.count(on),
    "threads.page": lambda world, on: threads.page(on),
    "threads.page_of_tenant": lambda world, on: reading_threads.page_of_tenant(on, **_HISTORY),
    "threads.page_of_thread": lambda world, on: reading_threads.page_of_thread(
        on, thread_id=world.thread_id, namespace=None, id=None, **_HISTORY
    ),
    "threads.page_of_namespace": lambda world, on: reading_threads.page_of_namespace(
        on, thread_id=world.thread_id, namespace="", **_HISTORY
    ),
    "threads.copy": lambda world, on: threads.copy(on, thread_id=world.thread_id, to_thread_id=_new()),
    "threads.restore": lambda world, on: threads.restore(on, thread_id=world.deleted_thread_id),
    "threads.remove_runs": lambda world, on: removing_threads.remove_runs(on, run_ids=[f"{world.thread_id} run"]),
    "threads.remove_old": lambda world, on: removing_threads.remove_old(on, thread_ids=[world.thread_id]),
    "threads.delete": lambda world, on: threads.delete(on, thread_ids=[world.thread_id]),
    "items.write": lambda world, on: writing_items.write(
        on,
        agent_id=None,
        user_id=world.user_id,
        place=[_place(ItemKey(["new"], _new())), _place(world.lost_item)],
        gone=[False, True],
        value=[{"value": 1}, None],
        letters=[None, None],
        time_to_live=[None, None],
        part_of=[1],
        path=["$"],
        content=["live"],
        embedding=[vector(7)],
        replace=True,
    ),
    "items.write_one": lambda world, on: writing_items.write_one(
        on,
        agent_id=world.agent_id,
        user_id=world.user_id,
        namespace=["new"],
        key=_new(),
        value={"value": 1},
        letters=None,
        time_to_live=None,
    ),
    "items.revise": lambda world, on: writing_items.revise(
        on, namespace=world.item.namespace, key=world.item.key, value={"value": {"number": 8}}, letters=None
    ),
    "items.read": lambda world, on: reading_items.read(on, place=[_place(world.item)], refresh=True, ended=False),
    "items.read_one": lambda world, on: reading_items.read_one(
        on, namespace=list(world.item.namespace), key=world.item.key, refresh=True, ended=False
    ),
    "items.read_namespaces": lambda world, on: reading_items.read_namespaces(on, place=[_place(world.item)], after=None, limit=50),
    "items.page_of_prefix": lambda world, on: reading_items.page_of_prefix(on, before=None, **_items(world)),
    "items.count_of_prefix": lambda world, on: reading_items.count_of_prefix(
        on, prefix=world.item.namespace, filter={"number": 7}, ended=False
    ),
    "items.namespaces_below": lambda world, on: reading_items.namespaces_below(
        on, start=["users"], prefix=["users"], suffix=[], depth=None, offset=0, limit=10, ended=False
    ),
    "items.search_exact": lambda world, on: reading_items.search_exact(
        on, text="live", embedding=vector(3), with_embeddings=True, **_items(world)
    ),
    "items.remove": lambda world, on: removing_items.remove(on, place=[_place(world.item)]),
    "items.sweep_expired": lambda world, on: items.sweep_expired(on),
    "triples.write": lambda world, on: triples.writing.write(on, user_id=world.user_id, **_triples(10)),
    "triples.get": lambda world, on: triples.get(on, id=world.triple.id),
    "triples.count": lambda world, on: triples.count(on, user_id=world.user_id),
    "triples.page_of_owner": lambda world, on: triples.reading.page_of_owner(on, user_id=world.user_id, before=None, limit=10),
    "triples.page_of_oldest": lambda world, on: triples.reading.page_of_oldest(
        on, user_id=world.user_id, with_tenant=True, after=None, limit=10
    ),
    "triples.page_of_subject": lambda world, on: triples.reading.page_of_subject(
        on, user_id=world.user_id, subject="Ada", predicate=None, object=None, before=None, limit=10
    ),
    "triples.page_of_predicate": lambda world, on: triples.reading.page_of_predicate(
        on, user_id=world.user_id, predicate="likes", before=None, limit=10
    ),
    "triples.page_of_object": lambda world, on: triples.reading.page_of_object(
        on, user_id=world.user_id, object=world.triple.object, predicate=None, before=None, limit=10
    ),
    "triples.unembedded": lambda world, on: triples.unembedded(on),
    "triples.search_exact": lambda world, on: triples.reading.search_exact(
        on, user_id=world.user_id, with_tenant=True, text="likes", embedding=vector(3), limit=5
    ),
    "triples.embed": lambda world, on: triples.embed(on, id=world.shared_triple.id, version=1, embedding=vector(2)),
    "triples.restore": lambda world, on: triples.restore(on, id=world.deleted_triple.id),
    "triples.delete": lambda world, on: triples.delete(on, id=world.shared_triple.id),
    "triples.clear": lambda world, on: triples.clear(on, user_id=world.user_id, subject="ada"),
    "clusters.create": lambda world, on: clusters.create(
        on,
        agent_id=world.agent_id,
        label=_new(),
        fact_ids=world.fact_ids[3:],
        summary=None,
        type="auto",
        importance=0.5,
        metadata=None,
        id=uuid.uuid4(),
    ),
    "clusters.get": lambda world, on: clusters.get(on, id=world.cluster.id),
    "clusters.count": lambda world, on: clusters.count(on, agent_id=world.agent_id),
    "clusters.page_of_active": lambda world, on: clusters.reading.page_of_active(
        on, agent_id=world.agent_id, type=None, before=None, limit=10
    ),
    "clusters.page_of_agent": lambda world, on: clusters.reading.page_of_agent(
        on, agent_id=world.agent_id, status="merged", type=None, before=None, limit=10
    ),
    "clusters.facts": lambda world, on: clusters.facts(on, id=world.cluster.id),
    "clusters.to_refresh": lambda world, on: clusters.to_refresh(on, refreshed_before=_LATER),
    "clusters.nearest": lambda world, on: clusters.nearest(on, agent_id=world.agent_id, embedding=vector(3)),
    "clusters.nearest_of_fact": lambda world, on: clusters.nearest_of_fact(on, fact_id=world.fact_ids[3]),
    "clusters.unclustered": lambda world, on: clusters.unclustered(on, agent_id=world.agent_id),
    "clusters.candidates": lambda world, on: clusters.candidates(on, agent_id=world.agent_id, limit=10),
    "clusters.update": lambda world, on: clusters.update(on, id=world.cluster.id, label=_new()),
    "clusters.put": lambda world, on: clusters.writing.put(on, id=world.cluster.id, fact_ids=world.fact_ids),
    "clusters.remove_facts": lambda world, on: clusters.remove_facts(on, id=world.cluster.id, fact_ids=world.fact_ids[2:]),
    "clusters.refresh": lambda world, on: clusters.refresh(on, id=world.cluster.id),
    "clusters.split": lambda world, on: clusters.split(on, id=world.cluster.id, fact_ids=world.fact_ids[1:2], label=_new()),
    "clusters.merge": lambda world, on: clusters.merge(on, ids=[world.cluster.id], into_id=world.also_cluster.id),
    "clusters.retire": lambda world, on: clusters.retire(on, id=world.also_cluster.id),
    "clusters.delete": lambda world, on: clusters.delete(on, id=world.also_cluster.id),
    "clusters.restore": lambda world, on: clusters.restore(on, id=world.lost_cluster.id),
    "insights.insert": lambda world, on: insights.writing.insert(on, agent_id=world.agent_id, **_insights(world, 10)),
    "insights.get": lambda world, on: insights.get(on, id=world.insight.id),
    "insights.count": lambda world, on: insights.count(on, agent_id=world.agent_id),
    "insights.page_of_active": lambda world, on: insights.reading.page_of_active(on, agent_id=world.agent_id, **_OF_INSIGHTS),
    "insights.page_of_agent": lambda world, on: insights.reading.page_of_agent(
        on, agent_id=world.agent_id, status="retired", **_OF_INSIGHTS
    ),
    "insights.page_of_user": lambda world, on: insights.reading.page_of_user(
        on, user_id=world.user_id, agent_id=None, status="active", **_OF_INSIGHTS
    ),
    "insights.supporting": lambda world, on: insights.supporting(on, id=world.insight.id),
    "insights.page_of_fact": lambda world, on: insights.reading.page_of_fact(
        on, fact_id=world.fact_ids[0], agent_id=None, user_id=None, status="active", **_OF_INSIGHTS
    ),
    "insights.page_of_event": lambda world, on: insights.reading.page_of_event(
        on, event_id=world.event_ids[0], fact_id=None, agent_id=None, user_id=None, status="active", **_OF_INSIGHTS
    ),
    "insights.unsupported": lambda world, on: insights.unsupported(on, agent_id=world.agent_id),
    "insights.unembedded": lambda world, on: insights.unembedded(on),
    "insights.embed": lambda world, on: insights.embed(on, id=world.insight.id, version=1, embedding=vector(2)),
    "insights.search_exact": lambda world, on: insights.reading.search_exact(
        on, agent_id=world.agent_id, text="live", embedding=vector(3), user_id=None, type=None, min_confidence=0.0, limit=5
    ),
    "insights.update": lambda world, on: insights.update(on, id=world.insight.id, title=_new(), confidence=0.9),
    "insights.reinforce_with": lambda world, on: insights.writing.reinforce_with(
        on, id=world.insight.id, weight=0.1, fact_ids=world.fact_ids, event_ids=world.event_ids, expected_version=None
    ),
    "insights.retire": lambda world, on: insights.retire(on, id=world.also_insight.id),
    "insights.delete": lambda world, on: insights.delete(on, id=world.also_insight.id),
    "insights.restore": lambda world, on: insights.restore(on, id=world.lost_insight.id),
    "intentions.add": lambda world, on: intentions.add(
        on,
        agent_id=world.agent_id,
        trigger="topic",
        action=_new(),
        condition="tea",
        embedding=vector(1),
        due_at=_LATER,
        context=None,
        user_id=world.user_id,
        session_id=None,
        metadata=None,
        id=uuid.uuid4(),
    ),
    "intentions.get": lambda world, on: intentions.get(on, id=world.intention.id),
    "intentions.count": lambda world, on: intentions.count(on, agent_id=world.agent_id),
    "intentions.page_of_open": lambda world, on: intentions.reading.page_of_open(
        on, agent_id=world.agent_id, trigger=None, before=None, limit=10
    ),
    "intentions.page_of_agent": lambda world, on: intentions.reading.page_of_agent(
        on, agent_id=world.agent_id, statuses=["fulfilled"], trigger=None, before=None, limit=10
    ),
    "intentions.page_of_user": lambda world, on: intentions.reading.page_of_user(
        on, user_id=world.user_id, agent_id=None, statuses=None, trigger=None, before=None, limit=10
    ),
    "intentions.due_of_agent": lambda world, on: intentions.reading.due_of_agent(on, agent_id=world.agent_id, at=None, limit=10),
    "intentions.due_of_tenant": lambda world, on: intentions.reading.due_of_tenant(on, at=None, limit=10),
    "intentions.unembedded": lambda world, on: intentions.unembedded(on),
    "intentions.search_exact": lambda world, on: intentions.reading.search_exact(
        on, agent_id=world.agent_id, text="live", embedding=vector(3), user_id=None, trigger=None, status=None, limit=5
    ),
    "intentions.embed": lambda world, on: intentions.embed(on, id=world.intention.id, version=1, embedding=vector(2)),
    "intentions.update": lambda world, on: intentions.update(on, id=world.intention.id, condition=_new(), due_at=_LATER),
    "intentions.trigger": lambda world, on: intentions.trigger(on, id=world.intention.id),
    "intentions.fulfil": lambda world, on: intentions.fulfil(on, id=world.intention.id),
    "intentions.cancel": lambda world, on: intentions.cancel(on, id=world.also_intention.id),
    "intentions.reopen": lambda world, on: intentions.reopen(on, id=world.called_off.id),
    "intentions.claim_due": lambda world, on: intentions.claim_due(on, at=_LONG_AGO, agent_id=world.agent_id),
    "intentions.expire_overdue": lambda world, on: intentions.expire_overdue(on, due_before=_NOT_SO_LONG_AGO, agent_id=world.agent_id),
    "intentions.delete": lambda world, on: intentions.delete(on, id=world.also_intention.id),
    "intentions.restore": lambda world, on: intentions.restore(on, id=world.lost_intention.id),
    "roles.create": lambda world, on: roles.create(on, name=_new(), abilities=["read", "write"]),
    "roles.get": lambda world, on: roles.get(on, id=world.role.id),
    "roles.get_by_name": lambda world, on: roles.get_by_name(on, name=world.role.name),
    "roles.count": lambda world, on: roles.count(on),
    "roles.page": lambda world, on: roles.page(on, ability="read"),
    "roles.update": lambda world, on: roles.update(on, id=world.role.id, description="Plans."),
    "roles.grant_ability": lambda world, on: roles.grant_ability(on, id=world.role.id, ability="write"),
    "roles.revoke_ability": lambda world, on: roles.revoke_ability(on, id=world.role.id, ability="read"),
    "prompts.publish": lambda world, on: prompts.publish(on, role_id=world.role.id, content=_new()),
    "prompts.activate": lambda world, on: prompts.activate(on, role_id=world.role.id, number=1),
    "prompts.deactivate": lambda world, on: prompts.deactivate(on, role_id=world.role.id),
    "prompts.active": lambda world, on: prompts.active(on, role_id=world.role.id),
    "prompts.versions": lambda world, on: prompts.versions(on, role_id=world.role.id),
    "roles.restore": lambda world, on: roles.restore(on, id=world.deleted_role_id),
    "roles.delete": lambda world, on: roles.delete(on, id=world.role.id),
    "memories.measure_indexes": lambda world, on: memories.scopes.measure_indexes(on),
    "memories.measure_scope": lambda world, on: memories.scopes.measure_scope(on, agent_id=world.agent_id),
    "memories.measure_places": lambda world, on: memories.scopes.measure_places(on, agent_id=world.agent_id, live=1000),
    "memories.measure_share": lambda world, on: memories.scopes.measure_share(
        on, agent_id=world.agent_id, places=[uuid.UUID(int=0)], **{name: value for name, value in _SCOPE.items() if name != "limit"}
    ),
    "memories.measure_words": lambda world, on: memories.scopes.measure_words(
        on, agent_id=world.agent_id, places=[uuid.UUID(int=0)], **{name: value for name, value in _SCOPE.items() if name != "limit"}
    ),
    "checkpoints.record": lambda world, on: checkpoints.record(
        on, session_id=world.session.id, turn=1, messages_hash=_hash("x"), input_tokens=5, output_tokens=7, latency_ms=9, state={"k": 1}
    ),
    "checkpoints.get": lambda world, on: checkpoints.get(on, session_id=world.session.id, turn=0),
    "checkpoints.latest": lambda world, on: checkpoints.latest(on, session_id=world.session.id),
    "checkpoints.count": lambda world, on: checkpoints.count(on, session_id=world.session.id),
    "checkpoints.page_of_newest": lambda world, on: checkpoints.reading.page_of_newest(on, session_id=world.session.id, before=9, limit=10),
    "checkpoints.page_of_oldest": lambda world, on: checkpoints.reading.page_of_oldest(on, session_id=world.session.id, after=0, limit=10),
    "session_events.insert": lambda world, on: session_events.appending.insert(
        on, session_id=world.session.id, id=[uuid.uuid4(), None], kind=["a", "b"], data=[{"k": 1}, {}]
    ),
    "session_events.count": lambda world, on: session_events.count(on, session_id=world.session.id),
    "session_events.page_of_newest": lambda world, on: session_events.following.page_of_newest(
        on, session_id=world.session.id, before=9, limit=10
    ),
    "session_events.page_of_oldest": lambda world, on: session_events.following.page_of_oldest(
        on, session_id=world.session.id, after=0, limit=10
    ),
    "session_events.progress": lambda world, on: session_events.progress(on, session_id=world.session.id),
}
"""Single statements on a tenant's rows."""

ADMIN_SAMPLES: dict[str, Call] = {
    "organizations.create": lambda world, on: organizations.create(world.admin, slug=_new(), name="New"),
    "organizations.get_or_create": lambda world, on: organizations.get_or_create(world.admin, slug=_new(), name="New"),
    "organizations.get_by_slug": lambda world, on: organizations.get_by_slug(world.admin, slug="acme"),
    "organizations.count": lambda world, on: organizations.count(world.admin),
    "organizations.page": lambda world, on: organizations.page(world.admin),
    "organizations.update": lambda world, on: organizations.update(world.spare, name="Renamed"),
    "organizations.delete": lambda world, on: organizations.delete(world.spare),
    "organizations.restore": lambda world, on: organizations.restore(world.closed),
    "organizations.set_quotas": lambda world, on: organizations.set_quotas(world.spare, memories=100, agents=10, monthly_tokens=10),
    "memories.reread": lambda world, on: memories.reread(world.spare),
    "audit.lock_head": lambda world, on: audit.chain.lock_head(world.spare),
    "audit.seal_batch": lambda world, on: audit.chain.seal_batch(world.spare, limit=5),
    "catalog.tables": lambda world, on: catalog.tables(world.admin),
    "retention.lock_organization": lambda world, on: holding.lock_organization(world.of_tenant),
    "retention.close_organization": lambda world, on: erasing.close_organization(world.spare),
    "retention.place_hold": lambda world, on: holding.place_hold(
        world.of_tenant, name=_new(), user_id=world.user_id, agent_id=None, reason=None
    ),
    "retention.release_hold": lambda world, on: retention.release_hold(world.of_tenant, name=world.hold),
    "retention.hold_on_organization": lambda world, on: holding.hold_on_organization(world.of_tenant),
    "retention.hold_on_anything": lambda world, on: holding.hold_on_anything(world.of_tenant),
    "retention.begin_erasure": lambda world, on: erasing.begin_erasure(world.of_tenant, user_id=world.user_id),
    "retention.add_to_erasure": lambda world, on: erasing.add_to_erasure(world.of_tenant, user_id=world.leaver_id, rows={"x": 1}),
    "retention.finish_erasure": lambda world, on: erasing.finish_erasure(world.of_tenant, user_id=world.leaver_id),
    "retention.erasures": lambda world, on: retention.erasures(world.admin),
    "retention.old_sessions": lambda world, on: purging.old_sessions(world.of_tenant, idle_since=_LONG_AGO, agent_id=None, limit=100),
    "retention.still_idle": lambda world, on: purging.still_idle(world.of_tenant, ids=[world.session.id], idle_since=_LATER),
    "retention.old_events": lambda world, on: purging.old_events(
        world.of_tenant, occurred_before=datetime.now(UTC), agent_id=None, limit=100
    ),
    "retention.of_tenant": lambda world, on: removing.of_tenant(world.admin),
    "retention.of_user": lambda world, on: removing.of_user(world.admin),
    "retention.ending": lambda world, on: removing.ending(world.admin),
    "retention.contents": lambda world, on: removing.contents(world.admin),
    "retention.removing": lambda world, on: removing.removing(world.admin),
    "retention.give_back": lambda world, on: removing.give_back(world.of_tenant, kind="memories", count=1),
    "backup.tables": lambda world, on: backup.tables.tables(world.admin),
    "backup.pin_texts": lambda world, on: backup.tables.pin_texts(world.admin),
    "backup.identity": lambda world, on: backup.tables.identity(world.of_tenant),
    "backup.taken": lambda world, on: backup.restoring.taken(world.admin, id=world.tenant.org_id, slug="acme"),
    "backup.defer_references": lambda world, on: backup.restoring.defer_references(world.admin),
    "backup.check_references": lambda world, on: backup.restoring.check_references(world.admin),
    "backup.has_deep_archived": lambda world, on: backup.restoring.has_deep_archived(world.of_tenant),
    "backup.seal_anew": lambda world, on: backup.restoring.seal_anew(world.of_tenant, original_id=world.tenant.org_id),
    "archives.archivable": lambda world, on: archives.cold.archivable(world.of_tenant, idle_since=_LATER, agent_id=None, limit=100),
    "archives.begin": lambda world, on: archives.cold.begin(world.of_tenant, id=world.session.id, idle_since=_LATER),
    "archives.move_out": lambda world, on: archives.cold.move_out(world.of_tenant, id=world.session.id, limit=100),
    "archives.begin_return": lambda world, on: archives.cold.begin_return(world.of_tenant, id=world.archived_session.id),
    "archives.move_in": lambda world, on: archives.cold.move_in(world.of_tenant, id=world.archived_session.id, limit=100),
    "archives.finish_return": lambda world, on: archives.cold.finish_return(world.of_tenant, id=world.returning_session.id),
    "archives.begin_leaving": lambda world, on: archives.deep.begin_leaving(
        world.of_tenant, id=world.archived_session.id, archived_to="elsewhere", messages=1, expected_version=None
    ),
    "archives.hold_on_session": lambda world, on: archives.deep.hold_on_session(world.of_tenant, id=world.session.id),
    "archives.remove_left": lambda world, on: archives.deep.remove_left(world.of_tenant, id=world.deep_session.id, limit=100),
    "archives.load": lambda world, on: archives.deep.load(world.of_tenant, id=world.deep_session.id, rows=[]),
    "archives.finish_loading": lambda world, on: archives.deep.finish_loading(world.of_tenant, id=world.deep_session.id),
    "spaces.existing": lambda world, on: spaces.existing(world.admin),
    "spaces.rename": lambda world, on: spaces.rename(world.admin, model=_new()),
    "spaces.take_over": lambda world, on: spaces.take_over(world.admin),
    "spaces.kinds": lambda world, on: spaces.kinds(world.admin),
    "spaces.unembedded": lambda world, on: spaces.unembedded(world.of_tenant),
    "spaces.embed": lambda world, on: spaces.embed(world.of_tenant, id=world.live.id, version=1, embedding=vector(1)),
    "spaces.coverage": lambda world, on: spaces.coverage(world.of_tenant),
    "indexes.statements": lambda world, on: indexes.building.statements(world.admin),
    "indexes.progress": lambda world, on: indexes.progress(world.admin),
    "preflight.embedding_space": lambda world, on: preflight.embedding_space(world.admin, model=None),
    "preflight.embedding_spaces": lambda world, on: preflight.embedding_spaces(world.admin),
    "preflight.inspect": lambda world, on: preflight.inspect(world.admin, schemas=["memdb"], wanted=preflight.WANTED),
    "acting.database_roles": lambda world, on: database_roles(world.admin),
    "connecting.types": lambda world, on: types(world.admin),
    "check.named_types": lambda world, on: named_types(world.admin),
    "fixing.columns_named": lambda world, on: columns_named(world.admin, name="content"),
    "check.not_null_columns": lambda world, on: not_null_columns(world.admin),
    "check.tables": lambda world, on: tables(world.admin, schema=None),
}
"""Single statements of the administrator, or on the catalog."""

COMPOSED: dict[str, Call] = {
    "tokens.create": lambda world, on: tokens.create(on, name="x"),
    "audit.verify": lambda world, on: audit.verify(on),
    "memories.add": lambda world, on: memories.add(on, agent_id=world.agent_id, content=_new()),
    "memories.add_many": lambda world, on: memories.add_many(
        on, agent_id=world.agent_id, items=[NewMemory(content=_new(), embedding=vector(each), tags=["a"]) for each in range(20)]
    ),
    "audit.page": lambda world, on: audit.page(on),
    "entities.merges": lambda world, on: entities.merges(on, agent_id=world.agent_id),
    "escalations.page": lambda world, on: escalations.page(on),
    "memories.clear": lambda world, on: memories.clear(on, agent_id=world.agent_id),
    "memories.page": lambda world, on: memories.page(on, agent_id=world.agent_id),
    "checkpoints.page": lambda world, on: checkpoints.page(on, session_id=world.session.id),
    "session_events.page": lambda world, on: session_events.page(on, session_id=world.session.id),
    "sessions.page": lambda world, on: sessions.page(on, agent_id=world.agent_id),
    "messages.append": lambda world, on: messages.append(on, session_id=world.session.id, role="user", content="Thanks."),
    "messages.append_many": lambda world, on: messages.append_many(on, session_id=world.session.id, items=_CONVERSATION),
    "messages.page": lambda world, on: messages.page(on, session_id=world.session.id),
    "messages.window": lambda world, on: messages.window(on, session_id=world.session.id, tokens=100),
    "messages.search": lambda world, on: messages.search(on, text="weather", agent_id=world.agent_id),
    "memories.search": lambda world, on: memories.search(on, agent_id=world.agent_id, text="live", embedding=vector(3)),
    "observations.add": lambda world, on: observations.add(on, agent_id=world.agent_id, content=_new()),
    "observations.add_many": lambda world, on: observations.add_many(
        on, agent_id=world.agent_id, items=[NewObservation(content=_new(), embedding=vector(each)) for each in range(20)]
    ),
    "observations.page": lambda world, on: observations.page(on, agent_id=world.agent_id),
    "observations.search": lambda world, on: observations.search(on, agent_id=world.agent_id, text="live", embedding=vector(3)),
    "events.add": lambda world, on: events.add(on, agent_id=world.agent_id, content=_new()),
    "events.add_many": lambda world, on: events.add_many(
        on, agent_id=world.agent_id, items=[NewEvent(content=_new(), embedding=vector(each)) for each in range(20)]
    ),
    "events.page": lambda world, on: events.page(on, agent_id=world.agent_id),
    "events.search": lambda world, on: events.search(on, agent_id=world.agent_id, text="live", embedding=vector(3)),
    "edges.assert_": lambda world, on: edges.assert_(on, source_id=world.entity.id, target_id=world.other_entity.id, type="knows"),
    "edges.assert_many": lambda world, on: edges.assert_many(
        on, items=[NewEdge(source_id=world.entity.id, target_id=world.other_entity.id, type=f"t{n}") for n in range(20)]
    ),
    "edges.page": lambda world, on: edges.page(on, entity_id=world.entity.id),
    "entities.see": lambda world, on: entities.see(on, agent_id=world.agent_id, type="person", name=world.entity.name),
    "entities.see_many": lambda world, on: entities.see_many(
        on, agent_id=world.agent_id, items=[Sighting(type="place", name=_new()) for _ in range(30)]
    ),
    "entities.page": lambda world, on: entities.page(on, agent_id=world.agent_id),
    "entities.search": lambda world, on: entities.search(on, agent_id=world.agent_id, text="live", embedding=vector(3)),
    "entities.resolve": lambda world, on: entities.resolve(on, agent_id=world.agent_id, names=["Ada", "Adda"]),
    "entities.resolve_or_create": lambda world, on: entities.resolve_or_create(
        on, agent_id=world.agent_id, names=["Ada", _new()], type="person"
    ),
    "facts.assert_": lambda world, on: facts.assert_(
        on, agent_id=world.agent_id, entity_id=world.entity.id, content=_new(), attribute=world.attribute, value=_new(), link_named=True
    ),
    "facts.assert_many": lambda world, on: facts.assert_many(
        on,
        agent_id=world.agent_id,
        items=[NewFact(entity_id=world.entity.id, content=_new(), entities=[world.entity.id]) for _ in range(20)],
    ),
    "facts.retrieve": lambda world, on: facts.retrieve(on, agent_id=world.agent_id, text="What of Ada?", embedding=vector(1)),
    "facts.page": lambda world, on: facts.page(on, agent_id=world.agent_id),
    "profiles.put": lambda world, on: profiles.put(on, user_id=world.user_id, document={"name": _new()}),
    "profiles.patch": lambda world, on: profiles.patch(on, user_id=world.user_id, changes={"name": _new()}),
    "profiles.export_json": lambda world, on: profiles.export_json(on, user_id=world.user_id),
    "profiles.import_json": lambda world, on: profiles.import_json(on, user_id=world.user_id, text='{"name": "Ada"}'),
    "triples.assert_": lambda world, on: triples.assert_(on, subject="Ada", predicate="likes", object=_new()),
    "triples.assert_many": lambda world, on: triples.assert_many(
        on, items=[NewTriple(subject="Ada", predicate="likes", object=_new(), embedding=vector(each)) for each in range(20)]
    ),
    "triples.page": lambda world, on: triples.page(on, user_id=world.user_id, predicate="likes"),
    "triples.search": lambda world, on: triples.search(on, user_id=world.user_id, text="likes", embedding=vector(3)),
    "triples.export_json": lambda world, on: triples.export_json(on, user_id=world.user_id),
    "triples.import_json": lambda world, on: triples.import_json(on, text='[{"subject": "Ada", "predicate": "is", "object": "here"}]'),
    "triples.import_jsonl": lambda world, on: triples.import_jsonl(on, lines=['{"subject": "Ada", "predicate": "is", "object": "far"}']),
    "clusters.add_facts": lambda world, on: clusters.add_facts(on, id=world.also_cluster.id, fact_ids=world.fact_ids),
    "clusters.page": lambda world, on: clusters.page(on, agent_id=world.agent_id),
    "insights.add": lambda world, on: insights.add(on, agent_id=world.agent_id, title=_new(), content=_new(), fact_ids=world.fact_ids),
    "insights.add_many": lambda world, on: insights.add_many(
        on, agent_id=world.agent_id, items=[NewInsight(title=_new(), content=_new(), fact_ids=world.fact_ids) for _ in range(20)]
    ),
    "insights.page": lambda world, on: insights.page(on, agent_id=world.agent_id),
    "insights.reinforce": lambda world, on: insights.reinforce(on, id=world.insight.id),
    "insights.search": lambda world, on: insights.search(on, agent_id=world.agent_id, text="live", embedding=vector(3)),
    "intentions.page": lambda world, on: intentions.page(on, agent_id=world.agent_id),
    "intentions.due": lambda world, on: intentions.due(on),
    "intentions.matching": lambda world, on: intentions.matching(on, agent_id=world.agent_id, text="live"),
    "transcripts.append": lambda world, on: transcripts.append(on, id=world.transcript.id, items=[{"a": 1}, None]),
    "transcripts.write": lambda world, on: transcripts.write(on, id=_new(), expected_revision=transcripts.ABSENT, after_id=None, items=[1]),
    "transcripts.history": lambda world, on: transcripts.history(on, id=world.transcript.id, limit=10),
    "transcripts.page": lambda world, on: transcripts.page(on, limit=10),
    "transcripts.delete": lambda world, on: transcripts.delete(on, id=world.lost_transcript.id),
    "threads.put": lambda world, on: threads.put(on, thread_id=world.thread_id, id="5"),
    "threads.put_writes": lambda world, on: threads.put_writes(
        on, thread_id=world.thread_id, checkpoint_id="5", task_id="task", writes=[NewWrite(0, "messages", "json", b"1")]
    ),
    "threads.history": lambda world, on: threads.history(on, thread_id=world.thread_id),
    "threads.prune": lambda world, on: threads.prune(on, thread_ids=[world.thread_id]),
    "threads.delete_runs": lambda world, on: threads.delete_runs(on, run_ids=[f"{world.thread_id} run"]),
    "items.put": lambda world, on: items.put(on, namespace=world.item.namespace, key=_new(), value=None),
    "items.put_many": lambda world, on: items.put_many(
        on, items=[NewItem(namespace=(), key=_new(), value=[1]) for _ in range(3)], delete=[world.item]
    ),
    "items.update": lambda world, on: items.update(on, namespace=world.item.namespace, key=world.item.key, value={"number": 9}),
    "items.get": lambda world, on: items.get(on, namespace=world.item.namespace, key=world.item.key),
    "items.get_many": lambda world, on: items.get_many(on, keys=[world.item, world.lost_item]),
    "items.scan": lambda world, on: items.scan(on, namespaces=[world.item.namespace, ("none",)]),
    "items.page": lambda world, on: items.page(on, filter={"number": {"$gt": 6}}, refresh=True),
    "items.count": lambda world, on: items.count(on, prefix=world.item.namespace),
    "items.namespaces": lambda world, on: items.namespaces(on, prefix=["*"], suffix=world.item.namespace[-1:]),
    "items.search": lambda world, on: items.search(on, text="live", embedding=vector(3)),
    "items.delete": lambda world, on: items.delete(on, namespace=world.item.namespace, key=world.item.key),
    "items.delete_many": lambda world, on: items.delete_many(on, keys=[world.item, world.lost_item]),
    "session_events.append": lambda world, on: session_events.append(on, session_id=world.session.id, kind="x", data={"k": 1}),
    "session_events.append_many": lambda world, on: session_events.append_many(
        on, session_id=world.session.id, items=[NewSessionEvent("x", id=uuid.uuid4()) for _ in range(3)]
    ),
}
"""Functions that choose a statement: one round trip, too."""

STREAMS = {"memories.scan", "archives.export"}
"""Server-side cursors, which take a transaction."""

OF_THE_OWNER = {"spaces.create", "spaces.drop", "locking.try_migrating", "locking.end_migrating"}
"""What only the tables' owner does: changes of the schema, and the lock of who makes them."""


def areas(samples: Mapping[str, Call]) -> list[str]:
    """The areas of the samples: a test for each keeps the number of databases small."""
    return sorted({name.partition(".")[0] for name in samples})


def of_area(area: str, samples: Mapping[str, Call]) -> list[tuple[str, Call]]:
    return [(name, call) for name, call in sorted(samples.items()) if name.partition(".")[0] == area]
