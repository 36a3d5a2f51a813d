"""The searchable parts of a store's items: texts of their values and embeddings of them, according to the store's configuration."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
from langchain_core.embeddings import Embeddings
from langgraph.store.base import IndexConfig, PutOp, ensure_embeddings, get_text_at_path, tokenize_path

from memdb.adapters.over_items import content_of
from memdb.errors import InvalidInput
from memdb.items import NewPart

_KNOWN: Final = frozenset({"dims", "embed", "fields", "distance_type", "ann_index_config"})
_DISTANCES: Final = ("cosine", "inner_product", "l2")
_WHOLE: Final = "$"
# For half-precision embeddings whose makers promise length 1.
_TOLERANCE: Final = 1e-2


class MemdbIndexConfig(IndexConfig, total=False):
    """LangGraph's configuration of an index, with langgraph-checkpoint-postgres's additions.

    `distance_type` selects the score: "cosine" (the similarity), "inner_product" or "l2" (the negative distance); the last two are for
    embeddings of length 1. `ann_index_config` has no effect, because all items in a search's scope are compared.
    """

    distance_type: Literal["cosine", "inner_product", "l2"]
    ann_index_config: Mapping[str, Any]


class Index:
    """A checked configuration. Raises InvalidInput if it is not one, or its `dims` are not the embedding space's."""

    def __init__(self, config: Any, dimension: int) -> None:
        check_mapping("index", config, _KNOWN)
        if missing := {"dims", "embed"} - config.keys():
            raise InvalidInput("index", f"must have {' and '.join(sorted(missing))}")
        if config["dims"] != dimension:
            raise InvalidInput(
                "index",
                f"must have the dims of the database's embedding space, {dimension}, not {config['dims']!r:.40}; a space of other dims is "
                "made by `memdb spaces create`, and chosen by embedding_model=",
            )
        self._distance: str = config.get("distance_type", "cosine")
        if self._distance not in _DISTANCES:
            raise InvalidInput("index", f"must have cosine, inner_product or l2 as distance_type, not {self._distance!r:.40}")
        fields = config.get("fields") or [_WHOLE]
        try:
            self._fields = self._paths(fields)
        except (TypeError, AttributeError):
            raise InvalidInput("index", f"must have a list of paths as fields, not {fields!r:.80}") from None
        embed = config["embed"]
        if not isinstance(embed, str | Embeddings) and not callable(embed):
            raise InvalidInput(
                "index", f"must have a function, an Embeddings object or a model's name as embed, not {type(embed).__name__}"
            )
        self.embeddings: Embeddings = ensure_embeddings(embed)

    def _paths(self, fields: Any) -> dict[str, Any]:
        if isinstance(fields, str) or not isinstance(fields, Sequence):
            raise TypeError(f"index must be a list of paths, False or None, not {type(fields).__name__}")
        return {field: field if field == _WHOLE else tokenize_path(field) for field in fields}

    async def parts(self, puts: Sequence[PutOp]) -> list[list[NewPart]]:
        """The parts of the values put: each text is embedded once, all in one call of the embedder."""
        texts = [list(self._texts(put)) for put in puts]
        distinct = list(dict.fromkeys(text for found in texts for _, text in found))
        vectors = await self.embeddings.aembed_documents(distinct) if distinct else []
        if len(vectors) != len(distinct):
            raise InvalidInput("embed", f"must give an embedding for each of {len(distinct)} texts, not {len(vectors)}")
        embedded = dict(zip(distinct, map(self._checked, vectors), strict=True))
        return [[NewPart(path=path, content=content_of(text), embedding=embedded[text]) for path, text in found] for found in texts]

    def _texts(self, put: PutOp) -> Collection[tuple[str, str]]:
        if put.value is None or put.index is False:
            return ()
        paths = self._fields if put.index is None else self._paths(put.index)
        found: dict[str, str] = {}
        for path, tokens in paths.items():
            texts = get_text_at_path(put.value, tokens)
            found.update({path: texts[0]} if len(texts) == 1 else {f"{path}.{number}": text for number, text in enumerate(texts)})
        return found.items()

    async def queries(self, texts: Collection[str]) -> dict[str, Any]:
        """The embedding of each text, None for one without direction."""
        distinct = list(dict.fromkeys(texts))
        vectors = await asyncio.gather(*map(self.embeddings.aembed_query, distinct))
        return {text: self._checked(vector) if np.any(vector) else None for text, vector in zip(distinct, vectors, strict=True)}

    def _checked(self, vector: Any) -> Any:
        if (
            self._distance != "cosine"
            and abs(float(np.linalg.norm(np.asarray(vector, dtype=np.float32))) - 1) > _TOLERANCE
            and np.any(vector)
        ):
            raise InvalidInput("embed", f"must give embeddings of length 1 where distance_type is {self._distance}")
        return vector

    def score(self, similarity: float | None) -> float | None:
        """LangGraph's score for a cosine similarity."""
        if similarity is None or self._distance != "l2":
            return similarity
        return -math.sqrt(max(2 - 2 * similarity, 0.0))


def check_mapping(field: str, config: Any, known: Collection[str]) -> None:
    """Raises InvalidInput unless it is a dict with known keys."""
    if not isinstance(config, Mapping):
        raise InvalidInput(field, f"must be a dict, not {type(config).__name__}")
    if unknown := sorted(map(str, config.keys() - known)):
        raise InvalidInput(field, f"must have no keys but {', '.join(sorted(known))}: not {', '.join(unknown)}")
