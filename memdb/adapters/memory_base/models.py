"""Memory-Base's rows as plain objects, which `session.add` stores and `session.get` returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, ClassVar, Final
from uuid import UUID

from memdb.errors import Unsupported

SessionStatus: Final = SimpleNamespace(ACTIVE=1, COLD_ARCHIVED=2, DEEP_ARCHIVED=3, DELETED=4)


class Row:
    """A row. Once stored, it stays as it was: changes of its attributes are not tracked."""

    area: ClassVar[str]
    _stored: ClassVar[bool] = False

    def fill(self, **fields: Any) -> None:
        """Set the fields determined by storing; after that, setting an attribute raises Unsupported."""
        self.__dict__.update(fields, _stored=True)

    def __setattr__(self, name: str, value: object) -> None:
        if self._stored:
            raise Unsupported(
                f"{name} of a stored {type(self).__name__} is not saved by setting it: call memdb.{self.area} on session.executor"
            )
        super().__setattr__(name, value)


@dataclass(kw_only=True)
class Session(Row):
    """A conversation. `status` is one of `SessionStatus`, and ACTIVE when it is added.

    `user_id` is the owner, for holds and erasures. `id` and `updated_at` None are set by the database.
    """

    area = "sessions"
    id: UUID | None = None
    title: str | None = None
    status: int = SessionStatus.ACTIVE
    metadata_: dict[str, Any] | None = None
    user_id: UUID | None = None
    updated_at: datetime | None = None


@dataclass(kw_only=True)
class Message(Row):
    """A message: `role` is system, developer, user, assistant or tool. `created_at` None means now. `embedding` is not read back."""

    area = "messages"
    session_id: UUID | None = None
    role: str
    content: Any
    id: UUID | None = None
    model: str | None = None
    embedding: Any = None
    created_at: datetime | None = None


@dataclass(kw_only=True)
class SessionSummary(Row):
    """A summary of all of the session's messages at the time it is added; it has `summary_text`, `summary_json`, or both."""

    area = "summaries"
    session_id: UUID | None = None
    strategy: str
    strategy_version: str | None = None
    summary_text: str | None = None
    summary_json: dict[str, Any] | None = None
    id: UUID | None = None
    created_at: datetime | None = field(default=None, init=False)


@dataclass(kw_only=True)
class AuditLog(Row):
    """An entry of the audit log, in the transaction of what it records."""

    area = "audit"
    action: str
    resource_type: str
    resource_id: str | UUID | None = None
    details: dict[str, Any] | None = None
    id: UUID | None = field(default=None, init=False)
    created_at: datetime | None = field(default=None, init=False)


class MessageArchive:
    """Stands for Memory-Base's table of archived messages; `memdb.archives` fills it, `memdb.messages` reads it. Raises Unsupported."""

    def __init__(self, **fields: object) -> None:
        raise Unsupported("archived messages are not added: memdb.archives.archive moves sessions, and memdb.messages reads their messages")


class Base:
    """The counterpart of SQLAlchemy's base class for applications' tables. Deriving from it raises Unsupported."""

    def __init_subclass__(cls, **options: object) -> None:
        raise Unsupported(
            f"{cls.__name__}: a table of your own is made by a migration, and used by functions with SQL files: `memdb new` writes such a "
            "package, and docs/own-tables.md tells of it; init_db migrates those that are imported"
        )
