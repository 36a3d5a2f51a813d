"""The results of the jobs."""

from __future__ import annotations

from uuid import UUID

import msgspec


class Step(msgspec.Struct, frozen=True):
    """The result of a batch: how many rows it examined, how many of them it changed, and where the next one begins, None at the end."""

    seen: int
    changed: int
    after: UUID | None


class Upkept(msgspec.Struct, frozen=True):
    """How many rows were examined, and how many of them changed."""

    seen: int
    changed: int


class KeptApart(msgspec.Struct, frozen=True):
    """A memory, fact, triple, user or entity (`kind`) that equals an older one, `equals`, and used to be distinct from it."""

    kind: str
    id: UUID
    equals: UUID
