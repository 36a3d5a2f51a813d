"""What a search is ranked by, and what it finds."""

from __future__ import annotations

from typing import Literal

import msgspec

from memdb.memories.structs import Memory


class NearDuplicate(msgspec.Struct, frozen=True):
    """A memory that says nearly the same: `distance` is the cosine distance, 0 for the same direction."""

    memory: Memory
    distance: float


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """What counts in a search, and how much. A weight (0 to 1,000) is what its part is multiplied by, a share is from 0 to 1.

    - `vector_weight`: similarity, scaled from the least to the greatest of the scope. `centring` is which share of the mean of the agent's
      embeddings is taken from the one that is searched for (of 50 embeddings or more): what all have in common tells none from the others.
    - `text_weight`: BM25, scaled from 0 to the greatest; `bm25_b` is how much a long memory counts for less. `fusion` "rank" takes
      61 / (60 + rank) for both instead (reciprocal rank fusion).
    - `context_share`: which share of the words of the ten best by text counts for the memories around them, four before and four after
      each in its session: the less, the more characters are between, none from 800 on; for those before it seven tenths of that. A word
      that more than a quarter of the scope has counts where it is only.
    - `length_weight`: the natural logarithm of the number of different words.
    - `first_person_weight`: 1 if it says "I" or the like, in English, German, French and other languages of which memdb knows the words.
    - `question_weight`: -1 if it has a question mark; `answer_weight`: 1 if the one before it in its session has one.
    - `named_weight`: 1 if it begins with a word of the text, such as the name of who speaks.
    - `recency_weight`: 0.5 ** (age / half-life), the age since `observed_at`, the half-life that of its category: factual 180 days,
      procedural 120, preference 45, behavioral 30, episodic 14, and the shortest of several labels.
    - `confidence_weight`, `usefulness_weight`: as they are.
    - `neighbour_share`: a memory gets this share of the higher score of those just before and after it in its session, by `observed_at`,
      among those that the filters let through.
    - `diversity`, a share: of the best 4 times `limit`, one is taken after the other, each less this share of the best score for being
      similar to one taken before (maximal marginal relevance).
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
        """For memories that are what was said, turn by turn, in sessions: it finds somewhat more of what answers a question there than the
        default, and takes twice as long. docs/search.md has the measurements.
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
    """What a score is the sum of.

    `context` is what the words of the memories around it add to its own (`text`); with `fusion` "rank" that is in `text`. `question`, for
    asking, and `redundancy`, for being similar to better hits, are 0 or below.
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
    """A search result. `score` ranks it within its search and is not comparable between searches, but by an embedding alone: then it is the
    similarity. `parts` add up to it.

    `similarity` is the cosine similarity (-1 to 1), None where the search or the memory has no embedding; `text_score` is BM25 (above 0),
    None where the search has no text, or neither the memory nor what counts of its context has one of its words. Beside an embedding, a
    word that more than two fifths of the agent's memories have may not make it one (docs/search.md, "Common words").
    """

    memory: Memory
    score: float
    similarity: float | None
    text_score: float | None
    parts: ScoreParts
