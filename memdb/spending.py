"""The tokens that agents spend on language models, by month (UTC)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.executor import Executor
from memdb.engine.own import query

__all__ = [
    "Spending",
    "of_month",
    "record",
]

Tokens: TypeAlias = Annotated[int, Meta(ge=0, le=10**12)]


class Spending(msgspec.Struct, frozen=True):
    """The tokens that one agent has spent in a month, of which `month` is the first day."""

    agent_id: UUID
    month: date
    input_tokens: int
    output_tokens: int


@query(absent="agent")
async def record(on: Executor, *, agent_id: UUID, input_tokens: Tokens, output_tokens: Tokens) -> int:
    """Add to the tokens that the agent has spent this month, and return the sum.

    Raises QuotaExceeded if the tenant's monthly quota has not enough tokens left (nothing is added), NotFound, WritesRefused.
    """
    ...


@query
async def of_month(on: Executor, *, at: datetime | None = None) -> list[Spending]:
    """The tokens that each agent has spent in the month of the time `at`, None for now; agents that spent nothing are left out."""
    ...
