"""Embeddings, checked and sent as half-precision vectors. numpy is imported with the first of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from struct import Struct
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

from memdb.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np

    Vector: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]

# The dimension, and two unused bytes.
_HEAD: Final = Struct(">HH")
_SHORTEST_SQUARED: Final = 1e-30
_LONGEST_SQUARED: Final = 1e30


class SentHalfVector(bytes):
    """A vector in the binary format of halfvec, as an array element: asyncpg would take a numpy array for a further dimension."""

    __slots__ = ()


def embedding(field: str, value: Any, dimension: int) -> Vector:
    """`value` as float32 of shape (dimension,), all finite, normalized to length 1 (or 0).

    Half precision can represent every component only of such a vector.
    """
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        vector = _vector(field, value, dimension)
        squared = float(vector.dot(vector))
    if not (_SHORTEST_SQUARED <= squared <= _LONGEST_SQUARED or (squared == 0 and not vector.any())):
        if np.isfinite(vector).all():
            raise InvalidInput(field, "must have a length between 1e-15 and 1e15, or 0: pgvector computes in float32")
        raise InvalidInput(field, "must not contain NaN, infinity or a number beyond float32")
    return vector * np.float32(1 / math.sqrt(squared)) if squared else vector


def embeddings(field: str, values: Sequence[Any], dimension: int) -> list[SentHalfVector | None]:
    """`embedding` of each value that is not None, as array elements."""
    import numpy as np

    given = [each for each in values if each is not None]
    if not given:
        return [None] * len(values)
    with np.errstate(over="ignore", invalid="ignore"):
        vectors = np.stack([_vector(field, each, dimension) for each in given])
        squared = np.einsum("ij,ij->i", vectors, vectors)
        ordinary = bool(((squared >= _SHORTEST_SQUARED) & (squared <= _LONGEST_SQUARED)).all())
        unit = vectors / np.sqrt(squared)[:, None] if ordinary else np.stack([embedding(field, each, dimension) for each in given])
    sent = map(half_vector, unit.astype(">f2"))
    return [None if each is None else next(sent) for each in values]


def half_vector(vector: np.ndarray[Any, np.dtype[Any]]) -> SentHalfVector:
    """A vector as it is sent."""
    return SentHalfVector(_HEAD.pack(len(vector), 0) + vector.astype(">f2", copy=False).tobytes())


def _vector(field: str, value: Any, dimension: int) -> Vector:
    import numpy as np

    try:
        vector = np.asarray(value)
        # Complex numbers would lose their imaginary part, and text would be parsed.
        vector = vector.astype(np.float32, copy=False) if vector.dtype.kind in "fiu" else _no_vector(field)
    except (TypeError, ValueError, OverflowError):
        _no_vector(field)
    if vector.shape != (dimension,):
        got = f"{vector.shape[0]}" if vector.ndim == 1 else f"an array of shape {vector.shape}"
        raise InvalidInput(field, f"must have {dimension} dimensions, not {got}")
    return vector


def _no_vector(field: str) -> NoReturn:
    raise InvalidInput(field, "must be a sequence of floats or a numpy array of float16, float32, float64 or integers") from None
