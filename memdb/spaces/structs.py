"""The classes of embedding spaces."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Space(msgspec.Struct, frozen=True):
    """An embedding space. `is_current`: connect() chooses it if no model is named. `current_since` is when it last became current."""

    space: int
    dimension: int
    model: str | None
    is_current: bool
    created_at: datetime
    current_since: datetime | None


class Unembedded(msgspec.Struct, frozen=True):
    """A memory, message or other row to be embedded."""

    id: UUID
    version: int
    content: str


class Coverage(msgspec.Struct, frozen=True):
    """How many live memories, messages and so on a tenant has, and how many of them have an embedding in the space."""

    total: int
    embedded: int

    @property
    def memories(self) -> int:
        """`total`, kept from when only memories had embeddings."""
        return self.total


class Nearest(msgspec.Struct, frozen=True):
    """A memory and its nearest neighbours, nearest first."""

    memory_id: UUID
    nearest: list[UUID]


class Comparison(msgspec.Struct, frozen=True):
    """The mean share (0 to 1) of the nearest neighbours of `compared` memories that are the same in both spaces; 0 if none was compared."""

    compared: int
    overlap: float
