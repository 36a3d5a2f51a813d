"""The caller's embedder, whose failures cost an embedding but no memory."""

from __future__ import annotations

import logging
from typing import Any, Final

import numpy as np

from memdb.adapters.arandu.protocols import EmbeddingProvider
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput

_logger: Final = logging.getLogger(__name__)


async def embed(on: Executor, embeddings: EmbeddingProvider, texts: list[str]) -> list[Any]:
    """An embedding for each text, or None for zeros, and if the embedder fails, which is logged.

    What is stored without one is listed by `unembedded` of its area. Raises InvalidInput for another dimension than the database's.
    """
    if not texts:
        return []
    try:
        made: list[Any] = list(await embeddings.embed(texts) if len(texts) > 1 else [await embeddings.embed_one(texts[0])])
    except Exception as error:
        _logger.warning("stored without embeddings: %s: %s", type(error).__name__, error)
        made = []
    if len(made) != len(texts):
        return [None] * len(texts)
    return [usable(on, each) for each in made]


def usable(on: Executor, embedding: Any) -> Any:
    """The embedding, or None for None and for zeros. Raises InvalidInput for another dimension than the database's."""
    if embedding is None or len(embedding) == 0:
        return None
    if len(embedding) != on.dimension:
        raise InvalidInput("embedding", f"must have the database's {on.dimension} dimensions, not {len(embedding)}")
    return embedding if any(embedding) else None


def distinct(vectors: list[Any], threshold: float) -> list[int]:
    """The vectors to keep: of those with a cosine similarity of the threshold or more, the first. None is similar to nothing."""
    kept: list[int] = []
    units = [None if each is None else np.asarray(each, dtype=np.float64) / np.linalg.norm(each) for each in vectors]
    for number, unit in enumerate(units):
        if unit is None or all(units[other] is None or float(unit @ units[other]) < threshold for other in kept):
            kept.append(number)
    return kept
