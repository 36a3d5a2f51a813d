"""What Memory-Base's own models write is adopted."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta

from memory_base.db import init_db, log_audit
from memory_base.models import Message, Session, SessionSummary
from memory_base.models_team import EmployeeRole, PromptVersion, RoleAbility
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

import memdb
from memdb import audit, messages, organizations, prompts, roles, sessions, summaries
from memdb.adapters import adoptable
from memdb.operations.adopting import adopt

_AT = datetime(2026, 1, 1, 9, tzinfo=UTC)
_SAID = ("Wo ist 'Zürich'?", "47.4° N", "Danke.")


async def _write(url: str) -> uuid.UUID:
    engine = create_async_engine(url)
    await init_db(engine)
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        made = Session(title="Über Zürich", metadata_={"topic": "city"})
        session.add(made)
        await session.flush()
        for number, content in enumerate(_SAID):
            role = ("user", "assistant")[number % 2]
            session.add(Message(session_id=made.id, role=role, content=content, created_at=_AT + timedelta(seconds=number)))
        session.add(
            SessionSummary(
                session_id=made.id, strategy="plain", summary_text="Zürich.", summary_json={}, created_at=_AT + timedelta(hours=1)
            )
        )
        session.add(EmployeeRole(name="reviewer", description="Reads code."))
        await session.flush()
        session.add_all(
            [RoleAbility(role_name="reviewer", ability_id="read"), PromptVersion(id="r-1", role_name="reviewer", content="Review.")]
        )
        await log_audit(session, "tool_call", "session", str(made.id), {"tool": "search"})
    await engine.dispose()
    return made.id


async def test_what_memory_base_writes_is_adopted() -> None:
    source = os.environ["MEMDB_SUITE_EMPTY_DSN"]
    session_id = await _write(source.replace("postgresql://", "postgresql+asyncpg://"))
    async with memdb.connect(os.environ["MEMDB_SUITE_DSN"], timeout=60.0) as db:
        tenant = db.tenant((await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="Memory-Base")).id)
        adopted = await adopt(tenant, adoptable.system("memory-base"), source)
        assert all(each.verified and each.added == each.rows > 0 for each in adopted), adopted
        session = await sessions.get(tenant, id=session_id)
        assert session is not None
        assert (session.title, session.metadata) == ("Über Zürich", {"topic": "city"})
        said = await messages.page(tenant, session_id=session_id)
        assert [(each.content, each.sent_at) for each in said] == [
            (content, _AT + timedelta(seconds=number)) for number, content in enumerate(_SAID)
        ]
        summary = await summaries.latest(tenant, session_id=session_id)
        assert summary is not None
        assert (summary.content, summary.last_position) == ("Zürich.", len(_SAID))
        role = await roles.get_by_name(tenant, name="reviewer")
        assert role is not None
        assert role.abilities == ["read"]
        assert [each.content for each in await prompts.versions(tenant, role_id=role.id)] == ["Review."]
        (entry,) = [each for each in await audit.page(tenant) if each.action == "tool_call"]
        assert entry.details["memory_base"]["details"] == {"tool": "search"}
