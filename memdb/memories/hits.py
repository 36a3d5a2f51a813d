"""What a search is ranked by, and what it finds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from memdb.engine.cursors import Cursor
from memdb.memories.structs import Memory


class NearDuplicate(msgspec.Struct, frozen=True):
    """A memory that says nearly the same: `distance` is the cosine distance, 0 for the same direction."""

    memory: Memory
    distance: float


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """What counts in a search, and how much: each part is between 0 and 1, and counts by its weight (0 to 1,000).

    - `vector_weight`, `text_weight`: similarity, scaled from the least to the greatest of the scope, and BM25, scaled from 0 to the
      greatest. `fusion` "rank" takes 61 / (60 + rank) instead (reciprocal rank fusion).
    - `recency_weight`: 0.5 ** (age / half-life), the age since `observed_at`, the half-life that of its category: factual 180 days,
      procedural 120, preference 45, behavioral 30, episodic 14, and the shortest of several labels.
    - `confidence_weight`, `usefulness_weight`: as they are.
    - `neighbour_share` (0 to 1; 0.5 is a good choice for conversations): a memory gets this share of the higher score of those just before
      and after it in its session, by `observed_at`, among those that the filters let through.
    - `diversity` (0 to 1): of the best 4 times `limit`, one is taken after the other, each less this share of the best score for being
      similar to one taken before (maximal marginal relevance).
    """

    vector_weight: float = 1.0
    text_weight: float = 1.0
    fusion: Literal["sum", "rank"] = "sum"
    recency_weight: float = 0.0
    confidence_weight: float = 0.0
    usefulness_weight: float = 0.0
    neighbour_share: float = 0.0
    diversity: float = 0.0


class ScoreParts(msgspec.Struct, frozen=True):
    """What a score is the sum of; `redundancy`, for being similar to better hits, is 0 or below."""

    vector: float
    text: float
    recency: float
    confidence: float
    usefulness: float
    neighbours: float
    redundancy: float


class Hit(msgspec.Struct, frozen=True):
    """A search result. `score` ranks it within its search and is not comparable between searches, but by an embedding alone: then it is the
    similarity. `parts` add up to it.

    `similarity` is the cosine similarity (-1 to 1), None where the search or the memory has no embedding; `text_score` is BM25 (above 0),
    None where the search has no text or the memory none of its words.
    """

    memory: Memory
    score: float
    similarity: float | None
    text_score: float | None
    parts: ScoreParts


class Hits(list[Hit]):
    """The hits of a search, best first; how it came by them; and where the next page begins, None if there is none."""

    def __init__(self, hits: Iterable[Hit], strategy: Literal["exact", "indexed"]) -> None:
        super().__init__(hits)
        self.strategy = strategy
        self.next_page: Cursor | None = None
