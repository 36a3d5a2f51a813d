"""How large a scope is, and so whether to compare all of it or to go by the indexes."""

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

# Measured by bench/search.py. Comparing all of a scope of n takes time in proportion to n, and finds all: so the indexes have to be much
# quicker. They take some milliseconds at least; where the scope is a small share of N embeddings the HNSW index looks at many of others, in
# proportion to N / n, so that the two are equal where n is in proportion to sqrt(N).
_SMALLEST_FOR_VECTORS: Final = 1_500
_SMALLEST_FOR_WORDS: Final = 10_000
_TIMES_ROOT_FOR_VECTORS: Final = 5.0
_TIMES_ROOT_FOR_BOTH: Final = 30.0
# Of a scope's share of the index, so many candidates for each hit; and more where there is more to lose one's way in. Of 40,000 embeddings
# 20 candidates find all of the nearest ten, of 100,000 40 do, and of a million more than 200 find no more.
_CANDIDATES_A_HIT: Final = 4
_CANDIDATES_OF_ROOT: Final = 0.2
MOST_CANDIDATES: Final = 200


class _Remembered(NamedTuple):
    """What is found out seldom, each for so many seconds, and of so many at most the latest: of a Database, under `name` in its memo."""

    name: str
    seconds: float
    most: int

    def get(self, on: Executor, key: object) -> Any:
        """None for what is not known, or was too long ago."""
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
# They take longer to ask for, and change less; each takes up to 400 kB, and 20 kB.
_VOCABULARIES: Final = _Remembered("vocabularies", seconds=3600.0, most=100)
_PLACES: Final = _Remembered("places", seconds=3600.0, most=1000)
_FEW_PLACES: Final = 25


class Vocabulary(msgspec.Struct, frozen=True):
    """The more frequent words of a scope, as a question looks for them; the share of its memories that has each; how many one has."""

    words: list[str]
    shares: list[float]
    average_length: float


NO_WORDS: Final = Vocabulary([], [], 1.0)


class Indexes(msgspec.Struct, frozen=True):
    """The indexes for large scopes that can be used, in how many cells one has the embeddings, and how many there are in the space."""

    embeddings: int
    for_vectors: bool
    for_words: bool
    cells: int

    def serve(self, *, by_vector: bool, by_words: bool) -> bool:
        """Whether they serve a search by these."""
        return (self.for_vectors or not by_vector) and (self.for_words or not by_words)


@query
async def measure_indexes(on: Executor) -> Indexes:
    """Part of `search`: what there is to search large scopes with."""
    ...


@query
async def measure_scope(on: Executor, *, agent_id: UUID) -> int:
    """Part of `search`: how many live memories an agent has, at most 2,000,000."""
    ...


@query
async def measure_places(on: Executor, *, agent_id: UUID, live: int) -> list[UUID]:
    """Part of `search`: where its samples are taken, given how many live memories there are."""
    ...


@query
async def measure_share(on: Executor, *, agent_id: UUID, places: list[UUID], **filters: Unpack[SearchFilters]) -> float:
    """Part of `search`: about which share (0 to 1) of them its filters let through."""
    ...


@query
async def measure_words(on: Executor, *, agent_id: UUID, places: list[UUID], **filters: Unpack[SearchFilters]) -> Vocabulary:
    """Part of `search`: the words that one in two thousand of a scope's memories have, or more."""
    ...


@query
async def measure_centre(on: Executor, *, agent_id: UUID) -> Embedding | None:
    """Part of `search`: the mean of its embeddings, None of few."""
    ...


async def indexes(on: Executor) -> Indexes:
    """The indexes, asked for anew every five minutes."""
    known: Indexes | None = _SCOPES.get(on, "indexes")
    return _SCOPES.put(on, "indexes", await measure_indexes(on)) if known is None else known


async def size(on: Executor, agent_id: UUID, filters: SearchFilters) -> float:
    """About how many of the agent's memories the filters of `search` let through. Asked anew every five minutes."""
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
    """The words of those of the agent's memories that the filters of `search` let through. Asked anew every hour, and when there are twice
    as many.
    """
    key = (_key(on, agent_id, filters), (await _live(on, agent_id)).bit_length())
    known: Vocabulary | None = _VOCABULARIES.get(on, key)
    if known is None:
        places = await _places(on, agent_id)
        known = _VOCABULARIES.put(on, key, await measure_words(on, agent_id=agent_id, places=places, **filters))
    return known


async def few_places(on: Executor, agent_id: UUID) -> list[UUID]:
    """At most 25 memories of the agent's, with as many others between each two, to take samples from there on. As old as the vocabulary."""
    places = await _places(on, agent_id)
    return places[:: max(math.ceil(len(places) / _FEW_PLACES), 1)]


async def strategy(on: Executor, agent_id: UUID, filters: SearchFilters, *, by_vector: bool, by_words: bool) -> Strategy:
    """How to search those of the agent's memories that the filters let through."""
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
    """How many candidates a scan of the HNSW index is to keep for so many hits."""
    embeddings = max((await indexes(on)).embeddings, 1)
    scope = max(await size(on, agent_id, filters), 1.0)
    wanted = max(_CANDIDATES_A_HIT * limit * max(embeddings / scope, 1.0), _CANDIDATES_OF_ROOT * math.sqrt(embeddings))
    return min(math.ceil(wanted), MOST_CANDIDATES)


async def centre(on: Executor, agent_id: UUID) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """What the agent's embeddings have in common, None of few. Asked anew every five minutes."""
    key = (on.org_id, agent_id, "centre")
    known: tuple[np.ndarray[Any, np.dtype[np.float32]] | None] | None = _SCOPES.get(on, key)
    if known is None:
        mean = await measure_centre(on, agent_id=agent_id)
        known = _SCOPES.put(on, key, (None if mean is None else np.asarray(mean, np.float32),))
    return known[0]


def plans_for_values(on: Executor, filters: SearchFilters) -> bool:
    """Whether to plan for the values of this call. A plan for any values reads the whole scope, also where an index finds the few that a
    filter leaves. Within a transaction it would be forced on the statements that follow.
    """
    return not is_whole(filters) or isinstance(on, Transaction)


def is_whole(filters: SearchFilters) -> bool:
    """Whether the filters let all of an agent's memories through."""
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
    # Times that are told from now are others in each call, and let through about the same.
    alike = [value.replace(minute=0, second=0, microsecond=0) if isinstance(value, datetime) else value for value in filters.values()]
    return (on.org_id, agent_id, hash(repr(alike)))
