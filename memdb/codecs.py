"""How values travel: jsonb as binary through msgspec, embeddings as half-precision vectors from numpy, the tenant as a uuid."""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec
import numpy as np
from pgvector import HalfVector

_JSONB_VERSION = b"\x01"

_encode_json = msgspec.json.Encoder().encode
_decode_json = msgspec.json.Decoder().decode


def encode_jsonb(value: Any) -> bytes:
    return _JSONB_VERSION + _encode_json(value)


def decode_jsonb(data: bytes) -> Any:
    return _decode_json(data[1:])


def encode_halfvec(value: np.ndarray[Any, np.dtype[np.float32]] | HalfVector) -> bytes:
    return (value if isinstance(value, HalfVector) else HalfVector(value)).to_binary()


def decode_halfvec(data: bytes) -> np.ndarray[Any, np.dtype[np.float16]]:
    return HalfVector.from_binary(data).to_numpy()


async def register(connection: asyncpg.Connection, *, vector_schema: str) -> None:
    """Teach a new connection memdb's types. `vector_schema` is where the database keeps pgvector."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=encode_jsonb, decoder=decode_jsonb, format="binary")
    await connection.set_type_codec("halfvec", schema=vector_schema, encoder=encode_halfvec, decoder=decode_halfvec, format="binary")
    await connection.set_builtin_type_codec("tenant", schema="memdb", codec_name="uuid", format="binary")
