"""What arandu keeps in its tables, adopted as its client here reads it: facts, entities, relations, and the messages of sessions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import msgspec

from memdb import messages, sessions
from memdb.adapters.arandu import agents
from memdb.engine.executor import Executor, Transaction
from memdb.errors import InvalidInput
from memdb.messages import NewMessage
from memdb.operations.adopting.declared import Owner, Stream, System, text
from memdb.operations.adopting.rows import Row

# Of a row whose place another took between two statements.
_GONE: Final = ""


class _Known(msgspec.Struct, frozen=True):
    number: int
    said: str


class _Rows:
    """Rows of one of memdb's tables, each as the JSON object `said`, with the statements `found` and `put` of a folder of into/."""

    def __init__(self, kind: str, *, has_user: bool = False) -> None:
        self._found = text(f"into/{kind}/found.sql")
        self._put = text(f"into/{kind}/put.sql") if kind != "agent_messages" else ""
        self._has_user = has_user

    def said(self, row: Row) -> str:
        return str(row["said"])

    def name(self, row: Row) -> str:
        return f"{row['agent']} / {row['id']}"

    async def owner(self, on: Executor, given: Owner) -> Owner:
        if given.agent_id is not None:
            raise InvalidInput("agent", "must not be given for arandu: each of its agents becomes one of that slug")
        return given

    async def found(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str | None]:
        known = {agent: await agents.find(tx, agent) for agent in {row["agent"] for row in rows}}
        # Of an agent that is not there is nothing.
        numbers = [number for number, row in enumerate(rows) if known[row["agent"]] is not None]
        some = [rows[number] for number in numbers]
        found: list[str | None] = [None] * len(rows)
        if some:
            given = {"agent_ids": [known[row["agent"]] for row in some], "ids": _ids(some), "said": [row["said"] for row in some]}
            for each in await tx.fetch(_Known, self._found, **given):
                found[numbers[each.number - 1]] = each.said
        return found

    async def put(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str]:
        known = {agent: await agents.make(tx, agent) for agent in sorted({row["agent"] for row in rows})}
        await self._store(tx, rows, known, owner)
        found = await self.found(tx, rows, owner)
        if None in found:
            raise InvalidInput("entity", "must be one that was adopted")
        return [said or _GONE for said in found]

    async def _store(self, tx: Transaction, rows: Sequence[Row], known: dict[str, UUID], owner: Owner) -> None:
        given: dict[str, Any] = {
            "agent_ids": [known[row["agent"]] for row in rows],
            "ids": _ids(rows),
            "said": [row["said"] for row in rows],
            "embeddings": [row["embedding"] for row in rows],
        }
        await tx.fetch(int, self._put, **given, **({"user_id": owner.user_id} if self._has_user else {}))


class _Messages(_Rows):
    """Messages, which the areas' functions append to their sessions, in the order of the rows."""

    async def _store(self, tx: Transaction, rows: Sequence[Row], known: dict[str, UUID], owner: Owner) -> None:
        for agent, some in groupby(rows, key=lambda row: str(row["agent"])):
            for session_id, said in groupby(some, key=lambda row: str(json.loads(row["said"])["session"])):
                items = [_message(row) for row in said]
                started = await sessions.start(
                    tx, agent_id=known[agent], external_id=session_id, user_id=owner.user_id, started_at=items[0].sent_at
                )
                await messages.append_many(tx, session_id=started.session.id, items=items)


def _message(row: Row) -> NewMessage:
    said = json.loads(row["said"])
    return NewMessage(
        role="user",
        content=said["content"],
        name=said["name"],
        metadata=said["metadata"],
        sent_at=datetime.fromisoformat(said["sent_at"]),
        embedding=None if row["embedding"] is None else json.loads(row["embedding"]),
        id=UUID(row["id"]),
    )


def _ids(rows: Sequence[Row]) -> list[UUID]:
    return [UUID(row["id"]) for row in rows]


def _columns(**tables: str) -> dict[str, frozenset[str]]:
    return {table: frozenset(columns.split()) for table, columns in tables.items()}


_ENTITIES: Final = (
    "id agent_id canonical_key display_name summary_text embedding_vec first_seen_at last_seen_at fact_count is_active importance_score "
    "summary_refreshed_at profile_text profile_refreshed_at created_at"
)
_FACTS: Final = (
    "id agent_id entity_key entity_name attribute_key value_json value_text fact_text category confidence importance is_sensitive "
    "needs_confirmation valid_from valid_to ttl_days source_event_id supersedes_fact_id embedding_vec last_confirmed_at cluster_id "
    "times_retrieved last_retrieved_at user_correction_count source_context speaker agent_annotation created_at ingested_at invalidated_at "
    "vitality_score is_stale"
)
_EVENTS: Final = (
    "id agent_id session_id occurred_at text source importance embedding_vec created_at emotion_primary emotion_intensity energy_level"
)
_RELATIONS: Final = (
    "id agent_id source_entity_key target_entity_key rel_type strength evidence_fact_id provenance created_at last_used_at valid_from "
    "valid_to invalidated_at"
)
_ALIASES: Final = "id agent_id alias canonical_entity_key created_at"
_LINKS: Final = "fact_id entity_key agent_id"

_UNREAD: Final = ("memory_clusters", "memory_meta_observations", "session_observations", "memory_intentions", "memory_attribute_registry")

SYSTEM: Final = System(
    "arandu",
    "arandu 0.14",
    {
        name: name
        for name in (
            "memory_entities",
            "memory_entity_aliases",
            "memory_events",
            "memory_facts",
            "memory_fact_entity_links",
            "memory_entity_relationships",
            *_UNREAD,
        )
    },
    (
        Stream(
            "entities",
            "arandu/entities.sql",
            _Rows("agent_entities"),
            _columns(
                memory_entities=_ENTITIES,
                memory_facts=_FACTS,
                memory_entity_relationships=_RELATIONS,
                memory_fact_entity_links=_LINKS,
                memory_entity_aliases=_ALIASES,
            ),
        ),
        Stream("aliases", "arandu/aliases.sql", _Rows("agent_aliases"), _columns(memory_entity_aliases=_ALIASES)),
        Stream("messages", "arandu/messages.sql", _Messages("agent_messages"), _columns(memory_events=_EVENTS, memory_facts=_FACTS)),
        Stream(
            "facts",
            "arandu/facts.sql",
            _Rows("agent_facts", has_user=True),
            _columns(memory_facts=_FACTS, memory_fact_entity_links=_LINKS),
        ),
        Stream(
            "relations",
            "arandu/relations.sql",
            _Rows("agent_edges"),
            _columns(memory_entity_relationships=_RELATIONS, **dict.fromkeys(_UNREAD, "id")),
            left_out="arandu/left_out.sql",
        ),
    ),
)
