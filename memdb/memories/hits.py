"""The ranking and the results of a search."""

from __future__ import annotations

from typing import Literal

import msgspec

from memdb.memories.structs import Memory


class NearDuplicate(msgspec.Struct, frozen=True):
    """A memory that says nearly the same. `distance` is the cosine distance, 0 for the same direction."""

    memory: Memory
    distance: float


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a search's score and how much each counts. A weight (0 to 1,000) multiplies its part; a share is from 0 to 1.

    - `vector_weight`: cosine similarity, scaled from the least to the greatest in the scope. `centring` is the share of the mean of the
      agent's embeddings that is subtracted from the embedding searched for (with 50 embeddings or more), because what all have in common
      does not tell them apart.
    - `text_weight`: BM25, scaled from 0 to the greatest. `bm25_b` is BM25's b, which penalizes long memories. `fusion` "rank" takes 61 /
      (60 + rank) for both parts instead (reciprocal rank fusion).
    - `context_share`: the share at which the words of the ten best memories by text count for those around them, up to four before and four
      after each in its session. It decreases with the number of characters in between, to none at 800, and is seven tenths for the memories
      before. A word in more than a quarter of the scope counts only where it occurs.
    - `length_weight`: the natural logarithm of the number of distinct words.
    - `first_person_weight`: 1 if it says "I" or the like, in English, German, French and the other languages whose words memdb knows.
    - `question_weight`: -1 if it has a question mark. `answer_weight`: 1 if the memory before it in its session has one.
    - `named_weight`: 1 if it begins with a word of the text, such as the speaker's name.
    - `recency_weight`: 0.5 ** (age / half-life), with the age since `observed_at` and the category's half-life: factual 180 days,
      procedural 120, preference 45, behavioral 30, episodic 14; of several labels, the shortest.
    - `confidence_weight`, `usefulness_weight`: these fields as they are.
    - `neighbour_share`: the share that a memory gets of the higher score of its two neighbours in its session, by `observed_at`, among the
      memories that pass the filters.
    - `diversity`: a share. The hits are picked one by one from the best 4 times `limit`; each candidate loses this share of the best score,
      times its similarity to a hit already picked (maximal marginal relevance).
    """

    vector_weight: float = 1.0
    centring: float = 0.0
    text_weight: float = 1.0
    bm25_b: float = 0.0
    fusion: Literal["sum", "rank"] = "sum"
    context_share: float = 1.0
    length_weight: float = 0.0
    first_person_weight: float = 0.0
    question_weight: float = 0.0
    answer_weight: float = 0.0
    named_weight: float = 0.0
    recency_weight: float = 0.0
    confidence_weight: float = 0.0
    usefulness_weight: float = 0.0
    neighbour_share: float = 0.0
    diversity: float = 0.0

    @classmethod
    def conversation(cls) -> Ranking:
        """For memories that are the turns of conversations, in sessions.

        It finds somewhat more of the answers in such memories than the default, and takes twice as long (measured in docs/search.md).
        """
        return cls(
            centring=0.75,
            length_weight=0.15,
            first_person_weight=0.1,
            question_weight=0.05,
            answer_weight=0.05,
            named_weight=0.1,
        )


class ScoreParts(msgspec.Struct, frozen=True):
    """The parts that add up to a score.

    `context` is what the words of surrounding memories add to the memory's own (`text`); with `fusion` "rank", it is included in `text`.
    `question`, for asking, and `redundancy`, for being similar to better hits, are 0 or negative.
    """

    vector: float
    text: float
    context: float
    length: float
    first_person: float
    question: float
    answer: float
    named: float
    recency: float
    confidence: float
    usefulness: float
    neighbours: float
    redundancy: float


class Hit(msgspec.Struct, frozen=True):
    """A search result. `score`, the sum of `parts`, ranks it within its search.

    Scores are not comparable between searches, except by an embedding alone, where the score is the similarity. `similarity` is the cosine
    similarity (-1 to 1), or None if the search or the memory has no embedding. `text_score` is BM25 (above 0), or None if the search has no
    text, or neither the memory nor its context has one of the words. In a search with an embedding, `text_score` may be None if the memory
    has only words that occur in more than two fifths of the agent's memories (docs/search.md, "Common words").
    """

    memory: Memory
    score: float
    similarity: float | None
    text_score: float | None
    parts: ScoreParts
