"""What the jobs come to."""

from __future__ import annotations

from uuid import UUID

import msgspec


class Step(msgspec.Struct, frozen=True):
    """What a batch came to: how many it looked at, how many of them it changed, and where the next one begins, None at the end."""

    seen: int
    changed: int
    after: UUID | None


class Upkept(msgspec.Struct, frozen=True):
    """How many were looked at, and how many of them changed."""

    seen: int
    changed: int


class KeptApart(msgspec.Struct, frozen=True):
    """A memory, fact, triple, user or entity (`kind`) that is the same as an older one, `equals`, and was another before."""

    kind: str
    id: UUID
    equals: UUID
