"""Which rows of a pipeline are whose."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import asyncpg
import pytest

from memdb.engine.pipeline import Pipeline

ROWS: Any = list(range(4))


def message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + struct.pack(">I", len(body) + 4) + body


BOUND, ROW, READY = message(b"2"), message(b"D", b"\x00\x01 any row"), message(b"Z", b"I")
NOTICE = message(b"N", b"SNOTICE\x00\x00")


def completed(rows: int, command: bytes = b"SELECT") -> bytes:
    return message(b"C", b"%s %d\x00" % (command, rows))


def execution(rows: int) -> bytes:
    return BOUND + rows * ROW + completed(rows)


class Transport(asyncio.Transport):
    """A transport, and asyncpg's protocol behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.protocol: Any = self
        self.passed = b""

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self.protocol  # type: ignore[no-any-return]

    def data_received(self, data: bytes) -> None:
        self.passed += data


def read(data: bytes, piece: int) -> Pipeline:
    transport = Transport()
    with Pipeline(transport) as pipeline:
        for at in range(0, len(data), piece):
            transport.protocol.data_received(data[at : at + piece])
    assert transport.protocol is transport
    assert transport.passed == data
    return pipeline


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 7, 16, 1000])
def test_the_rows_of_each_however_the_wire_cuts_them(piece: int) -> None:
    data = message(b"1") + execution(3) + NOTICE + BOUND + NOTICE + completed(0) + execution(1) + NOTICE + READY
    assert read(data, piece).of_each(ROWS, 3) == [[0, 1, 2], [], [3]]


@pytest.mark.parametrize(
    "data",
    [
        execution(3) + execution(1),
        execution(3) + execution(1) + execution(0) + READY,
        execution(4) + READY,
        execution(3) + execution(0) + READY,
        BOUND + 3 * ROW + completed(2) + BOUND + ROW + completed(2) + READY,
        3 * ROW + completed(3) + execution(1) + READY,
        execution(3) + ROW + completed(1) + READY,
        execution(3) + BOUND + ROW + READY,
        execution(3) + BOUND + execution(1) + READY,
        execution(3) + completed(0) + execution(1) + READY,
        execution(3) + message(b"1") + BOUND + message(b"1") + ROW + completed(1) + READY,
        execution(3) + message(b"E", b"SERROR\x00\x00") + execution(1) + READY,
        execution(3) + BOUND + ROW + message(b"s") + READY,
        READY[3:] + execution(3) + execution(1) + READY,
    ],
)
def test_what_is_not_as_it_should_be_is_nobodys(data: bytes) -> None:
    with pytest.raises(asyncpg.InternalClientError):
        read(data, 1000).of_each(ROWS, 2)


def test_other_commands_say_what_they_changed() -> None:
    data = BOUND + 2 * ROW + completed(7, b"UPDATE") + BOUND + 2 * ROW + completed(2, b"INSERT 0") + READY
    assert read(data, 1000).of_each(ROWS, 2) == [[0, 1], [2, 3]]
