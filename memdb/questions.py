"""What a search is asked: a text, an embedding of it, or both."""

from __future__ import annotations

from typing import Any

import numpy as np

from memdb import inputs
from memdb.errors import InvalidInput
from memdb.inputs import Embedding


def asked(text: str | None, embedding: Embedding | None, dimension: int) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """The embedding that is searched for, if any. Raises InvalidInput where neither is given, or the embedding has no direction."""
    if embedding is None and text is None:
        raise InvalidInput("text", "or embedding must be given")
    vector = None if embedding is None else inputs.embedding("embedding", embedding, dimension)
    if vector is not None and not np.any(vector):
        raise InvalidInput("embedding", "must not be the zero vector: it has no direction")
    return vector
