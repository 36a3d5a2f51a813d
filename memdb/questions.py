"""The question of a search: a text, an embedding of it, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memdb.engine.embeddings import embedding as checked
from memdb.engine.inputs import Embedding
from memdb.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np


def asked(text: str | None, embedding: Embedding | None, dimension: int) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """The embedding searched for, if any. Raises InvalidInput if neither is given, or if the embedding has no direction."""
    if embedding is None and text is None:
        raise InvalidInput("text", "or embedding must be given")
    return direction(embedding, dimension)


def direction(embedding: Embedding | None, dimension: int) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """The embedding as it is sent, or None. Raises InvalidInput if it has no direction."""
    if embedding is None:
        return None
    vector = checked("embedding", embedding, dimension)
    if not vector.any():
        raise InvalidInput("embedding", "must not be the zero vector: it has no direction")
    return vector
