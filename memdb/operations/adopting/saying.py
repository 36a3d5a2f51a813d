"""Rows whose content is a JSON object, which statements over memdb's tables read and write."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from memdb.engine.executor import Transaction
from memdb.errors import InvalidInput
from memdb.messages import NewMessage
from memdb.operations.adopting.declared import Owner, text
from memdb.operations.adopting.rows import Row


class _Known(msgspec.Struct, frozen=True):
    number: int
    said: str


class SaidRows(ABC):
    """Rows of one of memdb's tables, each with its `id`, its content in `said`, and its `embedding` or None.

    The statements `found` and `put` are in a folder of into/; a subclass that stores rows in another way has no `put`. `lacks`: what a row
    that was not put lacked. `has_user`: whether `put` sets the owner.
    """

    def __init__(self, kind: str, *, lacks: tuple[str, str], has_put: bool = True, has_user: bool = False) -> None:
        self._found = text(f"into/{kind}/found.sql")
        self._put = text(f"into/{kind}/put.sql") if has_put else ""
        self._lacks = lacks
        self._has_user = has_user

    @abstractmethod
    async def agents_of(self, tx: Transaction, rows: Sequence[Row], owner: Owner, *, make: bool) -> list[UUID | None]:
        """The agent of each row; None is an agent that does not exist, if none is created."""

    def said(self, row: Row) -> str:
        return str(row["said"])

    def name(self, row: Row) -> str:
        return str(row["id"])

    async def found(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str | None]:
        agent_ids = await self.agents_of(tx, rows, owner, make=False)
        # An agent that does not exist has no rows.
        numbers = [number for number, agent_id in enumerate(agent_ids) if agent_id is not None]
        found: list[str | None] = [None] * len(rows)
        if numbers:
            given = _given([rows[number] for number in numbers], [agent_ids[number] for number in numbers])
            for each in await tx.fetch(_Known, self._found, **given):
                found[numbers[each.number - 1]] = each.said
        return found

    async def put(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str]:
        await self.store(tx, rows, await self.agents_of(tx, rows, owner, make=True), owner)
        said = [each for each in await self.found(tx, rows, owner) if each is not None]
        if len(said) < len(rows):
            raise InvalidInput(*self._lacks)
        return said

    async def store(self, tx: Transaction, rows: Sequence[Row], agent_ids: Sequence[UUID | None], owner: Owner) -> None:
        given = _given(rows, agent_ids) | {"embeddings": [row["embedding"] for row in rows]}
        await tx.fetch(int, self._put, **given, **({"user_id": owner.user_id} if self._has_user else {}))


def new_message(row: Row) -> NewMessage:
    """The message of a row."""
    said = json.loads(row["said"])
    return NewMessage(
        role=said["role"],
        content=said["content"],
        name=said["name"],
        model=said["model"],
        metadata=said["metadata"],
        sent_at=datetime.fromisoformat(said["sent_at"]),
        embedding=None if row["embedding"] is None else json.loads(row["embedding"]),
        id=UUID(row["id"]),
    )


def session_of(row: Row) -> str:
    """The session part of a message's row."""
    return str(json.loads(row["said"])["session"])


def _given(rows: Sequence[Row], agent_ids: Sequence[UUID | None]) -> dict[str, Any]:
    return {"agent_ids": list(agent_ids), "ids": [UUID(row["id"]) for row in rows], "said": [row["said"] for row in rows]}
