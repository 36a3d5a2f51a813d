"""Memory-Base's tables, adopted as the adapter stores them: sessions with their contents, roles, and the audit log.

The objects of a bucket become the profiles and triples of users.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

import msgspec

from memdb import agents, messages
from memdb.adapters.memory_base.bucket import COLUMNS, SCHEMES, Bucket
from memdb.adapters.memory_base.db import AGENT
from memdb.adapters.memory_base.knowledge import PROFILES, TRIPLES
from memdb.engine.executor import Executor, Transaction
from memdb.errors import InvalidInput, NotFound, SessionClosed
from memdb.operations.adopting.declared import Elsewhere, Owner, Stream, System, text
from memdb.operations.adopting.rows import Row
from memdb.operations.adopting.saying import SaidRows, new_message, session_of

_LIFT: Final = text("into/messages/lift.sql")
_SETTLE: Final = text("into/messages/settle.sql")


class _Lifted(msgspec.Struct, frozen=True):
    id: UUID
    deleted_at: datetime


class _Rows(SaidRows):
    """Rows of one agent: the given one, or the adapter's own."""

    async def owner(self, on: Executor, given: Owner) -> Owner:
        if given.agent_id is not None:
            return given
        return given._replace(agent_id=(await agents.get_or_create(on, **AGENT)).id)

    async def agents_of(self, tx: Transaction, rows: Sequence[Row], owner: Owner, *, make: bool) -> list[UUID | None]:
        return [owner.agent_id] * len(rows)


class _Named(_Rows):
    """Rows with names of their own."""

    def name(self, row: Row) -> str:
        return str(row["name"])


class _Messages(_Rows):
    """Messages, appended to their sessions in the order of the rows, also to deleted sessions."""

    async def store(self, tx: Transaction, rows: Sequence[Row], agent_ids: Sequence[UUID | None], owner: Owner) -> None:
        lifted = await tx.fetch(_Lifted, _LIFT, ids=sorted({UUID(session_of(row)) for row in rows}))
        for session_id, said in groupby(rows, key=session_of):
            try:
                await messages.append_many(tx, session_id=UUID(session_id), items=[new_message(row) for row in said])
            except (NotFound, SessionClosed) as error:
                # The row's, not the run's.
                raise InvalidInput("session_id", f"must be that of an active session in memdb: {error}") from error
        if lifted:
            await tx.fetch(UUID, _SETTLE, ids=[each.id for each in lifted], deleted_at=[each.deleted_at for each in lifted])


_TABLES: Final = {
    "sessions": "id updated_at status title metadata",
    "messages": "id session_id role content model embedding created_at",
    "messages_archive": "id session_id role content created_at",
    "session_summaries": "id session_id strategy strategy_version summary_text summary_json created_at",
    "audit_logs": "id created_at action resource_type resource_id details",
    "employee_roles": "name description status default_model created_at",
    "role_abilities": "role_name ability_id",
    "prompt_versions": "id role_name content version created_at",
}
_SESSION: Final = ("session_id", "must be that of a session which was adopted, and is in memdb")


def _stream(name: str, handed: _Rows, tables: str, left_out: str | None = None, *, optional: bool = False) -> Stream:
    needs = {table: frozenset(_TABLES[table].split()) for table in tables.split()}
    return Stream(name, f"memory_base/{name.replace(' ', '_')}.sql", handed, needs, left_out=left_out, optional=optional)


_IN_A_BUCKET: Final = Elsewhere(
    Bucket.opened,
    (
        Stream("profiles", "profiles", PROFILES, {"profiles": COLUMNS}, optional=True),
        Stream("triples", "knowledge", TRIPLES, {"knowledge": COLUMNS}, optional=True),
    ),
)

SYSTEM: Final = System(
    "memory-base",
    "Memory-Base of commit 0448f53",
    {**{name: name for name in _TABLES}, "profiles": "profiles/", "knowledge": "knowledge/"},
    (
        _stream(
            "sessions",
            _Rows("sessions", lacks=("agent", "must take writes"), has_user=True),
            "sessions messages messages_archive",
            "memory_base/left_out_sessions.sql",
        ),
        _stream(
            "messages",
            _Messages("messages", lacks=_SESSION, has_put=False),
            "sessions messages messages_archive",
            "memory_base/left_out_messages.sql",
        ),
        _stream(
            "summaries",
            _Rows("summaries", lacks=_SESSION),
            "session_summaries sessions messages messages_archive",
            "memory_base/left_out_summaries.sql",
        ),
        _stream(
            "roles",
            _Named("roles", lacks=("name", "must be that of no other role")),
            "employee_roles role_abilities",
            optional=True,
        ),
        _stream(
            "prompts",
            _Named("prompts", lacks=("role", "must be one that was adopted, and is in memdb")),
            "prompt_versions",
            optional=True,
        ),
        _stream("audit log", _Rows("audit", lacks=("audit log", "must take entries")), "audit_logs"),
    ),
    elsewhere=dict.fromkeys(SCHEMES, _IN_A_BUCKET),
)
