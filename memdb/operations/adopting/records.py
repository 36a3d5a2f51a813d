"""Rows that Python reads from a source other than PostgreSQL: counted, and written in COPY's binary format."""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Any, Final

from memdb.operations.adopting.declared import Shape, Stream
from memdb.operations.adopting.handing import counted
from memdb.operations.adopting.rows import SIGNATURE, Batch, Counted, Row, digest_of

_NULL: Final = struct.pack("!i", -1)


class RecordSource(ABC):
    """A source that defines `rows`, of texts and integers only, if a shape of statements takes them."""

    @abstractmethod
    def rows(self, stream: Stream) -> AsyncGenerator[Sequence[Row], None]: ...

    async def count(self, stream: Stream) -> Counted:
        shape = stream.shape
        if not isinstance(shape, Shape):
            return await counted(self.rows(stream), shape)
        rows = digest = 0
        async for some in self.rows(stream):
            rows += len(some)
            digest += sum(digest_of(chr(31).join(str(row[name]) for name in shape.told if row[name] is not None)) for row in some)
        return Counted(rows, str(digest))

    async def batches(self, stream: Stream) -> AsyncGenerator[Batch, None]:
        async for some in self.rows(stream):
            yield Batch([SIGNATURE, *(_row(row.values()) for row in some), b"\xff\xff"])


def _row(values: Iterable[Any]) -> bytes:
    fields = [_field(value) for value in values]
    return struct.pack("!h", len(fields)) + b"".join(fields)


def _field(value: Any) -> bytes:
    if value is None:
        return _NULL
    data = struct.pack("!i", value) if isinstance(value, int) else str(value).encode(errors="surrogatepass")
    return struct.pack("!i", len(data)) + data
