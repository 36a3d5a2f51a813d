"""The arguments of a search of memories, as its statements take them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
import numpy as np

from memdb.engine.inputs import check_for
from memdb.memories.hits import Ranking
from memdb.memories.scopes import Strategy
from memdb.memories.structs import SearchFilters

# With more hits than this, too many of those that rank high by content are not among the best by embedding and words.
_MOST_BY_CONTENT: Final = 10

_check_fusion: Final = check_for("ranking.fusion", Literal["sum", "rank"])

Vector: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]


class SearchPlace(msgspec.Struct, frozen=True):
    """Where a page of hits ended: the last hit's score and id, the number of hits so far, the strategy, and the time of the search."""

    cursor_fields = ("score", "id", "seen", "strategy", "at")

    score: float
    id: UUID
    seen: int
    strategy: Strategy
    at: datetime


class Asked(NamedTuple):
    """A search's arguments, checked as a whole. Each is checked by itself when it is sent."""

    agent_id: UUID
    text: str | None
    embedding: Vector | None
    toward: Vector | None
    limit: int
    filters: SearchFilters
    min_similarity: float | None
    ranking: Ranking
    after: SearchPlace | None
    at: datetime

    @property
    def reads_words(self) -> bool:
        """Whether the search needs more than the nearest embeddings: a text, or other parts of the score."""
        return self.text is not None or self.is_ranked

    @property
    def is_ranked(self) -> bool:
        """Whether anything counts besides the embedding and the text."""
        return self.ranking != Ranking(**self.weights())

    @property
    def suits_indexes(self) -> bool:
        """Whether the indexes find .95 of the best hits, in scopes of the sizes measured."""
        reads_content = any(getattr(self.ranking, f"{part}_weight") for part in ("length", "first_person", "question", "answer", "named"))
        by_both = self.text is not None and self.toward is not None
        return not by_both or (self.ranking.fusion == "sum" and (self.limit <= _MOST_BY_CONTENT or not reads_content))

    def arguments(self) -> dict[str, Any]:
        """The arguments that every statement takes."""
        return {"agent_id": self.agent_id, "embedding": self.embedding, "limit": self.limit, **self.filters}

    def bounds(self) -> dict[str, Any]:
        """The bounds of the statement's result."""
        return {
            "min_similarity": self.min_similarity,
            "after_score": self.after.score if self.after else None,
            "after_id": self.after.id if self.after else None,
        }

    def weights(self) -> dict[str, Any]:
        """The weights of the embedding and of the text, and the share of the text's words lent to surrounding memories."""
        return {name: getattr(self.ranking, name) for name in ("vector_weight", "text_weight", "context_share")}

    def everything(self) -> dict[str, Any]:
        """The arguments of the statements that rank by all parts."""
        weights = {name: getattr(self.ranking, name) for name in Ranking.__struct_fields__ if name not in ("fusion", "centring")}
        by_rank = _check_fusion(self.ranking.fusion, 0) == "rank"
        return {**self.arguments(), **self.bounds(), **weights, "text": self.text, "toward": self.toward, "by_rank": by_rank, "at": self.at}
