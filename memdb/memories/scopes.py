"""How large a scope is, and so whether to compare all of it or to go by the indexes."""

from __future__ import annotations

import math
import time
from typing import Final, Literal, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from memdb.errors import InvalidInput
from memdb.executor import Executor
from memdb.query import query

Strategy: TypeAlias = Literal["exact", "indexed"]

T = TypeVar("T")

_REMEMBERED_SECONDS: Final = 300.0
_REMEMBERED_SCOPES: Final = 100_000
# Measured by bench/search.py. Comparing all of a scope of n takes time in proportion to n, and finds all: so the indexes have to be much
# quicker. They take some milliseconds at least; where the scope is a small share of N embeddings the HNSW index looks at many of others, in
# proportion to N / n, so that the two are equal where n is in proportion to sqrt(N).
_SMALLEST_FOR_VECTORS: Final = 1_500
_SMALLEST_FOR_WORDS: Final = 10_000
_TIMES_ROOT_FOR_VECTORS: Final = 5.0
_TIMES_ROOT_FOR_BOTH: Final = 30.0


class Indexes(msgspec.Struct, frozen=True):
    """The indexes for large scopes that can be used, and how many embeddings there are in the space."""

    embeddings: int
    for_vectors: bool
    for_words: bool

    def serve(self, *, by_vector: bool, by_words: bool) -> bool:
        """Whether they serve a search by these."""
        return (self.for_vectors or not by_vector) and (self.for_words or not by_words)


@query
async def measure_indexes(on: Executor) -> Indexes:
    """Part of `search`: what there is to search large scopes with."""
    ...


@query
async def measure_scope(on: Executor, *, agent_id: UUID) -> int:
    """Part of `search`: how many live memories an agent has, at most 200,000."""
    ...


async def indexes(on: Executor) -> Indexes:
    """The indexes, asked for anew every five minutes."""
    known = _remembered(on, "indexes")
    return known if isinstance(known, Indexes) else _remember(on, "indexes", await measure_indexes(on))


async def size(on: Executor, agent_id: UUID) -> int:
    """About how many live memories the agent has, counted anew every five minutes."""
    known = _remembered(on, (on.org_id, agent_id))
    return known if isinstance(known, int) else _remember(on, (on.org_id, agent_id), await measure_scope(on, agent_id=agent_id))


async def strategy(on: Executor, *, agent_id: UUID, by_vector: bool, by_words: bool) -> Strategy:
    """How to search the agent's memories."""
    usable = await indexes(on)
    if not usable.serve(by_vector=by_vector, by_words=by_words):
        return "exact"
    largest: float = _SMALLEST_FOR_WORDS
    if by_vector:
        root = math.sqrt(usable.embeddings)
        largest = max(largest, _TIMES_ROOT_FOR_BOTH * root) if by_words else _SMALLEST_FOR_VECTORS + _TIMES_ROOT_FOR_VECTORS * root
    return "indexed" if await size(on, agent_id) > largest else "exact"


async def require_indexes(on: Executor, *, by_vector: bool, by_words: bool) -> None:
    """Raises InvalidInput if there is nothing to search by."""
    if not (await indexes(on)).serve(by_vector=by_vector, by_words=by_words):
        raise InvalidInput("strategy", "can be indexed only where the indexes are: make them with `memdb index`")


def _remembered(on: Executor, key: object) -> object:
    value, until = on.context.memo.get(key, (None, 0.0))
    return value if time.monotonic() < until else None


def _remember(on: Executor, key: object, value: T) -> T:
    memo = on.context.memo
    if len(memo) >= _REMEMBERED_SCOPES:
        memo.clear()
    memo[key] = (value, time.monotonic() + _REMEMBERED_SECONDS)
    return value
