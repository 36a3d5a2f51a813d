"""Embeddings on their way to the server: checked, and as half-precision vectors. numpy is imported with the first of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

from memdb.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np
    from pgvector import HalfVector

_SHORTEST_SQUARED: Final = 1e-30
_LONGEST_SQUARED: Final = 1e30


def embedding(field: str, value: Any, dimension: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """`value` as float32 of shape (dimension,), all finite, and of length 1 (or 0): only then does half precision hold every component."""
    import numpy as np

    try:
        with np.errstate(over="ignore"):
            vector = np.asarray(value)
            # Complex numbers would lose their imaginary part, and text would be parsed.
            vector = vector.astype(np.float32, copy=False) if vector.dtype.kind in "fiu" else _no_vector(field)
    except (TypeError, ValueError, OverflowError):
        _no_vector(field)
    if vector.shape != (dimension,):
        got = f"{vector.shape[0]}" if vector.ndim == 1 else f"an array of shape {vector.shape}"
        raise InvalidInput(field, f"must have {dimension} dimensions, not {got}")
    with np.errstate(over="ignore", invalid="ignore"):
        squared = float(vector.dot(vector))
    if not (_SHORTEST_SQUARED <= squared <= _LONGEST_SQUARED or (squared == 0 and not vector.any())):
        if np.isfinite(vector).all():
            raise InvalidInput(field, "must have a length between 1e-15 and 1e15, or 0: pgvector computes in float32")
        raise InvalidInput(field, "must not contain NaN, infinity or a number beyond float32")
    return vector * np.float32(1 / math.sqrt(squared)) if squared else vector


def _no_vector(field: str) -> NoReturn:
    raise InvalidInput(field, "must be a sequence of floats or a numpy array of them") from None


def half_vectors(embeddings: Sequence[np.ndarray[Any, np.dtype[np.float32]] | None]) -> list[HalfVector | None]:
    """Embeddings as the items of an array."""
    from pgvector import HalfVector

    return [None if each is None else HalfVector(each) for each in embeddings]
