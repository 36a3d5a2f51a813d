"""Memory-Base's tables, adopted as its sessions here read them: times, order, what was deleted, and what has no place."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memdb import agents, audit, messages, prompts, roles, sessions, summaries
from memdb.adapters import adoptable
from memdb.adapters.memory_base import Message, Session, SessionSummary, session_scope
from memdb.engine.database import Tenant
from memdb.operations import adopting
from memdb.operations.adopting import Adopted, RowRefused
from tests.adopting.memory_base import ACTIVE, ARCHIVED, DELETED, EMPTY, id_of, write
from tests.commands import memdb
from tests.conftest import DIMENSION
from tests.server import execute


@pytest.fixture
def source(empty_dsn: str) -> str:
    write(empty_dsn)
    return empty_dsn


async def adopt(tenant: Tenant, source: str, **options: Any) -> dict[str, Adopted]:
    return {each.stream: each for each in await adopting.adopt(tenant, adoptable.system("memory-base"), source, **options)}


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


async def test_what_it_kept_is_read_by_the_adapter(tenant: Tenant, source: str) -> None:
    adopted = await adopt(tenant, source)
    assert all(each.verified for each in adopted.values()), adopted
    assert [(each.rows, each.added, each.left_out) for each in adopted.values()] == [
        (4, 4, 1),
        (7, 7, 4),
        (2, 2, 2),
        (2, 2, 0),
        (3, 3, 0),
        (2, 2, 0),
    ]
    async with session_scope(tenant=tenant) as session:
        known = await session.get(Session, ACTIVE)
        assert known is not None
        assert (known.title, known.metadata_, known.updated_at) == ("Über Zürich", {"topic": "city", "score": 1.5}, at(2026, 1, 2, 11))
        said = await session.get(Message, id_of(2, 3))
        assert said is not None
        assert (said.role, said.content, said.model) == ("assistant", "47.4° N", "qwen-max")
        assert said.created_at == at(2026, 1, 1, 9, 0, 0, 2)
        summary = await session.get(SessionSummary, id_of(3, 1))
        assert summary is not None
        assert (summary.strategy_version, summary.summary_text, summary.summary_json) == ("2", "About Zürich.", {"todos": []})
        assert summary.created_at == at(2026, 1, 1, 10)
    agent = await agents.get_by_slug(tenant, slug="memory-base")
    assert agent is not None
    assert {each.id for each in await sessions.page(tenant, agent_id=agent.id)} == {ACTIVE, ARCHIVED, EMPTY}


async def test_the_order_is_that_of_times_and_of_writing_and_a_summary_ends_at_its_time(tenant: Tenant, source: str) -> None:
    await adopt(tenant, source)
    said = await messages.page(tenant, session_id=ACTIVE)
    assert [each.id for each in said] == [id_of(2, number) for number in (9, 3, 1, 4)]
    assert [each.content for each in await messages.page(tenant, session_id=ARCHIVED)] == ["Long ago.", "And now?"]
    summary = await summaries.get(tenant, id=id_of(3, 1))
    assert summary is not None
    assert (summary.first_position, summary.last_position, summary.stale) == (1, 3, False)
    session = await sessions.get(tenant, id=ACTIVE)
    assert session is not None
    assert (session.created_at, session.messages) == (at(2026, 1, 1, 9, 0, 0, 1), 4)


async def test_a_deleted_session_comes_deleted_and_is_restored_with_its_messages(tenant: Tenant, source: str) -> None:
    await adopt(tenant, source)
    assert await sessions.get(tenant, id=DELETED) is None
    assert await messages.get(tenant, id=id_of(2, 7)) is None
    execute(source, f"INSERT INTO messages VALUES ('{id_of(2, 20)}', '{DELETED}', 'user', 'Later.', NULL, NULL, '2026-01-03 11:00Z')")
    adopted = await adopt(tenant, source)
    assert (adopted["messages"].added, adopted["messages"].verified) == (1, True)
    assert await sessions.get(tenant, id=DELETED) is None
    await sessions.restore(tenant, id=DELETED)
    assert [each.content for each in await messages.page(tenant, session_id=DELETED)] == ["Forget it.", "Later."]


async def test_a_second_run_adds_what_is_new_and_keeps_what_was_changed(tenant: Tenant, source: str) -> None:
    left: list[str] = []
    await adopt(tenant, source)
    again = await adopt(tenant, source)
    assert [(each.added, each.same, each.verified) for each in again.values()] == [(0, each.rows, True) for each in again.values()]
    await messages.delete(tenant, id=id_of(2, 1))
    await sessions.update(tenant, id=EMPTY, title="Mine")
    execute(source, f"INSERT INTO audit_logs VALUES ('{id_of(4, 3)}', '2026-01-02 10:00Z', 'reload', 'config', NULL, NULL)")
    adopted = await adopt(tenant, source, left_out=lambda stream, row: left.append(f"{stream}: {row.row}"))
    assert [(each.added, each.other) for each in adopted.values()] == [(0, 1), (0, 1), (0, 0), (0, 0), (0, 0), (1, 0)]
    assert {f"messages: {id_of(2, 1)}", f"sessions: {EMPTY}"} < set(left)


async def test_the_audit_log_has_what_was_logged_in_its_order(tenant: Tenant, source: str) -> None:
    await adopt(tenant, source)
    newest, oldest = [each for each in await audit.page(tenant) if "memory_base" in each.details]
    assert (oldest.action, oldest.resource_id) == ("tool_call", str(ACTIVE))
    assert oldest.details == {
        "memory_base": {"id": str(id_of(4, 2)), "created_at": "2026-01-01T10:00:00+00:00", "details": {"tool": "search"}}
    }
    assert (newest.action, newest.resource_id, newest.details["memory_base"]["details"]) == ("reload", None, None)


async def test_roles_come_with_what_they_may_do_and_the_versions_of_their_prompts(tenant: Tenant, source: str) -> None:
    await adopt(tenant, source)
    reviewer, idle = [await roles.get_by_name(tenant, name=name) for name in ("reviewer", "idle")]
    assert reviewer is not None
    assert idle is not None
    assert (reviewer.description, reviewer.status, reviewer.default_model) == ("Reads code.", "enabled", "qwen-max")
    assert (reviewer.abilities, reviewer.created_at) == (["Comment", "read"], at(2026, 1, 1, 10))
    assert (idle.description, idle.status, idle.metadata) == (None, "disabled", {"status": "paused"})
    held = await prompts.versions(tenant, role_id=reviewer.id)
    assert [(each.number, each.content, each.active) for each in held] == [
        (3, "Review it well.", True),
        (2, "Review it.", False),
        (1, "Review.", False),
    ]
    assert held[0].created_at == at(2026, 1, 3, 10)


async def test_a_new_version_of_a_prompt_is_active_unless_an_older_one_was_made_so(tenant: Tenant, source: str) -> None:
    await adopt(tenant, source)
    reviewer = await roles.get_by_name(tenant, name="reviewer")
    assert reviewer is not None
    for number, activated in ((4, None), (5, 2)):
        if activated is not None:
            await prompts.activate(tenant, role_id=reviewer.id, number=activated)
        execute(source, f"INSERT INTO prompt_versions VALUES ('reviewer-{number}', 'reviewer', 'Review {number}.', {number}, now())")
        assert (await adopt(tenant, source))["prompts"].added == 1
        active = await prompts.active(tenant, role_id=reviewer.id)
        assert active is not None
        assert active.number == (activated or number)
    await roles.delete(tenant, id=reviewer.id)
    left: list[str] = []
    adopted = await adopt(tenant, source, skip_bad=True, left_out=lambda stream, row: left.append(f"{stream}: {row.row}: {row.reason}"))
    assert (adopted["roles"].other, adopted["prompts"].same) == (1, 5)
    assert any(each.startswith("roles: reviewer: ") for each in left)


async def test_embeddings_are_found_by_and_of_another_dimension_are_refused(tenant: Tenant, source: str) -> None:
    vector = [3.0] + [0.0] * (DIMENSION - 1)
    execute(source, f"UPDATE messages SET embedding = '{vector}' WHERE id = '{id_of(2, 3)}'")
    assert all(each.verified for each in (await adopt(tenant, source)).values())
    (first, *_) = await messages.search(tenant, session_id=ACTIVE, embedding=vector)
    assert (first.message.id, round(first.similarity or 0, 3)) == (id_of(2, 3), 1.0)
    new = f"INSERT INTO messages VALUES ('{id_of(2, 21)}', '{ACTIVE}', 'user', 'x', NULL, '[1,2]', now())"
    execute(source, new)
    with pytest.raises(RowRefused, match=f"messages: {id_of(2, 21)}: embedding must have 384 dimensions, not 2"):
        await adopt(tenant, source)
    adopted = await adopt(tenant, source, skip_bad=True)
    assert (adopted["messages"].refused, adopted["messages"].same) == (1, 7)


async def test_what_a_refused_session_has_and_what_a_closed_one_gets_is_refused_row_by_row(tenant: Tenant, source: str) -> None:
    left: list[str] = []
    execute(source, f"UPDATE sessions SET metadata = '[]' WHERE id = '{ACTIVE}'")
    with pytest.raises(RowRefused, match=f"sessions: {ACTIVE}: metadata must"):
        await adopt(tenant, source)
    adopted = await adopt(tenant, source, skip_bad=True, left_out=lambda stream, row: left.append(f"{stream}: {row.row}: {row.reason}"))
    assert [each.refused for each in adopted.values()] == [1, 4, 1, 0, 0, 0]
    assert any(each.startswith(f"messages: {id_of(2, 9)}: session_id must be that of an active session") for each in left)
    await sessions.close(tenant, id=ARCHIVED, status="completed")
    execute(source, f"INSERT INTO messages VALUES ('{id_of(2, 22)}', '{ARCHIVED}', 'user', 'More.', NULL, NULL, now())")
    adopted = await adopt(tenant, source, skip_bad=True)
    assert (adopted["messages"].refused, adopted["messages"].added) == (5, 0)


def test_the_command_lists_what_has_no_place(dsn: str, empty_dsn: str, tmp_path: Path) -> None:
    write(empty_dsn)
    place = ("--dsn", dsn, "--org", "acme", "--create", "--left-out", str(tmp_path / "left-out.jsonl"))
    tried = memdb("adopt", "memory-base", empty_dsn, *place, "--dry-run")
    assert (tried.exit_code, "equal" in tried.output) == (0, False)
    adopted = memdb("adopt", "memory-base", empty_dsn, *place)
    assert (adopted.exit_code, adopted.output.count("equal")) == (0, 6)
    print(adopted.output)
    told = [json.loads(line) for line in (tmp_path / "left-out.jsonl").read_text().splitlines()]
    reasons = {(each["table"], *each["row"].values()): each["reason"] for each in told}
    assert len(reasons) == len(told) == 7
    assert "archives.archive archives it again" in reasons["sessions", str(ARCHIVED)]
    assert "role tool has no place" in reasons["messages", str(id_of(2, 5))]
    assert "content must not be blank" in reasons["messages", str(id_of(2, 6))]
    assert "adopted from messages" in reasons["messages_archive", str(id_of(2, 8))]
    assert "session_id must be that" in reasons["messages_archive", str(id_of(2, 12))]
    assert "it has none" in reasons["session_summaries", str(id_of(3, 3))]
    assert "must say something" in reasons["session_summaries", str(id_of(3, 4))]
