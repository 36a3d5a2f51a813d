"""What a search of memories is for, as its statements take it."""

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

# More by what they say are too often not among the best by embedding and words.
_MOST_BY_CONTENT: Final = 10

_check_fusion: Final = check_for("ranking.fusion", Literal["sum", "rank"])

Vector: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]


class SearchPlace(msgspec.Struct, frozen=True):
    """Where a page of hits ended: the last one's score and id, how many there were so far, how they were found, and when."""

    cursor_fields = ("score", "id", "seen", "strategy", "at")

    score: float
    id: UUID
    seen: int
    strategy: Strategy
    at: datetime


class Asked(NamedTuple):
    """What a search is for, checked as a whole; the parts are checked where they are sent."""

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
        """Whether it takes more than the nearest embeddings: a text, or other things that count."""
        return self.text is not None or self.is_ranked

    @property
    def is_ranked(self) -> bool:
        """Whether anything counts but the embedding and the text."""
        return self.ranking != Ranking(**self.weights())

    @property
    def suits_indexes(self) -> bool:
        """Whether they find .95 of the best, in scopes of the sizes that were measured."""
        reads_content = any(getattr(self.ranking, f"{part}_weight") for part in ("length", "first_person", "question", "answer", "named"))
        by_both = self.text is not None and self.toward is not None
        return not by_both or (self.ranking.fusion == "sum" and (self.limit <= _MOST_BY_CONTENT or not reads_content))

    def arguments(self) -> dict[str, Any]:
        """What every statement takes."""
        return {"agent_id": self.agent_id, "embedding": self.embedding, "limit": self.limit, **self.filters}

    def bounds(self) -> dict[str, Any]:
        """Where the statement's result begins and ends."""
        return {
            "min_similarity": self.min_similarity,
            "after_score": self.after.score if self.after else None,
            "after_id": self.after.id if self.after else None,
        }

    def weights(self) -> dict[str, float]:
        """How much the embedding and the text count, and the text for the memories around."""
        return {name: getattr(self.ranking, name) for name in ("vector_weight", "text_weight", "context_share")}

    def everything(self) -> dict[str, Any]:
        """What the statements take that rank by all there is."""
        weights = {name: getattr(self.ranking, name) for name in Ranking.__struct_fields__ if name not in ("fusion", "centring")}
        by_rank = _check_fusion(self.ranking.fusion, 0) == "rank"
        return {**self.arguments(), **self.bounds(), **weights, "text": self.text, "toward": self.toward, "by_rank": by_rank, "at": self.at}
