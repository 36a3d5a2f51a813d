"""What of arandu's tables its client does not show, adopted: times, embeddings, messages, and rows that are amiss."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from memdb import agents, attributes, clusters, edges, entities, facts, insights, intentions, messages, observations, sessions, users
from memdb.adapters import adoptable
from memdb.adapters.arandu import MemoryClient
from memdb.engine.database import Tenant
from memdb.errors import InvalidInput
from memdb.operations import adopting
from memdb.operations.adopting import Adopted, RowRefused
from tests.adopting.arandu import AGENTS, AT, id_of
from tests.conftest import DIMENSION
from tests.server import execute

DUMP = Path(__file__).parents[1] / "adopting" / "arandu.sql"
VECTOR = str([3.0] + [0.0] * (DIMENSION - 1))


@pytest.fixture
def source(empty_dsn: str) -> str:
    execute(empty_dsn, DUMP.read_text())
    return empty_dsn


async def adopt(tenant: Tenant, source: str, **options: Any) -> dict[str, Adopted]:
    return {each.stream: each for each in await adopting.adopt(tenant, adoptable.system("arandu"), source, **options)}


def add_fact(source: str, **fields: str) -> None:
    """Another like the last of ada's about Carlos."""
    other = f"jsonb_populate_record(f, '{json.dumps(fields)}')"
    execute(source, f"INSERT INTO memory_facts SELECT ({other}).* FROM memory_facts AS f WHERE id = '{id_of(0, 3, 4)}'")


async def test_times_messages_and_relations_are_kept(tenant: Tenant, source: str) -> None:
    ada = await users.create(tenant, email="ada@acme.example", name="Ada")
    await adopt(tenant, source, user_id=ada.id)
    agent = await agents.get_by_slug(tenant, slug="ada")
    assert agent is not None
    old, new = [await facts.get(tenant, id=id_of(0, 3, number)) for number in (0, 2)]
    assert old is not None
    assert new is not None
    assert (old.status, old.superseded_by, old.ingested_at, old.user_id) == ("superseded", new.id, AT, ada.id)
    assert (old.valid_until, old.invalidated_at) == (new.valid_from, new.valid_from)
    session = await sessions.get_by_external_id(tenant, agent_id=agent.id, external_id="s-1")
    assert session is not None
    said = await messages.page(tenant, session_id=session.id)
    assert [each.content for each in said] == ["I live in São Paulo.", "  Now in Lisbon.\n", "Carlos plays the violin."]
    assert [each.id for each in said] == [id_of(0, 2, number) for number in range(3)]
    assert (new.session_id, new.metadata["message_id"], said[1].name) == (session.id, str(said[1].id), "Ada")
    (edge,) = [each for each in await edges.page(tenant, agent_id=agent.id) if each.invalidated_at is None]
    assert (edge.id, edge.type, edge.weight, edge.fact_id) == (id_of(0, 4, 1), "knows", 0.7, id_of(0, 3, 1))


async def test_the_attribute_of_a_fact_is_read(tenant: Tenant, source: str) -> None:
    execute(source, f"""UPDATE memory_facts SET attribute_key = 'hobby', value_json = '{{"since": null}}' WHERE id = '{id_of(0, 3, 1)}'""")
    assert (await adopt(tenant, source))["facts"].verified
    known = await facts.get(tenant, id=id_of(0, 3, 1))
    assert known is not None
    assert known.metadata["value"] == {"since": None}
    found = await MemoryClient(tenant, None, None).get("ada", str(id_of(0, 3, 1)))  # type: ignore[arg-type]
    assert found is not None
    assert found.attribute_key == "hobby"


async def test_facts_are_listed_in_the_order_in_which_they_were_learnt(tenant: Tenant, source: str) -> None:
    # Ids of arandu's say nothing of when.
    add_fact(source, id="ffffffff-0000-4000-8000-000000000000", fact_text="Is old.", created_at=str(AT), ingested_at=str(AT))
    await adopt(tenant, source)
    memory = MemoryClient(tenant, None, None)  # type: ignore[arg-type]
    agent = await agents.get_by_slug(tenant, slug="ada")
    assert agent is not None
    (ada, *_) = await entities.page(tenant, agent_id=agent.id)
    await facts.assert_(tenant, agent_id=agent.id, entity_id=ada.id, content="Is new.")
    held = await memory.get_all("ada")
    assert [held[0].fact_text, held[-1].fact_text] == ["Is new.", "Is old."]
    assert [each.created_at for each in held] == sorted((each.created_at for each in held), reverse=True)  # type: ignore[type-var]
    assert await memory.get_all("ada", offset=1, limit=2) == held[1:3]


async def test_traces_come_with_their_messages_unless_they_are_long(tenant: Tenant, source: str) -> None:
    left: list[str] = []
    execute(source, f"UPDATE memory_events SET trace_json = '{{\"facts\": 1}}' WHERE id = '{id_of(0, 2, 0)}'")
    execute(source, f"UPDATE memory_events SET trace_json = to_jsonb(repeat('x', 6000)) WHERE id = '{id_of(0, 2, 1)}'")
    adopted = await adopt(tenant, source, left_out=lambda stream, row: left.append(f"{stream}: {json.loads(row.row)['id']}"))
    assert (adopted["messages"].verified, adopted["messages"].left_out) == (True, 1)
    assert f"messages: {id_of(0, 2, 1)}" in left
    said = [await messages.get(tenant, id=id_of(0, 2, number)) for number in range(2)]
    assert [None if each is None else each.metadata.get("trace") for each in said] == [{"facts": 1}, None]


async def test_lists_that_are_null_are_empty(tenant: Tenant, source: str) -> None:
    execute(source, "UPDATE memory_meta_observations SET supporting_fact_ids = 'null', supporting_event_ids = 'null'")
    execute(source, "UPDATE session_observations SET entities_mentioned = 'null', source_message_ids = 'null'")
    assert all(each.verified for each in (await adopt(tenant, source)).values())


async def test_what_the_background_functions_made_is_kept(tenant: Tenant, source: str) -> None:
    left: list[str] = []
    adopted = await adopt(tenant, source, left_out=lambda stream, row: left.append(f"{stream}: {json.loads(row.row)['id']}"))
    assert all(each.verified for each in adopted.values())
    agent = await agents.get_by_slug(tenant, slug="ada")
    assert agent is not None
    (cluster,) = await clusters.page(tenant, agent_id=agent.id)
    assert (cluster.id, cluster.label, cluster.summary, cluster.size, cluster.created_at) == (id_of(0, 5, 0), "Carlos", "Plays.", 2, AT)
    assert set(await clusters.facts(tenant, id=cluster.id)) == {id_of(0, 3, 1), id_of(0, 3, 4)}
    trend, emotional = sorted(await insights.page(tenant, agent_id=agent.id, status=None), key=lambda each: each.id)
    assert (trend.type, trend.status, trend.reinforcements, trend.detected_at) == ("trend", "active", 2, AT)
    assert trend.metadata == {"message_ids": [str(id_of(0, 2, 0))]}
    assert (emotional.type, emotional.status, emotional.metadata["type"]) == ("trend", "retired", "emotional_trend")
    merged, into, gone = [await observations.get(tenant, id=id_of(0, 7, number)) for number in range(3)]
    assert merged is not None
    assert into is not None
    assert gone is not None
    assert [each.status for each in (merged, into, gone)] == ["merged", "active", "dismissed"]
    assert (merged.merged_into, merged.entities, merged.message_ids) == (into.id, ["Ada"], [id_of(0, 2, 0)])
    assert merged.metadata == {"source_message_ids": ["m-0"]}
    due, done = sorted(await intentions.page(tenant, agent_id=agent.id, status=None), key=lambda each: each.id)
    assert (due.trigger, due.status, due.due_at, due.action) == ("time", "pending", AT + timedelta(days=9), "Ask about the cat.")
    assert (done.trigger, done.status, done.ended_at) == ("event", "fulfilled", AT + timedelta(days=9))
    held = {each.key: each for each in await attributes.page(tenant)}
    assert {key: each.status for key, each in held.items()} == {"city": "accepted", "pet.name": "proposed"}
    assert (held["city"].seen, held["city"].time_to_live, held["city"].first_seen_at) == (3, timedelta(days=30), AT)
    assert sorted(each for each in left if not each.startswith("relations")) == sorted(
        f"{stream}: {each}"
        for stream, each in [("attributes", id_of(9, 9, 2)), *(("intentions", id_of(n, 8, number)) for n in (0, 1) for number in (2, 3))]
    )


async def test_embeddings_are_found_by_and_of_another_dimension_are_refused(tenant: Tenant, source: str) -> None:
    for table in ("memory_facts", "memory_entities", "memory_events"):
        execute(source, f"ALTER TABLE {table} ALTER embedding_vec TYPE vector", f"UPDATE {table} SET embedding_vec = '{VECTOR}'")
    assert all(each.verified for each in (await adopt(tenant, source)).values())
    agent = await agents.get_by_slug(tenant, slug="ada")
    assert agent is not None
    hits = await facts.retrieve(tenant, agent_id=agent.id, embedding=json.loads(VECTOR))
    assert len(hits) == 4
    # Of the cosine similarity 1 the weight.
    assert {round(hit.parts.vector, 3) for hit in hits} == {0.7}
    assert all(each.embedded for each in await entities.page(tenant, agent_id=agent.id))
    add_fact(source, id=str(id_of(0, 3, 9)), embedding_vec="[1,2]")
    with pytest.raises(RowRefused, match="embedding must have the dimension of its embedding space, 384 dimensions here"):
        await adopt(tenant, source)


async def test_an_entity_that_is_only_named_is_made(tenant: Tenant, source: str) -> None:
    execute(source, "DELETE FROM memory_entities WHERE canonical_key = 'place:sao_paulo'")
    adopted = await adopt(tenant, source)
    assert all(each.verified for each in adopted.values())
    found = await MemoryClient(tenant, None, None).get_all("ada", entity_keys=["place:sao_paulo"])  # type: ignore[arg-type]
    assert [each.fact_text for each in found] == ["Met Carlos Silva in São Paulo."]


async def test_what_was_changed_since_stays_and_what_is_new_comes(tenant: Tenant, source: str) -> None:
    left: list[str] = []
    await adopt(tenant, source)
    await facts.delete(tenant, id=id_of(0, 3, 1))
    await messages.delete(tenant, id=id_of(0, 2, 2))
    add_fact(source, id=str(id_of(0, 3, 9)), fact_text="Is new.")
    adopted = await adopt(tenant, source, left_out=lambda stream, row: left.append(f"{stream}: {row.row}"))
    new, said = adopted["facts"], adopted["messages"]
    assert (new.rows, new.added, new.other, said.added, said.other) == (13, 1, 1, 0, 1)
    assert {f"facts: ada / {id_of(0, 3, 1)}", f"messages: ada / {id_of(0, 2, 2)}"} < set(left)
    assert await facts.get(tenant, id=id_of(0, 3, 1)) is None


async def test_a_bad_row_is_named_and_what_is_not_adopted_is_listed(tenant: Tenant, source: str) -> None:
    left: list[tuple[str, str]] = []
    execute(source, f"UPDATE memory_facts SET fact_text = ' ' WHERE id = '{id_of(0, 3, 2)}'")
    with pytest.raises(RowRefused, match=rf"facts: ada / {id_of(0, 3, 2)}: content must"):
        await adopt(tenant, source)
    adopted = await adopt(tenant, source, skip_bad=True, left_out=lambda stream, row: left.append((row.table, row.reason)))
    assert (adopted["facts"].added, adopted["facts"].refused, adopted["relations"].left_out) == (11, 1, len(AGENTS))
    superseded = await facts.get(tenant, id=id_of(0, 3, 0))
    assert superseded is not None
    assert (superseded.status, superseded.superseded_by) == ("superseded", None)
    assert [table for table, _ in left].count("memory_entity_relationships") == len(AGENTS)
    assert any(table == "memory_intentions" and "trigger_type must be" in reason for table, reason in left)
    agent = await agents.create(tenant, slug="other", name="Other")
    with pytest.raises(InvalidInput, match="agent must not be given for arandu"):
        await adopt(tenant, source, agent_id=agent.id)
