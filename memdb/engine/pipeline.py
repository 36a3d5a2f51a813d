"""Assigning the rows of a pipeline to its executions, by reading the server's messages."""

from __future__ import annotations

import asyncio
from struct import Struct
from typing import Any, Final

import asyncpg

# A message: its type, its length without the type, its body.
_HEAD: Final = Struct(">cI")
_PARSED, _BOUND, _ROW, _COMPLETED, _READY = b"1", b"2", b"D", b"C", b"Z"
# Notices, parameter changes and notifications may arrive at any time.
_ASIDE: Final = frozenset((b"N", b"S", b"A"))


class Pipeline(asyncio.Protocol):
    """A filter between a connection's transport and asyncpg's protocol while one statement is executed several times in one trip.

    asyncpg returns the rows of all executions as one list. This counts the rows of each, from its BindComplete to its CommandComplete,
    which repeats the number.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._inner: Any = transport.get_protocol()
        self._counts: list[int] = []
        self._rows: int | None = None
        self._rest = b""
        self._skip = 0
        self._ended = False
        self._understood = True

    def __enter__(self) -> Pipeline:
        self._transport.set_protocol(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.set_protocol(self._inner)

    def of_each(self, rows: list[asyncpg.Record], executions: int) -> list[list[asyncpg.Record]]:
        """The rows of each execution. Raises InternalClientError if any could belong to another."""
        whole = self._understood and self._ended and len(self._counts) == executions and sum(self._counts) == len(rows)
        if not whole:
            raise asyncpg.InternalClientError("cannot tell which rows of a pipeline are whose")
        each, at = [], 0
        for count in self._counts:
            each.append(rows[at : at + count])
            at += count
        return each

    def data_received(self, data: bytes) -> None:
        self._count(data)
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()  # type: ignore[no-any-return]

    def connection_lost(self, error: Exception | None) -> None:
        self._inner.connection_lost(error)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def _count(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at, end = self._skip, len(data)
        while at + 5 <= end:
            kind, length = _HEAD.unpack_from(data, at)
            after = at + 1 + length
            if kind == _ROW:
                if self._rows is None:
                    self._understood = False
                else:
                    self._rows += 1
            elif after > end:
                break
            elif kind == _BOUND and self._rows is None:
                self._rows = 0
            elif kind == _COMPLETED and self._rows is not None:
                self._complete(data[at + 5 : after - 1])
            elif kind == _READY and self._rows is None:
                self._ended = True
            elif kind not in _ASIDE and (kind != _PARSED or self._rows is not None):
                self._understood = False
            at = after
        self._skip, self._rest = max(0, at - end), data[at:]

    def _complete(self, tag: bytes) -> None:
        """The end of an execution. Its tag is `SELECT` and the number of rows, or names another command."""
        assert self._rows is not None
        command, _, count = tag.rpartition(b" ")
        if command == b"SELECT" and count != str(self._rows).encode():
            self._understood = False
        self._counts.append(self._rows)
        self._rows = None
