"""The classes of triples."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias, TypedDict
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.clearing import Clear
from memdb.engine.inputs import Confidence, Embedding, JsonObject

Subject: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]
Predicate: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
Object: TypeAlias = Annotated[str, Meta(min_length=1, max_length=8192)]
Source: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]


class Triple(msgspec.Struct, frozen=True):
    """A live triple of a user, or of the tenant if `user_id` is None.

    Its embedding is not included: `embedded` says whether it has one.

    - `subject`, `predicate` and `object` are as first written. Triples whose texts compare equal are the same triple.
    - `confidence` is between 0 and 1, `source` where it comes from; None means unknown.
    - `version` increases by one with each change; `updated_at` also changes when it is stated again.
    """

    id: UUID
    user_id: UUID | None
    subject: str
    predicate: str
    object: str
    confidence: float | None
    source: str | None
    metadata: JsonObject
    embedded: bool
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def text(self) -> str:
        """The three parts, separated by spaces: the text that is searched, and of which its embedding should be."""
        return f"{self.subject} {self.predicate} {self.object}"


class TripleDetails(TypedDict, total=False):
    """The details that `assert_` takes besides a triple's three parts. None, or omitted, leaves a field unchanged; CLEAR empties it."""

    confidence: Confidence | Clear | None
    source: Source | Clear | None
    metadata: JsonObject | None
    embedding: Embedding | None


class NewTriple(msgspec.Struct, frozen=True, kw_only=True):
    """An item of `assert_many`: the three parts, and `TripleDetails`."""

    subject: Subject
    predicate: Predicate
    object: Object
    confidence: Confidence | Clear | None = None
    source: Source | Clear | None = None
    metadata: JsonObject | None = None
    embedding: Embedding | None = None


class TripleHit(msgspec.Struct, frozen=True):
    """A search result. `score` (0 to 2) ranks it within its search and is not comparable between searches.

    `similarity` is the cosine similarity (-1 to 1), or None if the search or the triple has no embedding. `text_score` is BM25 (above 0),
    or None if the search has no text or the triple none of its words.
    """

    triple: Triple
    score: float
    similarity: float | None
    text_score: float | None
