"""Clients whose clocks are wrong: time is the server's."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import memdb
from memdb import clusters, edges, entities, facts, memories, upkeep
from memdb.entities import Sighting
from memdb.memories import searching
from memdb.upkeep import jobs
from tests.conftest import Home

# What takes the client's time, and what for.
CLIENTS_TIME = {
    "memories/searching.py": "how recent a memory is, to rank by: a moment that stays the same for all pages",
    "upkeep/jobs.py": "how long ago a cluster was refreshed",
    "cli/maintaining.py": "how long ago a session was used",
    "cli/tokens.py": "the day on which a token expires",
    "operations/maintenance.py": "how long ago a session was used, or something deleted, in days",
    "operations/backup/dumping.py": "what a dump says of when it was made",
    "adapters/aakit/messages.py": "when a message was made, as its contract has it",
    "adapters/aakit/postgresql.py": "how long a session is kept, as on the other backends",
    "adapters/aakit/keeping.py": "how long a session is kept",
    "adapters/aakit/in_memory.py": "how long a session is kept",
    "adapters/aakit/on_sqlite.py": "how long a session is kept",
    "adapters/orbiter/adopting.py": "whether an item is as old as it says, or the database's clock may be behind",
    "adapters/arandu/client.py": "when a message was said that does not say so, as its contract has it",
    "adapters/orbiter/mapping.py": "whether a time that an item tells is over",
    "adapters/orbiter/own_kinds.py": "when an item was made, as its contract has it",
}


def test_whose_time_it_is() -> None:
    package = Path(memdb.__file__).parent
    asking = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in asking
    }
    assert found == set(CLIENTS_TIME)


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=-2)], ids=["ahead", "behind"])
async def test_a_client_whose_clock_is_wrong(home: Home, monkeypatch: pytest.MonkeyPatch, ahead: timedelta) -> None:
    class Wrong(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + ahead

    for module in (searching, jobs):
        monkeypatch.setattr(module, "datetime", Wrong)
    tenant, agent = home
    ada = await entities.see(tenant, agent_id=agent.id, type="person", name="Ada")
    memory = await memories.add(tenant, agent_id=agent.id, content="The sea is salt.")
    fact = (await facts.assert_(tenant, agent_id=agent.id, entity_id=ada.id, content="Ada likes salt.")).fact
    await clusters.create(tenant, agent_id=agent.id, label="salt", fact_ids=[fact.id])
    assert [hit.memory for hit in await memories.search(tenant, agent_id=agent.id, text="salt")] == [memory]
    assert [hit.fact.id for hit in await facts.retrieve(tenant, agent_id=agent.id, text="salt")] == [fact.id]
    # Each has one turn, whenever that seems to have been.
    assert await upkeep.refresh_clusters(tenant, stale_after=timedelta(0)) == 1


async def test_what_a_transaction_has_asserted_holds_in_it(home: Home) -> None:
    """Though it began before."""
    tenant, agent = home
    async with tenant.transaction() as tx:
        ada, bob = await entities.see_many(tx, agent_id=agent.id, items=[Sighting(type="person", name=name) for name in ("Ada", "Bob")])
        fact = (await facts.assert_(tx, agent_id=agent.id, entity_id=bob.id, content="Bob likes salt.")).fact
        await edges.assert_(tx, source_id=ada.id, target_id=bob.id, type="knows", fact_id=fact.id)
        assert [hit.fact.id for hit in await facts.retrieve(tx, agent_id=agent.id, text="salt")] == [fact.id]
        assert [each.fact_id for each in await edges.facts_around(tx, entity_ids=[ada.id])] == [fact.id]
        assert len(await edges.spread(tx, entity_ids=[ada.id], scores=[1.0], fact_weight=0.2)) > 0
