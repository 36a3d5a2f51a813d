"""The rows read from another system, and their outcomes."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)

Row: TypeAlias = Mapping[str, Any]
"""A row that Python reads, by the columns of its statement."""


class Counted(msgspec.Struct, frozen=True):
    """The number of rows of a stream, and the sum of their digests: of the first 60 bits of the MD5 of each row's content."""

    rows: int
    digest: str


class Batch(msgspec.Struct, frozen=True):
    """Some rows in COPY's binary format; a chunk ends with a row."""

    chunks: Sequence[bytes]

    def without(self, number: int) -> tuple[list[bytes | None], Batch]:
        """The fields of the row of this number, from 1, and a batch of the others."""
        data = b"".join(self.chunks)
        start = end = len(SIGNATURE)
        fields: list[bytes | None] = []
        for _ in range(number):
            start, fields = end, []
            (count,) = struct.unpack_from("!h", data, start)
            end += 2
            for _ in range(count):
                (size,) = struct.unpack_from("!i", data, end)
                end += 4
                fields.append(None if size < 0 else data[end : end + size])
                end += max(size, 0)
        return fields, Batch([data[:start], data[end:]])


class LeftOut(msgspec.Struct, frozen=True):
    """A row that is not adopted: its table in the source and its key as JSON, or '' and its name; and the reason."""

    table: str
    row: str
    reason: str


class Put(msgspec.Struct, frozen=True):
    """The number of rows put now, and the digest of memdb's content of the `told` ones."""

    added: int
    told: int
    digest: str


class Compared(msgspec.Struct, frozen=True):
    """The number of rows that are in memdb as read, the digest of what is there, and the numbers of the others."""

    same: int
    digest: str
    other: list[int]


class Landed(msgspec.Struct, frozen=True):
    """The outcome for some rows.

    `added`: put now. `same`: as they were read, now or before. `other`: the names of those that differ in memdb. `refused`: the refused
    ones, with the reason. `digest`: of what is in memdb.
    """

    rows: int
    added: int
    same: int
    digest: int
    other: list[str]
    refused: list[tuple[str, str]]


def digest_of(said: str) -> int:
    """The digest of a row's content, as the statements compute it for rows in memdb."""
    return int(hashlib.md5(said.encode(errors="replace"), usedforsecurity=False).hexdigest()[:15], 16)
