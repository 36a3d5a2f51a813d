"""The local embedder: WordLlama's static 256-dimensional model, which is included in its package and needs no download."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from memdb.errors import ExtraMissing, InvalidInput

DIMENSION: Final = 256
MODEL: Final = "wordllama-l2-supercat-256"


def is_installed() -> bool:
    """Whether `embed` would find its model."""
    return find_spec("wordllama") is not None


def fits(dimension: int) -> bool:
    """Whether it is installed and its embeddings have this dimension."""
    return dimension == DIMENSION and is_installed()


def unfit(dimension: int) -> str:
    """Why it does not fit."""
    if dimension == DIMENSION:
        return str(_missing())
    return f"the local embedder's vectors have {DIMENSION} dimensions, this database's have {dimension}"


def embed(texts: list[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Unit vectors of shape (len(texts), 256). Raises ExtraMissing, and InvalidInput for an empty text, which means nothing."""
    if "" in texts:
        raise InvalidInput("texts", f"must not be empty, as number {texts.index('')} is, counted from 0")
    return np.asarray(_model().embed(texts, norm=True), dtype=np.float32)


@cache
def _model() -> Any:
    try:
        import wordllama
    except ImportError as error:
        raise _missing() from error
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


def _missing() -> ExtraMissing:
    return ExtraMissing("the local embedder", "embedder")
