"""The plans of hot statements, under the service's role: on a new table and a full one, with custom and with generic plans."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest
from msgspec.structs import replace
from pgvector import HalfVector

import memdb
from memdb import agents, attributes, facts, items, memories, transcripts
from memdb.engine.database import Pooled, Tenant
from memdb.engine.dsn import connection_parameters
from memdb.engine.embeddings import SentHalfVector
from memdb.engine.own import QUERIES
from memdb.engine.pool import Pool
from memdb.items import ItemKey, NewItem, NewPart
from memdb.retention.removing import contents, of_tenant, of_user, removals
from memdb.transcripts import NewEntry
from tests.conftest import Home, settle, vector
from tests.filling import fill
from tests.samples import ADMIN_SAMPLES, SAMPLES, World, build
from tests.server import Databases, execute, fetch

# The names that PostgreSQL gives a partition's indexes.
_CENTROIDS = "cluster_embeddings_1_org_id_agent_id_cluster_id_idx"
_EMBEDDINGS_OF_FACTS = "fact_embeddings_1_org_id_agent_id_fact_id_idx"
_EMBEDDINGS_OF_ITEMS = ("item_part_embeddings_1_org_id_item_id_idx", "item_part_embeddings_1_pkey")
_READING_THREADS = {"threads_external_id_unique", "thread_checkpoints_pkey", "thread_values_pkey", "thread_writes_pkey"}
# The index that each statement reads the memories by, where it reads few of many.
INDEXES: Mapping[str, set[str]] = {
    "agents.get": {"agents_pkey"},
    "agents.get_by_slug": {"agents_slug_unique"},
    "users.get": {"users_pkey"},
    "users.get_by_email": {"users_email_unique"},
    "users.get_by_sso": {"users_sso_unique"},
    "users.update": {"users_pkey"},
    "users.delete": {"users_pkey"},
    "users.restore": {"users_pkey"},
    "users.get_or_create": {"users_email_unique"},
    "agents.update": {"agents_pkey"},
    "agents.delete": {"agents_pkey"},
    "agents.restore": {"agents_pkey"},
    "agents.get_or_create": {"agents_slug_unique"},
    "agents.counters": {"agents_pkey", "memories_of_agent", "sessions_of_agent", "token_spending_pkey"},
    "tokens.look_up": {"tokens_hash_unique", "users_pkey", "agents_pkey"},
    "tokens.look_up_and_use": {"tokens_hash_unique", "token_uses_pkey", "users_pkey", "agents_pkey"},
    "tokens.get": {"tokens_pkey", "token_uses_pkey"},
    "tokens.revoke": {"tokens_pkey"},
    "directives.publish": {"agents_pkey"},
    "directives.activate": {"agents_pkey", "directives_pkey", "directive_versions_pkey"},
    "directives.deactivate": {"agents_pkey", "directives_pkey"},
    "directives.active": {"directives_pkey", "directive_versions_pkey"},
    "directives.versions": {"directives_pkey", "directive_versions_pkey"},
    "spending.record": {"agents_pkey", "token_spending_pkey"},
    "audit.page_of_tenant": {"audit_log_pkey"},
    "audit.page_of_resource": {"audit_log_of_resource"},
    "audit.verify_chain": {"audit_log_chain", "audit_heads_pkey"},
    "memories.measure_places": {"memories_of_agent"},
    "memories.measure_share": {"memories_of_agent"},
    "memories.measure_words": {"memories_of_agent"},
    "memories.measure_centre": {"memories_of_agent", "memory_embeddings_1_pkey"},
    "memories.get": {"memories_pkey"},
    "memories.get_many": {"memories_pkey"},
    "memories.get_by_external_id": {"memories_external_id_unique"},
    "memories.get_many_by_external_ids": {"memories_external_id_unique"},
    "memories.keep_many": {"memories_pkey", "memories_external_id_unique", "memory_tags_pkey", "agents_pkey"},
    "memories.update": {"memories_pkey", "memories_content_unique", "agents_pkey"},
    "memories.delete": {"memories_pkey"},
    "memories.restore": {"memories_pkey", "memories_content_unique", "agents_pkey"},
    "memories.embed": {"memories_pkey", "agents_pkey"},
    "memories.versions": {"memory_versions_pkey"},
    "memories.revert": {"memories_pkey", "memory_versions_pkey", "memory_tags_pkey", "memories_content_unique", "agents_pkey"},
    "memories.supersede": {"memories_pkey", "agents_pkey"},
    "memories.merge": {"memories_pkey", "agents_pkey"},
    "memories.tip": {"memories_pkey"},
    "memories.version": {"memory_versions_pkey"},
    "memories.version_at": {"memory_versions_pkey"},
    "memories.record_use": {"memories_pkey"},
    "memories.usage": {"memories_pkey", "memory_usage_pkey"},
    "memories.hot": {"memories_hot"},
    "memories.vote": {"memories_pkey", "agents_pkey"},
    "memories.votes": {"memory_votes_pkey"},
    "relations.add": {"memories_pkey", "agents_pkey"},
    "relations.remove": set(),
    "relations.page": {"memory_relations_pkey", "memory_relations_to"},
    "relations.count": {"memory_relations_pkey", "memory_relations_to"},
    "relations.neighbours": {"memories_pkey", "memory_relations_pkey", "memory_relations_to"},
    "escalations.escalate": {"memories_pkey", "agents_pkey"},
    "escalations.get": {"memory_escalations_pkey"},
    "escalations.page_of_pending": {"memory_escalations_pending"},
    "escalations.page_of_all": {"memory_escalations_pkey"},
    "escalations.page_of_memory": {"memory_escalations_of_memory", "memory_escalations_of_candidate"},
    "escalations.close": set(),
    "checkpoints.record": {"sessions_pkey", "agents_pkey", "checkpoints_pkey"},
    "checkpoints.get": {"sessions_pkey", "checkpoints_pkey"},
    "checkpoints.latest": {"sessions_pkey", "checkpoints_pkey"},
    "checkpoints.page_of_newest": {"sessions_pkey", "checkpoints_pkey"},
    "checkpoints.page_of_oldest": {"sessions_pkey", "checkpoints_pkey"},
    "checkpoints.count": {"sessions_pkey", "checkpoints_pkey"},
    "session_events.insert": {"sessions_pkey", "agents_pkey", "session_events_id_unique"},
    "session_events.page_of_newest": {"sessions_pkey", "session_events_pkey"},
    "session_events.page_of_oldest": {"sessions_pkey", "session_events_pkey"},
    "session_events.count": {"sessions_pkey", "session_events_pkey"},
    "session_events.progress": {"sessions_pkey"},
    "retention.still_idle": set(),
    "archives.hold_on_session": {"sessions_pkey", "legal_holds_name_unique"},
    "retention.old_sessions": {"sessions_by_activity", "legal_holds_name_unique"},
    "archives.archivable": {"sessions_moving", "sessions_by_activity"},
    "archives.begin": {"sessions_pkey"},
    "archives.move_out": {"sessions_pkey", "messages_in_order", "messages_pkey", "message_embeddings_1_pkey"},
    "archives.begin_return": {"sessions_pkey"},
    "archives.move_in": {"archived_messages_pkey"},
    "archives.finish_return": {"archived_messages_pkey"},
    "archives.begin_leaving": {"sessions_pkey", "archived_messages_pkey"},
    "archives.remove_left": {"sessions_pkey", "archived_messages_pkey"},
    "archives.load": {"sessions_pkey"},
    "archives.finish_loading": {"sessions_pkey", "archived_messages_pkey"},
    "sessions.start": {"agents_pkey", "sessions_external_id_unique", "sessions_pkey"},
    "threads.insert": {"threads_external_id_unique"},
    "threads.insert_writes": {"threads_external_id_unique"},
    "threads.get": _READING_THREADS,
    "threads.latest": _READING_THREADS,
    "threads.writes": {"threads_external_id_unique", "thread_writes_pkey"},
    "threads.ancestors": _READING_THREADS,
    "threads.page": {"threads_pkey"},
    "threads.page_of_tenant": {"threads_pkey", "thread_checkpoints_by_id", "thread_values_pkey", "thread_writes_pkey"},
    "threads.page_of_thread": _READING_THREADS,
    "threads.page_of_namespace": _READING_THREADS,
    "threads.copy": _READING_THREADS,
    "threads.delete": {"threads_external_id_unique"},
    "threads.restore": {"threads_deleted", "threads_pkey"},
    "threads.remove_runs": {
        "thread_checkpoints_of_run",
        "threads_pkey",
        "legal_holds_name_unique",
        "thread_checkpoints_pkey",
        "thread_values_pkey",
        "thread_writes_pkey",
    },
    "threads.remove_old": _READING_THREADS | {"legal_holds_name_unique"},
    "transcripts.extend": {"transcripts_external_id_unique", "transcripts_pkey"},
    "transcripts.rewrite": {
        "transcripts_external_id_unique",
        "transcripts_pkey",
        "transcript_entries_id_unique",
        "transcript_entries_pkey",
        "legal_holds_name_unique",
    },
    "transcripts.get": {"transcripts_external_id_unique"},
    "transcripts.latest": {"transcripts_external_id_unique", "transcript_entries_pkey"},
    "transcripts.lineage": {"transcripts_pkey", "transcript_entries_id_unique", "transcript_entries_pkey"},
    "transcripts.page_of_namespace": {"transcripts_by_update"},
    "transcripts.page_of_scope": {"transcripts_of_scope"},
    "transcripts.pop": {"transcripts_external_id_unique", "legal_holds_name_unique"},
    "transcripts.remove": {"transcripts_external_id_unique", "transcripts_pkey", "legal_holds_name_unique"},
    # What it does of that by a function, and to what, is in test_items.py.
    "items.write": {"items_key_unique", "legal_holds_name_unique"},
    "items.write_one": {"agents_pkey"},
    "items.revise": {"items_key_unique"},
    "items.read": {"items_key_unique"},
    "items.read_one": {"items_key_unique"},
    "items.read_namespaces": {"items_key_unique"},
    "items.page_of_prefix": {"items_key_unique", "items_of_namespace"},
    "items.count_of_prefix": {"items_key_unique"},
    "items.namespaces_below": {"items_key_unique"},
    "items.search_exact": {"items_key_unique", "items_pkey", "item_parts_of_item", "item_parts_pkey", *_EMBEDDINGS_OF_ITEMS},
    "items.remove": {"items_key_unique", "items_pkey", "legal_holds_name_unique"},
    "items.sweep_expired": {"items_expiring", "items_pkey", "legal_holds_name_unique"},
    "sessions.get": {"sessions_pkey"},
    "sessions.get_by_external_id": {"sessions_external_id_unique"},
    "sessions.page_of_tenant": {"sessions_by_activity"},
    "sessions.page_of_agent": {"sessions_of_agent"},
    "sessions.page_of_user": {"sessions_of_user"},
    "sessions.update": {"sessions_pkey", "agents_pkey"},
    "sessions.close": {"sessions_pkey", "agents_pkey"},
    "sessions.reopen": {"sessions_pkey", "agents_pkey"},
    "sessions.mark_extracted": {"sessions_pkey", "agents_pkey"},
    "sessions.to_extract": {"sessions_to_extract"},
    "sessions.delete": {"sessions_pkey"},
    "sessions.restore": {"sessions_pkey", "agents_pkey"},
    "messages.insert_new": {"sessions_pkey", "agents_pkey"},
    "messages.insert": {"sessions_pkey", "agents_pkey", "messages_pkey", "messages_in_order", "messages_with_open_calls"},
    "messages.get": {"messages_pkey", "archived_messages_id_unique", "sessions_pkey"},
    "messages.page_of_newest": {"messages_in_order", "archived_messages_pkey", "sessions_pkey"},
    "messages.page_of_oldest": {"messages_in_order", "archived_messages_pkey", "sessions_pkey"},
    "messages.count": {"messages_in_order", "archived_messages_pkey", "sessions_pkey"},
    "messages.change": {"messages_pkey", "archived_messages_id_unique", "sessions_pkey", "agents_pkey"},
    "messages.delete": {"messages_pkey", "archived_messages_id_unique", "sessions_pkey", "messages_in_order"},
    "messages.restore": {"messages_pkey", "archived_messages_id_unique", "sessions_pkey", "messages_in_order", "agents_pkey"},
    "messages.embed": {"messages_pkey", "sessions_pkey", "agents_pkey"},
    "messages.unembedded": {"messages_in_order", "sessions_pkey", "message_embeddings_1_pkey"},
    "messages.window_parts": {
        "sessions_pkey",
        "session_summaries_of_session",
        "messages_of_instructions",
        "messages_in_order",
    },
    "summaries.add": {"sessions_pkey", "agents_pkey"},
    "summaries.get": {"session_summaries_pkey", "sessions_pkey"},
    "summaries.latest": {"session_summaries_of_session", "sessions_pkey"},
    "summaries.page": {"session_summaries_of_session", "sessions_pkey"},
    "summaries.count": {"session_summaries_of_session", "sessions_pkey"},
    "summaries.due": {"session_summaries_of_session", "sessions_pkey", "messages_in_order"},
    "memories.page_of_agent": {"memories_of_agent"},
    "memories.page_of_user": {"memories_of_user"},
    "memories.page_of_session": {"memories_of_session"},
    "memories.page_of_tenant": {"memories_pkey"},
    "memories.page_of_tag": {"memories_pkey", "memory_tags_by_tag"},
    "memories.insert": {"agents_pkey", "memories_content_unique", "memories_pkey"},
    "memories.insert_many": {"agents_pkey", "memories_content_unique", "memories_pkey"},
    "memories.insert_or_merge": {"agents_pkey", "memories_content_unique"},
    "observations.insert": {"agents_pkey"},
    "observations.get": {"session_observations_pkey"},
    "observations.page_of_active": {"session_observations_active"},
    "observations.page_of_agent": {"session_observations_of_agent"},
    "observations.page_of_session": {"session_observations_of_session"},
    "observations.update": {"session_observations_pkey", "agents_pkey"},
    "observations.merge": {"session_observations_pkey", "agents_pkey"},
    "observations.dismiss": {"session_observations_pkey", "agents_pkey"},
    "observations.delete": {"session_observations_pkey"},
    "observations.restore": {"session_observations_pkey", "agents_pkey"},
    "observations.unembedded": {"session_observations_unembedded"},
    "observations.embed": {"session_observations_pkey", "agents_pkey"},
    "events.insert": {"events_pkey", "agents_pkey"},
    "events.get": {"events_pkey"},
    "events.page_of_agent": {"events_of_agent"},
    "events.page_of_session": {"events_of_session"},
    "events.page_of_user": {"events_of_user"},
    "events.unembedded": {"events_unembedded"},
    "events.embed": {"events_pkey", "agents_pkey"},
    "entities.insert_or_see": {"agents_pkey", "entities_pkey"},
    "entities.get": {"entities_pkey"},
    "entities.get_many": {"entities_pkey"},
    "entities.get_by_key": set(),
    "entities.page_by_sight": {"entities_of_agent"},
    "entities.page_by_importance": {"entities_by_importance"},
    "entities.update": {"entities_pkey", "agents_pkey"},
    "entities.delete": {"entities_pkey", "entities_merged_into"},
    "entities.restore": {"entities_pkey", "entities_merged_into", "agents_pkey"},
    "entities.add_alias": {"entities_pkey", "agents_pkey"},
    "entities.remove_alias": {"entities_pkey", "entity_aliases_of_entity"},
    "entities.aliases": {"entities_pkey", "entity_aliases_of_entity"},
    "entities.resolve_names": {"entities_pkey"},
    "entities.unembedded": {"entities_unembedded"},
    # What merges and undoes reads by indexes: test_merging.py.
    "entities.merge": set(),
    "entities.undo_merge": set(),
    "entities.merges_of_agent": {"entity_merges_of_agent"},
    "entities.merges_of_entity": {"entity_merges_of_merged", "entity_merges_of_target"},
    "edges.upsert": {"agents_pkey", "facts_pkey"},
    "edges.get": {"edges_pkey"},
    "edges.page_of_agent": set(),
    "edges.page_of_entity": {"edges_from", "edges_to"},
    "edges.weaken": {"edges_pkey", "agents_pkey"},
    "edges.invalidate": {"edges_pkey", "agents_pkey"},
    "edges.invalidate_of": {"edges_pkey", "agents_pkey"},
    "edges.record_use": {"edges_pkey", "agents_pkey"},
    "edges.neighbours": {"entities_pkey", "edges_pkey"},
    "edges.facts_around": {"entities_pkey", "facts_pkey"},
    "edges.paths": {"entities_pkey"},
    "edges.spread": {"entities_pkey", "facts_pkey", "fact_entities_pkey"},
    "entities.embed": {"entities_pkey", "agents_pkey"},
    "attributes.propose": set(),
    "attributes.register": set(),
    "attributes.get": {"attributes_pkey"},
    "attributes.page": {"attributes_pkey"},
    "attributes.update": {"attributes_pkey"},
    "facts.insert": {"agents_pkey"},
    "facts.get": {"facts_pkey"},
    "facts.page_of_active": {"facts_active"},
    "facts.page_by_learning": {"facts_active"},
    "facts.page_of_agent": {"facts_of_agent"},
    "facts.page_of_attribute": {"facts_of_attribute"},
    "facts.page_of_entity": {"fact_entities_of_entity"},
    "facts.current": set(),
    "facts.history": {"facts_pkey", "facts_superseded_by"},
    "facts.entities": {"facts_pkey", "fact_entities_pkey"},
    "facts.confirm": {"facts_pkey", "agents_pkey", "attributes_pkey"},
    "facts.update": {"facts_pkey", "agents_pkey"},
    "facts.record_use": {"facts_pkey"},
    "facts.unembedded": {"facts_unembedded"},
    "facts.embed": {"facts_pkey", "agents_pkey"},
    "facts.correct": {"facts_pkey", "agents_pkey", "attributes_pkey", "entities_pkey", "edges_of_fact", "fact_entities_pkey"},
    "facts.invalidate": {"facts_pkey", "agents_pkey", "edges_of_fact"},
    "facts.delete": {"facts_pkey", "edges_of_fact"},
    "facts.restore": {"facts_pkey", "agents_pkey", "edges_of_fact", "entities_pkey"},
    "profiles.get": {"profiles_pkey"},
    "profiles.page": {"profiles_pkey"},
    "profiles.replace": set(),
    "profiles.merge": set(),
    "profiles.versions": {"profile_versions_pkey"},
    "profiles.version": {"profile_versions_pkey"},
    "profiles.revert": {"profiles_pkey", "profile_versions_pkey"},
    "profiles.delete": {"profiles_pkey"},
    "profiles.restore": {"profiles_pkey"},
    "triples.write": set(),
    "triples.get": {"triples_pkey"},
    "triples.page_of_owner": {"triples_of_owner"},
    "triples.page_of_oldest": {"triples_of_owner"},
    "triples.page_of_subject": {"triples_of_subject"},
    "triples.page_of_predicate": {"triples_of_predicate"},
    "triples.page_of_object": {"triples_of_object"},
    "triples.unembedded": {"triples_unembedded"},
    "triples.embed": {"triples_pkey"},
    "triples.restore": {"triples_pkey"},
    "triples.delete": {"triples_pkey"},
    "clusters.create": {"agents_pkey", "clusters_pkey", "cluster_facts_of_cluster"},
    "clusters.get": {"clusters_pkey", "cluster_facts_of_cluster"},
    "clusters.page_of_active": {"clusters_active", "cluster_facts_of_cluster"},
    "clusters.page_of_agent": {"clusters_of_agent", "cluster_facts_of_cluster"},
    "clusters.facts": {"cluster_facts_of_cluster", "facts_pkey"},
    "clusters.to_refresh": {"clusters_by_refreshing", "cluster_facts_of_cluster"},
    "clusters.nearest": {
        "clusters_active",
        "clusters_pkey",
        _CENTROIDS,
        "cluster_facts_of_cluster",
    },
    "clusters.nearest_of_fact": {
        "facts_pkey",
        "fact_embeddings_1_pkey",
        "clusters_active",
        "clusters_pkey",
        _CENTROIDS,
        "cluster_facts_of_cluster",
    },
    "clusters.unclustered": {
        "facts_active",
        _EMBEDDINGS_OF_FACTS,
        "clusters_active",
        _CENTROIDS,
        "cluster_facts_pkey",
        "clusters_pkey",
    },
    "clusters.candidates": {
        "facts_active",
        _EMBEDDINGS_OF_FACTS,
        "cluster_facts_pkey",
        "cluster_facts_of_cluster",
        "clusters_pkey",
    },
    "clusters.update": {"clusters_pkey", "agents_pkey", "cluster_facts_of_cluster"},
    "clusters.put": {"clusters_pkey", "agents_pkey"},
    "clusters.remove_facts": {"agents_pkey", "cluster_facts_pkey"},
    "clusters.refresh": {
        "clusters_pkey",
        "agents_pkey",
        "cluster_facts_of_cluster",
        "cluster_facts_pkey",
        "facts_pkey",
        "fact_embeddings_1_pkey",
    },
    "clusters.split": {"clusters_pkey", "agents_pkey"},
    "clusters.merge": {"clusters_pkey", "agents_pkey", "cluster_facts_of_cluster"},
    "clusters.retire": {"clusters_pkey", "agents_pkey", "cluster_facts_of_cluster"},
    "clusters.delete": {"clusters_pkey"},
    "clusters.restore": {"clusters_pkey", "agents_pkey", "cluster_facts_of_cluster"},
    "insights.insert": {"agents_pkey"},
    "insights.get": {"insights_pkey", "insight_facts_pkey", "insight_events_pkey"},
    "insights.page_of_active": {"insights_active"},
    "insights.page_of_agent": {"insights_of_agent"},
    "insights.page_of_user": {"insights_of_user"},
    "insights.supporting": {"insight_facts_pkey", "facts_pkey", "insight_events_pkey", "events_pkey"},
    "insights.page_of_fact": {"insight_facts_of_fact", "insights_pkey"},
    "insights.page_of_event": {"insight_events_of_event", "insights_pkey"},
    "insights.unsupported": {"insights_active", "insight_facts_pkey", "facts_pkey"},
    "insights.unembedded": {"insights_unembedded"},
    "insights.embed": {"insights_pkey", "agents_pkey"},
    "insights.update": {"insights_pkey", "agents_pkey"},
    "insights.reinforce_with": {"insights_pkey", "agents_pkey"},
    "insights.retire": {"insights_pkey", "agents_pkey"},
    "insights.delete": {"insights_pkey"},
    "insights.restore": {"insights_pkey", "agents_pkey"},
    "intentions.add": {"agents_pkey", "intentions_pkey"},
    "intentions.get": {"intentions_pkey"},
    "intentions.page_of_open": {"intentions_open"},
    "intentions.page_of_agent": {"intentions_of_agent"},
    "intentions.page_of_user": {"intentions_of_user"},
    "intentions.due_of_agent": {"intentions_due_of_agent"},
    "intentions.due_of_tenant": {"intentions_due"},
    "intentions.unembedded": {"intentions_unembedded"},
    "intentions.embed": {"intentions_pkey", "agents_pkey"},
    "intentions.update": {"intentions_pkey", "agents_pkey"},
    "intentions.trigger": {"intentions_pkey", "agents_pkey"},
    "intentions.fulfil": {"intentions_pkey", "agents_pkey"},
    "intentions.cancel": {"intentions_pkey", "agents_pkey"},
    "intentions.reopen": {"intentions_pkey", "agents_pkey"},
    "intentions.claim_due": {"intentions_claimable", "intentions_pkey", "agents_pkey"},
    "intentions.expire_overdue": {"intentions_pkey", "agents_pkey"},
    "intentions.delete": {"intentions_pkey"},
    "intentions.restore": {"intentions_pkey", "agents_pkey"},
    "roles.get": {"roles_pkey", "role_abilities_pkey"},
    "roles.get_by_name": {"roles_name_unique", "role_abilities_pkey"},
    "roles.update": {"roles_pkey", "role_abilities_pkey"},
    "roles.delete": {"roles_pkey"},
    "roles.restore": {"roles_pkey", "role_abilities_pkey"},
    "roles.grant_ability": {"roles_pkey", "role_abilities_pkey"},
    "roles.revoke_ability": {"roles_pkey", "role_abilities_pkey"},
    "prompts.publish": {"roles_pkey"},
    "prompts.activate": {"roles_pkey", "prompts_pkey", "prompt_versions_pkey"},
    "prompts.deactivate": {"prompts_pkey"},
    "prompts.active": {"roles_pkey", "prompts_pkey", "prompt_versions_pkey"},
    "prompts.versions": {"prompts_pkey", "prompt_versions_pkey"},
}
# The same of what retention makes of the catalog.
REMOVING: Mapping[tuple[str, str | None], set[str]] = {
    ("ended", "memories"): {"memories_ended"},
    ("ended", "sessions"): {"sessions_deleted"},
    ("ended", "session_observations"): {"session_observations_deleted"},
    ("ended", "facts"): {"facts_deleted"},
    ("ended", "entities"): {"entities_deleted", "entities_merged_into", "facts_of_entity"},
    ("ended", "clusters"): {"clusters_deleted"},
    ("ended", "insights"): {"insights_deleted"},
    ("ended", "intentions"): {"intentions_deleted"},
    ("ended", "triples"): {"triples_deleted"},
    ("ended", "profiles"): {"profiles_deleted"},
    ("of_user", "memories"): {"memories_of_user"},
    ("of_user", "sessions"): {"sessions_of_user"},
    ("of_user", "session_observations"): {"session_observations_of_user", "session_observations_of_session", "sessions_of_user"},
    ("of_user", "facts"): {
        "facts_of_user",
        "facts_of_session",
        "facts_of_event",
        "sessions_of_user",
        "events_of_user",
        "events_of_session",
    },
    ("of_user", "events"): {"events_of_user", "events_of_session", "sessions_of_user"},
    ("of_user", "insights"): {"insights_of_user"},
    ("of_user", "intentions"): {"intentions_of_user", "intentions_of_session", "sessions_of_user"},
    ("of_user", "triples"): {"triples_unique"},
    ("of_user", "messages"): {"messages_in_order", "sessions_of_user"},
    ("of_tenant", "memories"): {"memories_pkey"},
    ("of_tenant", "entities"): {"entities_pkey", "entities_merged_into"},
    ("of_tenant", "audit_log"): {"audit_log_pkey"},
    ("hold_on_user", None): {"memories_of_user", "events_of_user", "insights_of_user", "intentions_of_user", "facts_of_user"},
    ("held", "memories"): {"memories_pkey"},
    ("held", "facts"): {"facts_pkey", "events_pkey", "sessions_pkey"},
    ("held", "messages"): {"messages_pkey", "sessions_pkey"},
    ("in sessions", "messages"): {"messages_in_order"},
    ("in sessions", "archived_messages"): {"archived_messages_pkey"},
    ("lock", "memories"): {"memories_pkey", "memories_superseded_by", "memories_merged_into"},
    ("remove", "memories"): {
        "memories_pkey",
        "memories_superseded_by",
        "memories_merged_into",
        "memory_versions_pkey",
        "memory_tags_pkey",
        "memory_embeddings_1_pkey",
        "memory_usage_pkey",
        "memory_votes_pkey",
        "memory_relations_pkey",
        "memory_relations_to",
        "memory_escalations_of_memory",
        "memory_escalations_of_candidate",
    },
    ("remove", "messages"): {"messages_pkey", "message_embeddings_1_pkey"},
    ("remove", "sessions"): {"sessions_pkey", "session_observations_of_session", "events_of_session", "facts_of_session"},
    ("remove", "facts"): {"facts_pkey", "facts_superseded_by", "fact_embeddings_1_pkey", "fact_entities_pkey"},
    ("remove", "events"): {"events_pkey", "event_embeddings_1_pkey", "facts_of_event", "insight_events_of_event"},
    ("remove", "users"): {"users_pkey"},
}
# What is counted by a scope that need not be given: read by one of its indexes once it is known. A plan for any values costs more, so that
# PostgreSQL makes one for each.
COUNTS: Mapping[str, set[str]] = {
    "clusters.count": {"clusters_active", "clusters_of_agent"},
    "edges.count": {"edges_from", "edges_to", "edges_unique"},
    "entities.count": {"entities_by_importance", "entities_of_agent", "entities_of_slug", "entities_key_unique"},
    "escalations.count": {"memory_escalations_pending"},
    "events.count": {"events_of_agent"},
    "facts.count": {"facts_active", "facts_of_agent"},
    "insights.count": {"insights_active", "insights_of_agent"},
    "intentions.count": {"intentions_of_agent", "intentions_open", "intentions_due_of_agent"},
    "observations.count": {"session_observations_active", "session_observations_of_agent"},
    "sessions.count": {"sessions_of_agent"},
    "triples.count": {f"triples_of_{part}" for part in ("owner", "subject", "predicate", "object")},
    "transcripts.count": {"transcripts_of_scope", "transcripts_by_update", "transcripts_external_id_unique"},
}
# Where another index is as good.
ALSO_FINE: Mapping[str, set[str]] = {
    **{f"archives.{name}": {"sessions_moving", "sessions_pkey"} for name in ("move_out", "move_in", "finish_return", "remove_left")},
    **{f"threads.{name}": {"agents_pkey"} for name in ("insert", "insert_writes")},
    **{f"transcripts.{name}": {"agents_pkey"} for name in ("extend", "rewrite")},
    "items.write": {"agents_pkey"},
    # Planned for a namespace it has no part for all of them.
    "items.page_of_prefix": {"items_by_update"},
    # By the key, all three.
    "entities.get_by_key": {"entities_key_unique", "entities_of_slug"},
    "edges.page_of_agent": {"edges_of_agent", "edges_pkey"},
    "edges.invalidate_of": {"edges_unique", "edges_from", "edges_to"},
    "edges.neighbours": {"edges_unique", "edges_from", "edges_to"},
    "edges.facts_around": {"edges_unique", "edges_from", "edges_to", "fact_entities_of_entity"},
    "edges.paths": {"edges_unique", "edges_from", "edges_to"},
    "edges.spread": {"edges_unique", "edges_from", "edges_to", "fact_entities_of_entity"},
    "facts.page_of_entity": {"facts_pkey", "facts_active", "facts_of_agent"},
    "facts.page_by_learning": {"fact_entities_pkey", "fact_entities_of_entity"},
    "facts.current": {"facts_same_unique", "facts_of_entity"},
    "clusters.create": {"facts_pkey", "facts_of_agent"},
    "clusters.put": {"facts_pkey", "facts_of_agent"},
    "clusters.remove_facts": {"clusters_pkey", "clusters_of_agent", "cluster_facts_of_cluster"},
    "clusters.merge": {"clusters_of_agent"},
    "insights.insert": {"insights_pkey", "insights_of_agent"},
    "insights.page_of_event": {"insight_facts_of_fact"},
    "intentions.expire_overdue": {"intentions_due", "intentions_due_of_agent"},
    "retention.still_idle": {"sessions_pkey", "sessions_by_activity"},
    "observations.insert": {"session_observations_pkey", "session_observations_of_agent"},
    "roles.revoke_ability": {"role_abilities_by_ability"},
    **{f"memories.{name}": {"memories_of_agent", "memories_of_session"} for name in ("insert", "insert_many", "keep_many")},
    "memories.insert_or_merge": {"memories_of_session"},
    "summaries.add": {"messages_edited", "messages_in_order"},
    "summaries.get": {"messages_edited", "messages_in_order", "archived_messages_edited", "archived_messages_pkey"},
    "summaries.latest": {"messages_edited", "messages_in_order", "archived_messages_edited", "archived_messages_pkey"},
    "summaries.page": {"messages_edited", "messages_in_order", "archived_messages_edited", "archived_messages_pkey"},
    "summaries.due": {"messages_edited"},
    "messages.window_parts": {"messages_edited"},
    "relations.remove": {"memory_relations_pkey", "memory_relations_to"},
    "escalations.close": {"memory_escalations_pkey", "memory_escalations_pending"},
}
# Whether the tenant takes writes is read by its key.
EVERYWHERE = {"organizations_pkey"}
# A row for each embedding space: one, or two while a model is changed.
ONE_PAGE = {"embedding_spaces"}
# On a table of a few rows anything is good; these must not get worse while it fills, before its first ANALYZE.
ON_A_NEW_TABLE = {"memories.insert", "memories.get", "memories.update", "memories.delete", "memories.embed", "memories.versions"}
COMPARING = ["memories.search_exact", "memories.search_ranked", "memories.words_of_hits"]
SEARCHES = ["memories.nearest_exact", "memories.nearest_of_agent", *COMPARING, "memories.near_duplicates"]
BY_INDEX = {"memories.nearest_indexed", "memories.search_indexed"}
MODES = ("force_custom_plan", "force_generic_plan")


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    # PostgreSQL 16 and 17 keep what can never run below a filter that is false.
    if plan.get("One-Time Filter") == "false":
        return
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


async def _statement(world: World, name: str) -> tuple[str, list[Any], Pool]:
    """The statement of a sample with its arguments, and the pool it would have run on."""
    return await _taken((SAMPLES | ADMIN_SAMPLES)[name](world, world.tenant))


async def _taken(call: Awaitable[Any]) -> tuple[str, list[Any], Pool]:
    """The statement of a call with its arguments, taken down instead of run, and the pool it would have run on."""
    taken: list[tuple[str, list[Any], Pool]] = []

    async def take(self: Pooled, statement: str, arguments: list[Any]) -> list[Any]:
        taken.append((statement, arguments, self._pool))
        return []

    with patch.object(Pooled, "_fetch", take), suppress(LookupError):
        await call
    return taken[0]


async def _plan(world: World, name: str, mode: str) -> Mapping[str, Any]:
    return await _explained(*await _statement(world, name), mode)


async def _explained(
    statement: str, arguments: Sequence[Any], pool: Pool, mode: str, *, by_index: bool = False, executed: bool = False
) -> Mapping[str, Any]:
    connection = await pool.acquire(5)
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
            if by_index:
                # As retention.holding.lock_organization does.
                await connection.execute("SET LOCAL enable_seqscan = off")
            # Prepared, so that the mode decides; EXPLAIN itself would always see the values.
            types = [parameter.oid for parameter in (await connection.prepare(statement)).get_parameters()]
            declared = await connection.fetchval(
                "SELECT string_agg(id::regtype::text, ', ' ORDER BY n) FROM unnest($1::oid[]) WITH ORDINALITY AS t (id, n)", types
            )
            await connection.execute(f"PREPARE planned ({declared}) AS {statement}")
            # What chooses the mode itself, as the statement is given its values.
            arguments = [
                mode == "force_custom_plan" if type == "memdb.planned_for_values" else value
                for type, value in zip(declared.split(", "), arguments, strict=True)
            ]
            values = ", ".join([await connection.fetchval("SELECT quote_nullable($1::text)", _text(value)) for value in arguments])
            explained = await connection.fetchval(
                f"EXPLAIN (ANALYZE {executed}, BUFFERS {executed}, FORMAT JSON) EXECUTE planned ({values})"
            )
            await connection.execute("DEALLOCATE planned")
    finally:
        pool.give(connection)
    plan: Mapping[str, Any] = explained[0]["Plan"]
    return plan


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return "{" + ",".join("NULL" if each is None else json.dumps(_text(each)) for each in value) + "}"
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, SentHalfVector):
        value = HalfVector.from_binary(value)
    elif isinstance(value, bytes):
        return f"\\x{value.hex()}"
    numbers = value.to_list() if isinstance(value, HalfVector) else value.tolist() if hasattr(value, "tolist") else None
    return str(value) if numbers is None else "[" + ",".join(map(str, numbers)) + "]"


@pytest.fixture
async def world(db: Any, home: Home) -> World:
    return await build(db, home.tenant)


# Not of the module: a worker that gives others its tests, and takes some back, would fill another.
@pytest.fixture(scope="session")
def filled(databases: Databases) -> Iterator[tuple[str, World]]:
    """The DSN of a database with much in it, for whoever only looks at plans."""

    async def build_and_fill(dsn: str) -> World:
        async with memdb.connect(dsn, timeout=60.0) as db:
            world = await build(db, (await settle(db, "acme")).tenant)
        fill(dsn, world)
        return world

    with databases.migrated() as dsn, asyncio.Runner() as runner:
        yield dsn, runner.run(build_and_fill(dsn))


@pytest.fixture
async def full_world(filled: tuple[str, World]) -> AsyncIterator[World]:
    dsn, world = filled
    async with memdb.connect(dsn, timeout=60.0) as db:
        tenant, spare, closed = db.tenant(world.tenant.org_id), db.admin(world.spare.org_id), db.admin(world.closed.org_id)
        yield world._replace(db=db, tenant=tenant, spare=spare, closed=closed)


async def test_statements_read_by_their_index_on_new_tables(world: World) -> None:
    await _read_by_their_index(world, [name for name in INDEXES if name in ON_A_NEW_TABLE])


async def test_statements_read_by_their_index(full_world: World) -> None:
    await _read_by_their_index(full_world, list(INDEXES))


async def _read_by_their_index(world: World, names: Sequence[str]) -> None:
    wrong = []
    for name in names:
        expected = INDEXES[name]
        for mode in MODES:
            plan = await _plan(world, name, mode)
            used = {node["Index Name"] for node in _nodes(plan) if "Index Name" in node}
            scanned = {node["Relation Name"] for node in _nodes(plan) if node["Node Type"] == "Seq Scan"} - ONE_PAGE
            allowed = expected | EVERYWHERE | ALSO_FINE.get(name, set())
            if not expected <= used <= allowed or scanned:
                wrong.append((name, mode, used, scanned))
    assert not wrong, "\n".join(map(str, wrong))


async def test_counts_read_by_the_index_of_their_scope(full_world: World) -> None:
    for name, allowed in COUNTS.items():
        nodes = list(_nodes(await _plan(full_world, name, "force_custom_plan")))
        used = {node["Index Name"] for node in nodes if "Index Name" in node}
        assert used, name
        assert used <= allowed, (name, used)
        assert not [node for node in nodes if node["Node Type"] == "Seq Scan"], name


async def test_tags_and_metadata_filter_what_an_index_finds(full_world: World) -> None:
    """What a memory contains is compared behind the row-level policy, which no index may see."""
    within = {"memories_of_agent": {"agent_id": full_world.agent_id}, "memories_of_user": {"user_id": full_world.user_id}}
    within |= {"memories_of_session": {"session_id": full_world.session.id}}
    for index, scope in within.items():
        for given in ({"metadata": {"a": 1}}, {"metadata": {"a": 1}, "tags": ["tagged"]}):
            with patch.dict(SAMPLES, {"asked": lambda world, on, asked=scope | given: memories.page(on, **asked)}):
                plans = [await _plan(full_world, "asked", mode) for mode in MODES]
            for plan in plans:
                used = {node["Index Name"] for node in _nodes(plan) if "Index Name" in node}
                assert used == {index} or used in ({"memory_tags_by_tag", "memories_pkey"}, {"memory_tags_by_tag", index})
                assert not [node for node in _nodes(plan) if node["Node Type"] == "Seq Scan"]


async def test_no_plan_reads_rows_before_the_tenant_is_entered(world: World) -> None:
    """Entering is done when the parameter arrives, so that no plan contains it, and updates need no special form."""
    for name in SAMPLES:
        for mode in MODES:
            plan = json.dumps(await _plan(world, name, mode))
            assert "memdb.enter" not in plan
            assert "memdb.tenant" not in plan


def test_every_hot_statement_has_its_assertion() -> None:
    aggregates = {"sessions.sweep_idle", "memories.count", "memories.delete_matching", "memories.unembedded", "memories.measure_scope"}
    aggregates |= {"memories.counters", "triples.clear"} | set(COUNTS)
    writes = {"users.create", "agents.create", "tokens.insert", "audit.record", "roles.create"}
    small = {
        "organizations.get",
        "retention.holds",
        "organizations.quotas",
        *(f"{area}.{name}" for area in ("agents", "users", "roles", "tokens") for name in ("page", "count")),
        *(f"{area}.count" for area in ("attributes", "audit", "profiles", "threads")),
        "spending.of_month",
    }
    upkeep = {"entities.to_summarise", "entities.to_profile", "entities.importance_inputs"}
    upkeep |= {name for name in SAMPLES if name.startswith("upkeep.")}
    catalog = {"memories.measure_indexes"}
    comparing = {"spaces.sample", "spaces.nearest_of"}
    searches = set(SEARCHES) | BY_INDEX | {"messages.search_exact", "messages.search_ranked", "facts.retrieve_exact"}
    searches |= {f"{area}.search_exact" for area in ("observations", "events", "entities", "insights", "intentions", "triples")}
    assert set(INDEXES) | aggregates | upkeep | searches | catalog | comparing | writes | small == set(SAMPLES) | set(INDEXES)
    assert set(INDEXES) | set(SAMPLES) <= set(QUERIES)


def test_every_removal_and_move_of_rows_has_its_assertion() -> None:
    one_row = {"lock_organization", "close_organization", "place_hold", "release_hold", "give_back"}
    receipts = {"erasures", "begin_erasure", "add_to_erasure", "finish_erasure"}
    holds = {"hold_on_organization", "hold_on_anything"}
    # All agents, their events by an index.
    whole = {"old_events"}
    catalog = {"of_tenant", "of_user", "ending", "contents", "removing"}
    rare = {f"retention.{name}" for name in one_row | receipts | holds | whole | catalog}
    assert {name for name in ADMIN_SAMPLES if name.startswith(("archives.", "retention."))} - set(INDEXES) == rare


async def test_whatever_removes_rows_finds_them_by_an_index(full_world: World) -> None:
    """Of each table, for whatever reason they go."""
    admin = full_world.of_tenant
    plan = await removals(admin, [*await of_user(admin), *await of_tenant(admin)])
    keys = {table: await plan.choose(admin, "of_tenant", table, 3) for table in plan.tables_for("of_tenant")}
    before, org_id, user_id = datetime.now(UTC), admin.org_id, full_world.user_id
    given: dict[str, Sequence[Any]] = {"ended": [before, 1000], "of_user": [user_id, 1000], "of_tenant": [1000], "hold_on_user": [user_id]}
    wrong = []
    asked = [(*key, text, given.get(key[0])) for key, text in plan.texts.items() if not key[0].startswith("count")]
    asked += [(f"in {each.table_name}", each.child, each.text, [keys.get(each.table_name, []), 1000]) for each in await contents(admin)]
    for purpose, table, text, arguments in asked:
        if arguments is None:
            arguments = [keys.get(table, []), before] if purpose == "lock" else [keys.get(table, [])]
        for mode in MODES:
            nodes = list(_nodes(await _explained(text, [org_id, *arguments], admin._pool, mode, by_index=True)))
            used = {node["Index Name"] for node in nodes if "Index Name" in node}
            scanned = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
            if scanned or not REMOVING.get((purpose, table), set()) <= used:
                wrong.append((purpose, table, mode, used, scanned))
    assert not wrong, "\n".join(map(str, wrong))


async def test_a_search_reads_its_agents_memories_only(full_world: World) -> None:
    """The world's agent owns 40 % of the table; another of its agents has nothing, and must not pay for that."""
    other = await agents.get_by_slug(full_world.tenant, slug="bulk7")
    assert other is not None
    for name, mode in product(SEARCHES, MODES):
        plan = await _plan(full_world._replace(agent_id=other.id), name, mode)
        used = {node.get("Index Name") for node in _nodes(plan) if node.get("Relation Name") == "memories"} | {
            node["Index Name"] for node in _nodes(plan) if "Index Name" in node
        }
        assert used & {"memories_of_agent", "memories_hot"}, (name, mode)
        assert not [node for node in _nodes(plan) if node["Node Type"] == "Seq Scan"], (name, mode)


@pytest.mark.parametrize("mode", MODES)
async def test_the_nearest_of_an_agent_are_looked_up_until_there_are_enough(full_world: World, mode: str) -> None:
    """The world's agent owns 40 % of the table."""
    plan = await _explained(*await _statement(full_world, "memories.nearest_of_agent"), mode, executed=True)
    (looked_up,) = [node for node in _nodes(plan) if node.get("Relation Name") == "memories"]
    assert looked_up["Actual Loops"] < 50
    other = await agents.get_by_slug(full_world.tenant, slug="bulk7")
    assert other is not None
    plan = await _explained(*await _statement(full_world._replace(agent_id=other.id), "memories.nearest_of_agent"), mode)
    assert "memory_embeddings_1_org_id_agent_id_memory_id_idx" in {node.get("Index Name") for node in _nodes(plan)}


async def test_a_search_compares_no_memory_with_every_other(full_world: World) -> None:
    """Its own result joined with the scope in a nested loop takes the square of the scope's size."""
    for name, mode in product(COMPARING, MODES):
        for node in _nodes(await _plan(full_world, name, mode)):
            if node["Node Type"] == "Nested Loop":
                outer, inner = [{each.get("CTE Name") for each in _nodes(child)} for child in node["Plans"][:2]]
                assert not ("scope" in outer and inner & {"bm25", "judged", "lent", "occurrences", "owned"}), mode
                assert not ("scope" in inner and outer & {"bm25", "judged", "lent", "occurrences", "owned"}), mode


async def test_a_search_reads_its_agents_or_its_sessions_only(full_world: World) -> None:
    other = await agents.get_by_slug(full_world.tenant, slug="bulk7")
    assert other is not None
    searches = {
        "observations.search_exact": {"session_observations_active"},
        "events.search_exact": {"events_of_agent"},
        "entities.search_exact": {"entities_of_agent", "entities_by_importance", "entities_of_slug", "entities_key_unique"},
        "messages.search_exact": {"messages_in_order"},
        "messages.search_ranked": {"messages_in_order"},
    }
    for (name, indexes), mode in product(searches.items(), MODES):
        if name == "events.search_exact" and mode == "force_generic_plan":
            continue  # It is always planned for its values.
        plan = await _plan(full_world._replace(agent_id=other.id), name, mode)
        assert {node["Index Name"] for node in _nodes(plan) if "Index Name" in node} & indexes, (name, mode)
        assert not [node for node in _nodes(plan) if node["Node Type"] == "Seq Scan"], (name, mode)
        for node in _nodes(plan):
            if node["Node Type"] == "Nested Loop":
                outer, inner = [{each.get("CTE Name") for each in _nodes(child)} for child in node["Plans"][:2]]
                assert not ("scope" in outer and inner & {"bm25", "compared", "judged", "lent", "occurrences"}), (name, mode)
                assert not ("scope" in inner and outer & {"bm25", "compared", "judged", "lent", "occurrences"}), (name, mode)


async def test_what_is_around_a_message_is_read_by_its_place(full_world: World) -> None:
    """Also where sessions are not named; and what words are common is told by few."""
    anywhere = {"session_id": None, "user_id": None}
    for name, agent_id, mode in product(("search_exact", "search_ranked"), (full_world.agent_id, None), MODES):
        statement, arguments, pool = await _statement(full_world, f"messages.{name}")
        names = QUERIES[f"messages.{name}"].parameters
        arguments = [(anywhere | {"agent_id": agent_id}).get(parameter, given) for parameter, given in zip(names, arguments, strict=True)]
        plan = await _explained(statement, arguments, pool, mode)
        reads = [node for node in _nodes(plan) if node.get("Index Name") == "messages_in_order"]
        assert [node for node in reads if '"position" <= ' in node["Index Cond"] and '"position" >= ' in node["Index Cond"]], (name, mode)
        sampled = [node for node in reads if "position" not in node["Index Cond"] and "ANY" not in node["Index Cond"]]
        assert len(sampled) == 2, (name, mode)
        assert not [node for node in _nodes(plan) if node["Node Type"] == "Seq Scan" and node["Relation Name"] == "messages"], (name, mode)


async def test_what_is_around_an_observation_is_read_by_its_session(full_world: World) -> None:
    for mode in MODES:
        nodes = list(_nodes(await _plan(full_world, "observations.search_exact", mode)))
        around = [node["Index Cond"] for node in nodes if node.get("Index Name") == "session_observations_of_session"]
        assert len([cond for cond in around if "(id <= " in cond or "(id > " in cond]) == 2, mode
        # Of the sample each half in the order of the index.
        assert [node for node in nodes if node.get("Scan Direction") == "Backward" and "agent_id" in node["Index Cond"]], mode


async def test_a_retrieval_reads_its_agents_facts_once(full_world: World) -> None:
    """No look at them for each of what another part of it found; nor for an agent that knows nothing, at others' facts or names."""
    other = await agents.get_by_slug(full_world.tenant, slug="bulk7")
    assert other is not None
    found = {"scope", "compared", "occurrences", "bm25", "linked", "running", "supported", "supporting"}
    for agent_id, mode in product([full_world.agent_id, other.id], MODES):
        plan = await _plan(full_world._replace(agent_id=agent_id), "facts.retrieve_exact", mode)
        for node in _nodes(plan):
            if node["Node Type"] == "Nested Loop":
                outer, inner = [
                    {each.get("CTE Name") or each.get("Relation Name") for each in _nodes(child)} for child in node["Plans"][:2]
                ]
                # Only the best, at the end, are read by their keys one by one.
                assert not (outer & found and inner & found), (node, mode)
                assert not ("scope" in outer and "facts" in inner), mode
                assert "fact_embeddings_1" not in outer | inner, mode
                assert "fact_entities" not in outer | inner, mode
        if agent_id == other.id:
            assert not [node for node in _nodes(plan) if node["Node Type"] == "Seq Scan"], mode
            for index in ("facts_of_agent", "entity_aliases_pkey"):
                read = [node["Index Cond"] for node in _nodes(plan) if node.get("Index Name") == index]
                assert [cond for cond in read if "agent_id" in cond], (index, mode)


async def test_a_part_of_a_session_is_read_from_its_place_on(full_world: World) -> None:
    """A place that the index is not given is looked for from the session's beginning or end."""
    names = ("messages.page_of_newest", "messages.page_of_oldest", "messages.unembedded", "messages.window_parts", "summaries.due")
    for name, mode in product(names, MODES):
        reads = [node for node in _nodes(await _plan(full_world, name, mode)) if node.get("Index Name") == "messages_in_order"]
        assert any("position" in node["Index Cond"] for node in reads), (name, mode)
        assert not [node for node in reads if "position" in node.get("Filter", "")], (name, mode)


async def test_whether_a_summary_is_stale_is_told_by_the_edits_after_it(full_world: World) -> None:
    for name, mode in product(("summaries.get", "summaries.latest", "summaries.page", "summaries.due", "messages.window_parts"), MODES):
        reads = [node for node in _nodes(await _plan(full_world, name, mode)) if node.get("Index Name") == "messages_edited"]
        assert [node for node in reads if "edit > " in node["Index Cond"]], (name, mode)


async def test_a_search_of_triples_reads_its_owners_only(full_world: World) -> None:
    for user_id, mode in product([full_world.user_id, full_world.quitter_id], MODES):
        plan = await _plan(full_world._replace(user_id=user_id), "triples.search_exact", mode)
        assert [node for node in _nodes(plan) if "owner_id = ANY" in node.get("Index Cond", "")], mode
        assert not [node for node in _nodes(plan) if node["Node Type"] == "Seq Scan"], mode
        for node in _nodes(plan):
            if node["Node Type"] == "Nested Loop":
                outer, inner = [{each.get("CTE Name") for each in _nodes(child)} for child in node["Plans"][:2]]
                assert not ("scope" in outer and inner & {"bm25", "compared"}), mode
                assert not ("scope" in inner and outer & {"bm25", "compared"}), mode


async def test_a_batch_of_triples_is_not_joined_with_itself(full_world: World) -> None:
    """Each looked for among the others takes the square of the batch."""
    for mode in MODES:
        for node in _nodes(await _plan(full_world, "triples.write", mode)):
            if node["Node Type"] in {"Nested Loop", "Hash Join", "Merge Join"}:
                outer, inner = [{each.get("CTE Name") for each in _nodes(child)} - {None} for child in node["Plans"][:2]]
                assert not (outer and inner), mode


@asynccontextmanager
async def _told(dsn: str, world: World, mode: str) -> AsyncIterator[tuple[memdb.Tenant, list[str]]]:
    """A tenant, and the plans of all that its calls run: what runs within functions EXPLAIN does not show, so the server tells it."""
    settings = {
        "session_preload_libraries": "auto_explain",
        "auto_explain.log_nested_statements": "on",
        "auto_explain.log_min_duration": "0",
    }
    for name, value in settings.items():
        execute(dsn, f"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {name} = {value}', current_database()); END $$")
    telling_all = connection_parameters(dsn).with_settings({"client_min_messages": "log", "plan_cache_mode": mode})
    async with memdb.connect(telling_all.url(), pool_size=1, timeout=60.0) as telling:
        told: list[str] = []
        on = telling.tenant(world.tenant.org_id)
        connection = await on._pool.acquire(5)
        connection.add_log_listener(lambda _, message: told.append(message.message))
        on._pool.give(connection)
        yield on, told


def _used(told: list[str]) -> set[str]:
    """The indexes of the plans that were told. No table is read whole in them."""
    plans = "\n".join(told)
    assert not re.findall(r"Seq Scan on (?!unnest|pg_)\w+", plans)
    return {using or on for using, on in re.findall(r"Index (?:Only )?Scan using (\w+)|Bitmap Index Scan on (\w+)", plans)}


async def test_what_an_assertion_does_reads_by_an_index(databases: Databases, filled: tuple[str, World]) -> None:
    origin, world = filled
    with databases.copied(origin) as dsn:
        for mode in MODES:
            async with _told(dsn, world, mode) as (on, told):
                for policy in ("supersede", "reject", "keep_both"):
                    await attributes.update(on, key=world.attribute, conflict_policy=policy)  # type: ignore[arg-type]
                    for value in ("a", "b", "b"):
                        given = {"content": value, "attribute": world.attribute, "value": value}
                        await facts.assert_(on, agent_id=world.agent_id, entity_id=world.entity.id, entities=[world.entity.id], **given)
                        await facts.assert_(on, agent_id=world.agent_id, entity_id=world.entity.id, content=value)
            assert "LockRows" in "\n".join(told)
            assert {each for each in _used(told) if each.startswith("facts_")} <= {
                "facts_pkey",
                "facts_same_unique",
                "facts_of_entity",
                "facts_past",
                "facts_superseded_by",
            }, mode


async def test_what_puts_and_refreshes_items_reads_by_an_index(databases: Databases, filled: tuple[str, World]) -> None:
    origin, world = filled
    with databases.copied(origin) as dsn:
        for mode in MODES:
            async with _told(dsn, world, mode) as (on, told):
                part = NewPart(content="live", embedding=vector(1))
                for _ in range(2):
                    given = [NewItem(namespace=world.item.namespace, key=str(n), value=n, parts=[part]) for n in range(20)]
                    await items.put_many(on, items=given, delete=[world.lost_item])
                await items.page(on, prefix=world.item.namespace, refresh=True)
                await items.delete_many(on, keys=[ItemKey(world.item.namespace, str(n)) for n in range(20)])
            expected = {"items_pkey", "items_key_unique", "items_of_namespace", "item_parts_of_item", "item_part_embeddings_1_pkey"}
            assert {each for each in _used(told) if each.startswith("item")} <= expected | {"item_parts_pkey"}, mode


async def test_a_page_of_items_is_read_in_its_order(full_world: World) -> None:
    """As many as it shows, however many there are in its namespace, or in all."""
    read = {("users", "user 7"): "items_of_namespace", (): "items_by_update"}
    for (prefix, index), mode in product(read.items(), MODES):
        world = full_world._replace(item=ItemKey(prefix, ""))
        plan = await _explained(*await _statement(world, "items.page_of_prefix"), mode, executed=True)
        scans = [node for node in _nodes(plan) if "Index Name" in node and node["Actual Loops"] and "Index Only" not in node["Node Type"]]
        assert [node["Index Name"] for node in scans] == [index], mode
        # Of those that were put at once, too.
        sorts = [node["Node Type"] for node in _nodes(plan) if node["Actual Rows"]]
        assert not prefix or "Incremental Sort" not in sorts, mode


async def test_a_page_of_a_namespace_is_read_by_its_index_while_items_are_added(dsn: str, tenant: Tenant) -> None:
    """With statistics of when there were few, as they are until the next ANALYZE."""
    namespaces = """
        INSERT INTO memdb.items (org_id, namespace, key, value)
        SELECT o.id, ARRAY['users', '{kind} ' || n % 32], '{kind} ' || n, '{{"kind": "note"}}'
        FROM memdb.organizations AS o, generate_series(1, {count}) AS n
    """
    execute(dsn, namespaces.format(kind="user", count=640), "ANALYZE memdb.items", namespaces.format(kind="other", count=10_000))
    for mode in MODES:
        call = items.page(tenant, prefix=("users", "user 7"), filter={"kind": "note"}, limit=10)
        plan = await _explained(*await _taken(call), mode, executed=True)
        read = [node for node in _nodes(plan) if node["Actual Rows"] and "Index Name" in node]
        assert {node["Index Name"] for node in read} == {"items_key_unique", "items_of_namespace"}, mode


async def test_the_newest_of_a_long_thread_is_read_as_that_of_a_short_one(full_world: World, filled: tuple[str, World]) -> None:
    """By the pages that are read, on a thread of 5,000 checkpoints and one of 10."""
    dsn, world = filled
    (short,) = fetch(
        dsn,
        f"""
        SELECT t.external_id FROM memdb.threads AS t
        WHERE t.org_id = '{world.tenant.org_id}' AND t.deleted_at IS NULL AND t.external_id LIKE 'thread %' LIMIT 1
        """,
    )
    for (name, rows), mode in product({"threads.latest": 1, "threads.page_of_namespace": 10}.items(), MODES):
        pages = []
        for thread_id in (world.thread_id, str(short[0])):
            plan = await _explained(*await _statement(full_world._replace(thread_id=thread_id), name), mode, executed=True)
            assert plan["Actual Rows"] == rows
            pages.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
        # An index that is higher by a level takes a page more for each row that is looked up.
        assert pages[0] <= pages[1] + 8 * rows, (name, mode, pages)


async def test_the_newest_of_a_long_transcript_are_read_as_those_of_a_short_one(full_world: World, filled: tuple[str, World]) -> None:
    """By the pages that are read, on a transcript of 5,000 entries and one of 10, which both branch at each fourth."""
    dsn, world = filled
    ((id, head_id),) = fetch(
        dsn,
        f"""
        SELECT t.external_id, t.head_id FROM memdb.transcripts AS t
        WHERE t.org_id = '{world.tenant.org_id}' AND t.external_id LIKE 'transcript %' LIMIT 1
        """,
    )
    long = replace(world.transcript, head_id=f"{world.transcript.key} 5000")
    short = replace(world.transcript, id=str(id), head_id=str(head_id))
    for name, mode in product(("transcripts.latest", "transcripts.lineage"), MODES):
        pages = []
        for each in (long, short):
            statement = await _statement(full_world._replace(transcript=each, lost_transcript=each), name)
            plan = await _explained(*statement, mode, executed=True)
            assert plan["Actual Rows"] == (10 if each is long else 8)
            pages.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
        assert pages[0] <= pages[1] + 80, (name, mode, pages)


async def test_a_transcript_among_few_is_read_by_itself(databases: Databases) -> None:
    """Where the planner, which knows nothing of the runs of a transcript, might find it cheaper to read all that there are."""
    with databases.migrated() as dsn:
        async with memdb.connect(dsn, timeout=60.0) as db:
            on = (await settle(db, "acme")).tenant
            for id in range(30):
                await transcripts.append(on, id=str(id), items=[NewEntry("said", id=f"{id} {n}") for n in range(100)])
            execute(dsn, "ANALYZE memdb.transcripts, memdb.transcript_entries")
            for asked, mode in product(({"id": "7"}, {"head_id": "7 99"}), MODES):
                statement = await _taken(transcripts.history(on, **asked, limit=10))  # type: ignore[arg-type]
                plan = await _explained(*statement, mode, executed=True)
                assert max(node["Actual Rows"] for node in _nodes(plan)) == 10, (asked, mode)
