"""The local embedder: WordLlama's static 256-dimensional model, which comes inside its package and needs no download."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from memdb.errors import ExtraMissing

DIMENSION: Final = 256
MODEL: Final = "wordllama-l2-supercat-256"


def embed(texts: list[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Unit vectors of shape (len(texts), 256). Raises ExtraMissing."""
    return np.asarray(_model().embed(texts, norm=True), dtype=np.float32)


@cache
def _model() -> Any:
    try:
        import wordllama
    except ImportError as error:
        raise ExtraMissing("the local embedder", "embedder") from error
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
