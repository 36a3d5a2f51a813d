"""The rules of the busiest tables: every one refuses what breaks it, by its name."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
import pytest

from memdb import memories, messages, sessions
from memdb.agents import Agent
from memdb.constraints import CHECKS
from memdb.engine.database import Tenant

BROKEN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "memories": {
        "category_known": ("category = 'gone'",),
        "confidence_range": ("confidence = 1.5", "confidence = 'NaN'"),
        "content_length": ("content = repeat('a', 8193)",),
        "content_not_empty": ("content = E' \\n'", "content = ''"),
        "embedding_model_length": ("embedding_model = '', embedded = true", "embedding_model = repeat('a', 257), embedded = true"),
        "embedding_model_needs_embedding": ("embedding_model = 'ada', embedded = false",),
        "expiry_after_creation": ("expires_at = created_at",),
        "external_id_length": ("external_id = ''", "external_id = repeat('a', 513)"),
        "labels_fit": ("""labels = '{"preference": 0.5}'""", """labels = '{"factual": 2}'""", "labels = '[1]'", "labels = '1'"),
        "links_fit": (
            "superseded_by = memdb.new_id()",
            "superseded_by = id, status = 'superseded'",
            "merged_into = memdb.new_id()",
            "merged_into = id, status = 'merged'",
        ),
        "metadata_object": ("metadata = '[]'", "metadata = jsonb_build_object('a', repeat('a', 8192))"),
        "source_known": ("source = 'gone'",),
        "status_known": ("status = 'gone'",),
        "tags_count": ("tags = array_fill('a'::text, '{21}')",),
        "validity_order": ("valid_until = valid_from - interval '1 s'",),
    },
    "memory_versions": {
        "changed_by_length": ("changed_by = ''", "changed_by = repeat('a', 201)"),
        "operation_known": ("operation = 'gone'",),
        "reason_length": ("reason = ''", "reason = repeat('a', 2001)"),
    },
    "messages": {
        "calls_of_assistant": ("""tool_calls = '[{"id": "1"}]'""",),
        "content_length": ("content = repeat('a', 10000001)",),
        "content_not_empty": ("content = ' '", """content = '', parts = '[{"text": "a"}]'"""),
        "metadata_object": ("metadata = '[]'", "metadata = jsonb_build_object('a', repeat('a', 8192))"),
        "model_length": ("model = ''", "model = repeat('a', 257)"),
        "name_length": ("name = ''", "name = repeat('a', 201)"),
        "parts_array": ("parts = '{}'", "parts = 'no JSON'"),
        "result_has_call": ("role = 'tool', tool_call_id = '1'", "asked_position = 1"),
        "result_names_call": ("role = 'tool', asked_position = 1", "tool_call_id = '1'"),
        "role_known": ("role = 'gone'",),
        "tokens_range": ("tokens = -1", "tokens = 10000001"),
        "tool_call_id_length": ("role = 'tool', asked_position = 1, tool_call_id = ''",),
        "tool_calls_array": ("tool_calls = '{}', role = 'assistant'", "calls = '{}'", "calls = 'no JSON'"),
    },
    "sessions": {
        "archived_to_length": ("archived_to = ''",),
        "closed_as_known": ("closed_as = 'gone', closed_at = now()",),
        "closed_complete": ("closed_as = 'error'", "closed_at = now()", "archived_at = now()", "status = 'cold_archived'"),
        "external_id_length": ("external_id = ''", "external_id = repeat('a', 257)"),
        "extraction_within": ("extracted_position = -1", "extracted_position = last_position + 1"),
        "metadata_object": ("metadata = '[]'", "metadata = jsonb_build_object('a', repeat('a', 8192))"),
        "model_length": ("model = ''", "model = repeat('a', 257)"),
        "moving_known": ("moving = 'gone'",),
        "provider_length": ("provider = ''",),
        "status_known": ("status = 'gone'",),
        "title_length": ("title = ''", "title = repeat('a', 513)"),
    },
}
ALLOWED = (
    ("messages", """content = '', parts = '[{"url": "a"}]'"""),
    ("messages", "content = '', role = 'tool', asked_position = 1, tool_call_id = '1'"),
    ("messages", """content = '', role = 'assistant', tool_calls = '[{"id": "1"}]', calls = '[{"id": "1"}]'"""),
    ("memories", """labels = '{"factual": 1, "preference": 0}'"""),
    ("sessions", "closed_as = 'error', closed_at = now(), status = 'error'"),
)


async def test_each_rule_refuses_by_its_name(tenant: Tenant, agent: Agent, dsn: str) -> None:
    assert {f"{table}_{rule}" for table, rules in BROKEN.items() for rule in rules} == {
        name for name in CHECKS if name.startswith(("memories_", "memory_versions_", "messages_", "sessions_"))
    }
    session = (await sessions.start(tenant, agent_id=agent.id)).session
    await messages.append(tenant, session_id=session.id, role="user", content="Hello")
    await memories.add(tenant, agent_id=agent.id, content="Ada likes tea")
    with psycopg.connect(dsn) as connection:
        for table, rules in BROKEN.items():
            for rule, changes in rules.items():
                for change in changes:
                    with pytest.raises(psycopg.errors.CheckViolation) as refused, connection.transaction(force_rollback=True):
                        connection.execute(f"UPDATE memdb.{table} SET {change}".encode())
                    told = refused.value.diag
                    assert (told.schema_name, told.table_name, told.constraint_name) == ("memdb", table, f"{table}_{rule}"), change
        for table, change in ALLOWED:
            with connection.transaction(force_rollback=True):
                connection.execute(f"UPDATE memdb.{table} SET {change}".encode())
