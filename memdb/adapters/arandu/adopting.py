"""arandu's tables, adopted as this client reads them, with the results of its background functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Final
from uuid import UUID

from memdb import messages, sessions
from memdb.adapters.arandu import agents
from memdb.engine.executor import Executor, Transaction
from memdb.errors import InvalidInput
from memdb.operations.adopting.declared import Owner, Stream, System
from memdb.operations.adopting.rows import Row
from memdb.operations.adopting.saying import SaidRows, new_message, session_of

_OF_NO_AGENT: Final = UUID(int=0)


class _Rows(SaidRows):
    """Rows of agents, with the owner in `agent`."""

    def __init__(self, kind: str, *, has_put: bool = True, has_user: bool = False) -> None:
        super().__init__(kind, lacks=("entity", "must be one that was adopted"), has_put=has_put, has_user=has_user)

    def name(self, row: Row) -> str:
        return f"{row['agent']} / {row['id']}"

    async def owner(self, on: Executor, given: Owner) -> Owner:
        if given.agent_id is not None:
            raise InvalidInput("agent", "must not be given for arandu: each of its agents becomes one of that slug")
        return given

    async def agents_of(self, tx: Transaction, rows: Sequence[Row], owner: Owner, *, make: bool) -> list[UUID | None]:
        known = {agent: await (agents.make if make else agents.find)(tx, agent) for agent in sorted({row["agent"] for row in rows})}
        return [known[row["agent"]] for row in rows]


class _Attributes(_Rows):
    """Attributes, which belong to the tenant."""

    def name(self, row: Row) -> str:
        return str(json.loads(row["said"])["key"])

    async def agents_of(self, tx: Transaction, rows: Sequence[Row], owner: Owner, *, make: bool) -> list[UUID | None]:
        return [_OF_NO_AGENT] * len(rows)


class _Messages(_Rows):
    """Messages, which the areas' functions append to their sessions, in the order of the rows."""

    async def store(self, tx: Transaction, rows: Sequence[Row], agent_ids: Sequence[UUID | None], owner: Owner) -> None:
        known = {row["agent"]: agent_id for row, agent_id in zip(rows, agent_ids, strict=True) if agent_id is not None}
        for (agent, session_id), said in groupby(rows, key=lambda row: (row["agent"], session_of(row))):
            items = [new_message(row) for row in said]
            started = await sessions.start(
                tx, agent_id=known[agent], external_id=session_id, user_id=owner.user_id, started_at=items[0].sent_at
            )
            await messages.append_many(tx, session_id=started.session.id, items=items)


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
    "id agent_id session_id occurred_at text source importance embedding_vec trace_json created_at emotion_primary emotion_intensity "
    "energy_level"
)
_RELATIONS: Final = (
    "id agent_id source_entity_key target_entity_key rel_type strength evidence_fact_id provenance created_at last_used_at valid_from "
    "valid_to invalidated_at"
)
_ALIASES: Final = "id agent_id alias canonical_entity_key created_at"
_LINKS: Final = "fact_id entity_key agent_id"

_CLUSTERS: Final = "id agent_id label summary_text cluster_type importance is_active last_updated_at created_at"
_INSIGHTS: Final = (
    "id agent_id observation_type title text supporting_event_ids supporting_fact_ids confidence importance first_detected_at "
    "last_reinforced_at times_reinforced is_active embedding_vec created_at"
)
_OBSERVATIONS: Final = (
    "id agent_id content topic entities_mentioned created_at referenced_at relative_offset source_message_ids is_active merged_into_id "
    "emotion_label embedding_vec"
)
_INTENTIONS: Final = (
    "id agent_id trigger_type trigger_condition intended_action due_date status trigger_embedding_vec source_context outcome_note "
    "created_at triggered_at fulfilled_at"
)
_ATTRIBUTES: Final = (
    "id key status value_type conflict_policy ttl_days first_seen_at last_seen_at seen_count proposed_by reason example_raw_key created_at"
)

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
            "memory_clusters",
            "memory_meta_observations",
            "session_observations",
            "memory_intentions",
            "memory_attribute_registry",
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
        Stream(
            "messages",
            "arandu/messages.sql",
            _Messages("messages", has_put=False),
            _columns(memory_events=_EVENTS, memory_facts=_FACTS),
            left_out="arandu/left_out_messages.sql",
        ),
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
            _columns(memory_entity_relationships=_RELATIONS),
            left_out="arandu/left_out_relations.sql",
        ),
        Stream("clusters", "arandu/clusters.sql", _Rows("agent_clusters"), _columns(memory_clusters=_CLUSTERS, memory_facts=_FACTS)),
        Stream(
            "insights",
            "arandu/insights.sql",
            _Rows("agent_insights", has_user=True),
            _columns(memory_meta_observations=_INSIGHTS, memory_facts=_FACTS),
        ),
        Stream(
            "observations",
            "arandu/observations.sql",
            _Rows("agent_observations", has_user=True),
            _columns(session_observations=_OBSERVATIONS),
        ),
        Stream(
            "intentions",
            "arandu/intentions.sql",
            _Rows("agent_intentions", has_user=True),
            _columns(memory_intentions=_INTENTIONS),
            left_out="arandu/left_out_intentions.sql",
        ),
        Stream(
            "attributes",
            "arandu/attributes.sql",
            _Attributes("attributes"),
            _columns(memory_attribute_registry=_ATTRIBUTES),
            left_out="arandu/left_out_attributes.sql",
        ),
    ),
)
