"""The size of a scope, and so whether to compare all of it or to use the indexes."""

from __future__ import annotations

import math
import time
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar, Unpack
from uuid import UUID

import msgspec
import numpy as np

from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import Embedding
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.memories.structs import SearchFilters

Strategy: TypeAlias = Literal["exact", "indexed"]

T = TypeVar("T")

# Measured by bench/search.py. Comparing all n memories of a scope takes time proportional to n and finds all, so the indexes must be much
# faster to be worth it. They take some milliseconds at least. If the scope is a small share of N embeddings, the HNSW index visits a number
# of others proportional to N / n, so the two break even where n is proportional to sqrt(N).
_SMALLEST_FOR_VECTORS: Final = 1_500
_SMALLEST_FOR_WORDS: Final = 10_000
_TIMES_ROOT_FOR_VECTORS: Final = 5.0
_TIMES_ROOT_FOR_BOTH: Final = 30.0
# Candidates for each hit, divided by the scope's share of the index; and more in a larger index, where a search goes astray more easily.
# With 40,000 embeddings, 20 candidates find all of the nearest ten; with 100,000, 40 do; with a million, more than 200 find no more.
_CANDIDATES_A_HIT: Final = 4
_CANDIDATES_OF_ROOT: Final = 0.2
MOST_CANDIDATES: Final = 200


class _Remembered(NamedTuple):
    """A cache of measurements in a Database's memo, under `name`.

    Each entry is kept for `seconds`, and at most the latest `most` entries are kept.
    """

    name: str
    seconds: float
    most: int

    def get(self, on: Executor, key: object) -> Any:
        """The value, or None if it is missing or too old."""
        value, until = on.context.memo.get(self.name, {}).get(key, (None, 0.0))
        return value if time.monotonic() < until else None

    def put(self, on: Executor, key: object, value: T) -> T:
        known: dict[object, tuple[Any, float]] = on.context.memo.setdefault(self.name, {})
        known.pop(key, None)
        while len(known) >= self.most:
            del known[next(iter(known))]
        known[key] = (value, time.monotonic() + self.seconds)
        return value


_SCOPES: Final = _Remembered("scopes", seconds=300.0, most=100_000)
# These take longer to measure and change less. A vocabulary takes up to 400 kB, places up to 20 kB.
_VOCABULARIES: Final = _Remembered("vocabularies", seconds=3600.0, most=100)
_PLACES: Final = _Remembered("places", seconds=3600.0, most=1000)
_FEW_PLACES: Final = 25


class Vocabulary(msgspec.Struct, frozen=True):
    """The frequent words of a scope.

    `words` has each as a tsquery, `shares` the share of the memories that contain it; `average_length` is the number of words of a memory.
    """

    words: list[str]
    shares: list[float]
    average_length: float


NO_WORDS: Final = Vocabulary([], [], 1.0)


class Indexes(msgspec.Struct, frozen=True):
    """The usable indexes for large scopes: the number of embeddings in the space, and of cells in the index that has them."""

    embeddings: int
    for_vectors: bool
    for_words: bool
    cells: int

    def serve(self, *, by_vector: bool, by_words: bool) -> bool:
        """Whether the indexes support a search by these."""
        return (self.for_vectors or not by_vector) and (self.for_words or not by_words)


@query
async def measure_indexes(on: Executor) -> Indexes:
    """Part of `search`: which indexes large scopes can be searched with."""
    ...


@query
async def measure_scope(on: Executor, *, agent_id: UUID) -> int:
    """Part of `search`: the number of an agent's live memories, at most 2,000,000."""
    ...


@query
async def measure_places(on: Executor, *, agent_id: UUID, live: int) -> list[UUID]:
    """Part of `search`: the ids at which samples are taken, given the number of live memories."""
    ...


@query
async def measure_share(on: Executor, *, agent_id: UUID, places: list[UUID], **filters: Unpack[SearchFilters]) -> float:
    """Part of `search`: the estimated share (0 to 1) of the agent's memories that pass the filters."""
    ...


@query
async def measure_words(on: Executor, *, agent_id: UUID, places: list[UUID], **filters: Unpack[SearchFilters]) -> Vocabulary:
    """Part of `search`: the words that occur in at least one in 2,000 of a scope's memories."""
    ...


@query
async def measure_centre(on: Executor, *, agent_id: UUID) -> Embedding | None:
    """Part of `search`: the mean of the agent's embeddings, or None if there are few."""
    ...


async def indexes(on: Executor) -> Indexes:
    """The indexes, cached for five minutes."""
    known: Indexes | None = _SCOPES.get(on, "indexes")
    return _SCOPES.put(on, "indexes", await measure_indexes(on)) if known is None else known


async def size(on: Executor, agent_id: UUID, filters: SearchFilters) -> float:
    """The estimated number of the agent's memories that pass the filters of `search`, cached for five minutes."""
    live = await _live(on, agent_id)
    if is_whole(filters):
        return live
    key = _key(on, agent_id, filters)
    share: float | None = _SCOPES.get(on, key)
    if share is None:
        few = await few_places(on, agent_id)
        share = _SCOPES.put(on, key, await measure_share(on, agent_id=agent_id, places=few, **filters))
    return live * share


async def vocabulary(on: Executor, agent_id: UUID, filters: SearchFilters) -> Vocabulary:
    """The words of the agent's memories that pass the filters of `search`.

    Cached for an hour, or until the number of the agent's memories has doubled.
    """
    key = (_key(on, agent_id, filters), (await _live(on, agent_id)).bit_length())
    known: Vocabulary | None = _VOCABULARIES.get(on, key)
    if known is None:
        places = await _places(on, agent_id)
        known = _VOCABULARIES.put(on, key, await measure_words(on, agent_id=agent_id, places=places, **filters))
    return known


async def few_places(on: Executor, agent_id: UUID) -> list[UUID]:
    """The ids of at most 25 of the agent's memories, evenly spaced, at which to take samples; cached like the vocabulary."""
    places = await _places(on, agent_id)
    return places[:: max(math.ceil(len(places) / _FEW_PLACES), 1)]


async def strategy(on: Executor, agent_id: UUID, filters: SearchFilters, *, by_vector: bool, by_words: bool) -> Strategy:
    """How to search those of the agent's memories that pass the filters."""
    usable = await indexes(on)
    if not usable.serve(by_vector=by_vector, by_words=by_words):
        return "exact"
    largest: float = _SMALLEST_FOR_WORDS
    if by_vector:
        root = math.sqrt(usable.embeddings)
        largest = max(largest, _TIMES_ROOT_FOR_BOTH * root) if by_words else _SMALLEST_FOR_VECTORS + _TIMES_ROOT_FOR_VECTORS * root
    is_large = await _live(on, agent_id) > largest and await size(on, agent_id, filters) > largest
    return "indexed" if is_large else "exact"


async def candidates(on: Executor, agent_id: UUID, filters: SearchFilters, limit: int) -> int:
    """How many candidates a scan of the HNSW index should keep for this many hits."""
    embeddings = max((await indexes(on)).embeddings, 1)
    scope = max(await size(on, agent_id, filters), 1.0)
    wanted = max(_CANDIDATES_A_HIT * limit * max(embeddings / scope, 1.0), _CANDIDATES_OF_ROOT * math.sqrt(embeddings))
    return min(math.ceil(wanted), MOST_CANDIDATES)


async def centre(on: Executor, agent_id: UUID) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """The mean of the agent's embeddings, or None if there are few; cached for five minutes."""
    key = (on.org_id, agent_id, "centre")
    known: tuple[np.ndarray[Any, np.dtype[np.float32]] | None] | None = _SCOPES.get(on, key)
    if known is None:
        mean = await measure_centre(on, agent_id=agent_id)
        known = _SCOPES.put(on, key, (None if mean is None else np.asarray(mean, np.float32),))
    return known[0]


def plans_for_values(on: Executor, filters: SearchFilters) -> bool:
    """Whether to plan for the values of this call.

    A generic plan reads the whole scope, even if an index finds the few memories that pass a filter. Within a transaction, it would be
    forced on the statements that follow.
    """
    return not is_whole(filters) or isinstance(on, Transaction)


def is_whole(filters: SearchFilters) -> bool:
    """Whether all of an agent's memories pass the filters."""
    return all(value is None for value in filters.values())


async def require_indexes(on: Executor, *, by_vector: bool, by_words: bool) -> None:
    """Raises InvalidInput if there is nothing to search by."""
    if not (await indexes(on)).serve(by_vector=by_vector, by_words=by_words):
        raise InvalidInput("strategy", "can be indexed only where the indexes are: make them with `memdb index`")


async def _places(on: Executor, agent_id: UUID) -> list[UUID]:
    live = await _live(on, agent_id)
    key = (on.org_id, agent_id, live.bit_length())
    known: list[UUID] | None = _PLACES.get(on, key)
    return _PLACES.put(on, key, await measure_places(on, agent_id=agent_id, live=live)) if known is None else known


async def _live(on: Executor, agent_id: UUID) -> int:
    live: int | None = _SCOPES.get(on, (on.org_id, agent_id))
    return _SCOPES.put(on, (on.org_id, agent_id), await measure_scope(on, agent_id=agent_id)) if live is None else live


def _key(on: Executor, agent_id: UUID, filters: SearchFilters) -> object:
    # Times relative to now differ in each call but select about the same memories.
    alike = [value.replace(minute=0, second=0, microsecond=0) if isinstance(value, datetime) else value for value in filters.values()]
    return (on.org_id, agent_id, hash(repr(alike)))
