"""Entities and facts as they stand in their tables, without the functions that make them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from memdb.agents import Agent
from tests.server import execute, fetch


def add_entities(dsn: str, agent: Agent, *names: str, **fields: Any) -> list[uuid.UUID]:
    """Entities of an agent, each with the key thing:<name>."""
    made = {uuid.uuid4(): name for name in names}
    execute(
        dsn,
        *(
            _insert("entities", agent, id=id, agent_id=agent.id, type="thing", key=f"thing:{name.lower()}", name=name, **fields)
            for id, name in made.items()
        ),
    )
    return list(made)


def add_fact(
    dsn: str, agent: Agent, entity_id: uuid.UUID, content: str, *, names: list[uuid.UUID] | None = None, **fields: Any
) -> uuid.UUID:
    """A fact of an agent about an entity, which also names others."""
    ((id,),) = fetch(dsn, "SELECT memdb.new_id()")
    assert isinstance(id, uuid.UUID)
    if "attribute" in fields:
        execute(dsn, f"{_insert('attributes', agent, key=fields['attribute'], status='accepted')} ON CONFLICT DO NOTHING")
    execute(
        dsn,
        _insert("facts", agent, id=id, agent_id=agent.id, entity_id=entity_id, content=content, **fields),
        *(_insert("fact_entities", agent, fact_id=id, entity_id=named) for named in {entity_id, *(names or [])}),
    )
    return id


def row(dsn: str, table: str, id: uuid.UUID) -> dict[str, Any]:
    """A row as JSON has it."""
    ((found,),) = fetch(dsn, f"SELECT to_jsonb(t) FROM memdb.{table} AS t WHERE id = '{id}'")
    assert isinstance(found, dict)
    return found


def _insert(table: str, agent: Agent, **values: Any) -> str:
    listed = ", ".join(
        "NULL" if value is None else f"'{value.isoformat() if isinstance(value, datetime) else value}'" for value in values.values()
    )
    organization = f"(SELECT org_id FROM memdb.agents WHERE id = '{agent.id}')"
    return f"INSERT INTO memdb.{table} (org_id, {', '.join(values)}) VALUES ({organization}, {listed})"
