"""Storing, reading and deleting Memory-Base's rows by memdb's areas."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from memdb import audit, messages, sessions, summaries
from memdb.adapters.fields import as_fields
from memdb.adapters.memory_base.models import AuditLog, Message, Row, Session, SessionStatus, SessionSummary
from memdb.adapters.over_items import batches
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput, NotFound, Unsupported
from memdb.messages import NewMessage

R = TypeVar("R", bound=Row)

_ORDER: Final = (Session, Message, SessionSummary, AuditLog)
_ARCHIVED: Final = {"cold_archived": SessionStatus.COLD_ARCHIVED, "deep_archived": SessionStatus.DEEP_ARCHIVED}


def check(row: object) -> Row:
    """The row. Raises InvalidInput if it is not of these kinds."""
    if not isinstance(row, _ORDER):
        raise InvalidInput("instance", f"must be one of {', '.join(each.__name__ for each in _ORDER)}, not {type(row).__name__}")
    return row


async def store(on: Executor, agent_id: UUID, rows: Sequence[Row]) -> None:
    """Store sessions first, then messages in order, a batch for each run of the same session, then summaries and audit entries."""
    for kind, some in groupby(sorted(rows, key=_place), key=_place):
        if kind == _ORDER.index(Message):
            for session_id, said in groupby(cast(list[Message], list(some)), key=lambda each: each.session_id):
                for batch in batches(list(said)):
                    await _say(on, session_id, batch)
        else:
            for row in some:
                await _store(on, agent_id, row)


async def get(on: Executor, kind: type[R], id: UUID) -> R | None:
    """The live row, or None. Raises Unsupported for a kind that is not read by id."""
    read = _READ.get(kind)
    if read is None:
        raise Unsupported(f"{kind.__name__} is not read by its id: memdb.audit.page reads the audit log")
    return cast(R | None, await read(on, id))


async def delete(on: Executor, row: Row) -> None:
    """Soft-delete a session with its contents, or a message. Raises NotFound, and Unsupported for other kinds."""
    if isinstance(row, Session | Message):
        area: Any = sessions if isinstance(row, Session) else messages
        await area.delete(on, id=_known(row.id, row.area.removesuffix("s")))
    else:
        raise Unsupported(f"a {type(row).__name__} is not deleted: it goes with its session, or stays")


def _place(row: Row) -> int:
    return _ORDER.index(cast(Any, type(row)))


def _known(id: UUID | None, kind: str) -> UUID:
    if id is None:
        raise NotFound(kind)
    return id


async def _say(on: Executor, session_id: UUID | None, said: Sequence[Message]) -> None:
    items = [
        NewMessage(
            role=cast(Any, each.role),
            content=each.content,
            model=each.model or None,
            embedding=each.embedding,
            sent_at=each.created_at,
            id=each.id,
        )
        for each in said
    ]
    with as_fields({"sent_at": "created_at"}):
        made = await messages.append_many(on, session_id=_known(session_id, "session"), items=items)
    for row, message in zip(said, made, strict=True):
        row.fill(id=message.id, created_at=message.sent_at)


async def _store(on: Executor, agent_id: UUID, row: Row) -> None:
    if isinstance(row, Session):
        if row.status != SessionStatus.ACTIVE:
            raise InvalidInput("status", "must be ACTIVE for a new session: memdb.archives archives it later, sessions.delete deletes it")
        given: dict[str, Any] = {"user_id": row.user_id, "metadata": row.metadata_, "started_at": row.updated_at, "id": row.id}
        with as_fields({"started_at": "updated_at", "metadata": "metadata_"}):
            started = await sessions.start(on, agent_id=agent_id, title=row.title or None, **given)
        row.fill(id=started.session.id, updated_at=started.session.active_at)
    elif isinstance(row, SessionSummary):
        session = await sessions.get(on, id=_known(row.session_id, "session"))
        if session is None:
            raise NotFound("session", row.session_id)
        if session.last_position == 0:
            raise InvalidInput("session_id", "must be that of a session with messages: there is nothing to summarise")
        with as_fields({"content": "summary_text", "structured": "summary_json"}):
            summary = await summaries.add(
                on,
                session_id=session.id,
                strategy=row.strategy,
                strategy_version=row.strategy_version or None,
                content=row.summary_text or None,
                structured=row.summary_json,
                first_position=1,
                last_position=session.last_position,
                id=row.id,
            )
        row.fill(id=summary.id, created_at=summary.created_at)
    elif isinstance(row, AuditLog):
        entry = await record(on, row.action, row.resource_type, row.resource_id, row.details)
        row.fill(id=entry.id, created_at=entry.created_at)


async def record(
    on: Executor, action: str, resource_type: str, resource_id: str | UUID | None, details: dict[str, Any] | None
) -> audit.AuditEntry:
    named = str(resource_id) if resource_id else None
    return await audit.record(on, action=action, resource_type=resource_type, resource_id=named, details=details)


def _of_session(found: sessions.Session) -> Session:
    row = Session(title=found.title, metadata_=found.metadata or None, user_id=found.user_id)
    row.fill(id=found.id, status=_ARCHIVED.get(found.status, SessionStatus.ACTIVE), updated_at=found.active_at)
    return row


def _of_message(found: messages.Message) -> Message:
    row = Message(session_id=found.session_id, role=found.role, content=found.content, model=found.model, created_at=found.sent_at)
    row.fill(id=found.id)
    return row


def _of_summary(found: summaries.Summary) -> SessionSummary:
    row = SessionSummary(
        session_id=found.session_id,
        strategy=found.strategy,
        strategy_version=found.strategy_version,
        summary_text=found.content,
        summary_json=found.structured,
    )
    row.fill(id=found.id, created_at=found.created_at)
    return row


async def _session(on: Executor, id: UUID) -> Session | None:
    found = await sessions.get(on, id=id)
    return None if found is None else _of_session(found)


async def _message(on: Executor, id: UUID) -> Message | None:
    found = await messages.get(on, id=id)
    return None if found is None else _of_message(found)


async def _summary(on: Executor, id: UUID) -> SessionSummary | None:
    found = await summaries.get(on, id=id)
    return None if found is None else _of_summary(found)


_READ: Final[dict[type[Any], Any]] = {Session: _session, Message: _message, SessionSummary: _summary}
