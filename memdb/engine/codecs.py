"""The wire formats of values.

jsonb is binary and encoded by msgspec, datetimes, dates and timedeltas cover Python's whole range, embeddings are half-precision vectors
from numpy, and the tenant is a uuid.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import msgspec

from memdb.engine.embeddings import SentHalfVector, half_vector

if TYPE_CHECKING:
    import numpy as np
    from pgvector import HalfVector

_JSON = 114
_JSONB = 3802
_JSONB_VERSION = b"\x01"
_DATE = 1082
_TIMESTAMPTZ = 1184
_INTERVAL = 1186

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(2000, 1, 1).toordinal()
_LAST_DAY: Final = date.max.toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)

_encode_json = msgspec.json.Encoder().encode
_decode_json = msgspec.json.Decoder().decode


def encode_jsonb(value: Any) -> bytes:
    return _JSONB_VERSION + _encode_json(value)


def decode_jsonb(data: bytes) -> Any:
    return _decode_json(data[1:])


def encode_moment(value: datetime) -> tuple[int]:
    return ((value - _EPOCH) // _MICROSECOND,)


def decode_moment(data: tuple[int]) -> datetime:
    """asyncpg's own codec stores datetime.max and .min as infinite, and returns infinite values without a time zone."""
    try:
        return _EPOCH + timedelta(0, 0, data[0])
    except OverflowError:
        return _LAST if data[0] > 0 else _FIRST


def encode_day(value: date) -> tuple[int]:
    return (value.toordinal() - _EPOCH_DAY,)


def decode_day(data: tuple[int]) -> date:
    """Like decode_moment, because asyncpg's own codec makes the first and the last day infinite."""
    return date.fromordinal(min(max(data[0] + _EPOCH_DAY, 1), _LAST_DAY))


def encode_span(value: timedelta) -> tuple[int, int, int]:
    return (0, value.days, value.seconds * 1_000_000 + value.microseconds)


def decode_span(data: tuple[int, int, int]) -> timedelta:
    """A year counts as 365 days and a month as 30, as in asyncpg's own codec, which fails on spans that no timedelta can hold."""
    months, days, microseconds = data
    years, rest = divmod(abs(months), 12)
    days += (years * 365 + rest * 30) * (1 if months > 0 else -1)
    try:
        return timedelta(days, 0, microseconds)
    except OverflowError:
        return timedelta.max if days > 0 else timedelta.min


# pgvector imports numpy, which takes long.
def encode_halfvec(value: np.ndarray[Any, np.dtype[np.float32]] | HalfVector | SentHalfVector) -> bytes:
    if isinstance(value, SentHalfVector):
        return value
    from pgvector import HalfVector

    return value.to_binary() if isinstance(value, HalfVector) else half_vector(value)


def decode_halfvec(data: bytes) -> np.ndarray[Any, np.dtype[np.float16]]:
    from pgvector import HalfVector

    return HalfVector.from_binary(data).to_numpy()


class DataType(msgspec.Struct, frozen=True):
    """A type of the database, by oid: an array with its `element`, or a domain with its `base`."""

    oid: int
    schema: str
    name: str
    element: int | None
    base: int | None


def register(connection: asyncpg.Connection, types: Sequence[DataType]) -> None:
    """Register the types that statements use on a new connection. Each type comes after those of which it is made.

    asyncpg's own way asks the server about each type on each connection, in two or more round trips; this ends in the same settings.
    """
    settings = connection._protocol.get_settings()
    settings.add_python_codec(_JSONB, "jsonb", "pg_catalog", [], "scalar", encode_jsonb, decode_jsonb, "binary")
    settings.add_python_codec(_DATE, "date", "pg_catalog", [], "scalar", encode_day, decode_day, "tuple")
    settings.add_python_codec(_JSON, "json", "pg_catalog", [], "scalar", _encode_json, _decode_json, "binary")
    settings.add_python_codec(_TIMESTAMPTZ, "timestamptz", "pg_catalog", [], "scalar", encode_moment, decode_moment, "tuple")
    settings.add_python_codec(_INTERVAL, "interval", "pg_catalog", [], "scalar", encode_span, decode_span, "tuple")
    for each in types:
        if each.name == "halfvec":
            settings.add_python_codec(each.oid, each.name, each.schema, [], "scalar", encode_halfvec, decode_halfvec, "binary")
        elif each.name == "tenant":
            settings.set_builtin_type_codec(each.oid, each.name, each.schema, "scalar", "uuid", "binary")
        else:
            settings.register_data_types([_introspected(each)])


def _introspected(of: DataType) -> dict[str, Any]:
    """The description of an array or a domain, as asyncpg's introspection returns it."""
    return {
        "oid": of.oid,
        "ns": of.schema,
        "name": of.name,
        "kind": b"d" if of.base else b"b",
        "basetype": of.base,
        "elemtype": of.element,
        "elemdelim": ",",
        "range_subtype": None,
        "attrtypoids": None,
    }
