"""Searching by vector, by text, or by both, with optional further ranking."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal, Unpack
from uuid import UUID

import numpy as np

from memdb.engine.arguments import unpacking
from memdb.engine.cursors import Cursor, place_of
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Limit, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.memories import scopes
from memdb.memories.asked import Asked, SearchPlace, Vector
from memdb.memories.explaining import Sought
from memdb.memories.found import Hits
from memdb.memories.hits import Hit, NearDuplicate, Ranking
from memdb.memories.ranking import (
    EfSearch,
    Share,
    Similarity,
    nearest_exact,
    nearest_indexed,
    nearest_of_agent,
    search_exact,
    search_indexed,
    search_ranked,
)
from memdb.memories.scopes import Strategy
from memdb.memories.structs import SearchFilters
from memdb.questions import direction

_PLAIN: Final = Ranking()
_MOST_BY_INDEX: Final = 1000
_LEAST_LEFT: Final = 0.01
_FEWEST_CANDIDATES: Final = 100
_MOST_CANDIDATES: Final = 2000
# Measured by bench/search.py, on tenants of 100,000 and of 500,000 memories among a million, and by bench/retrieval.py, on 20,000. The best
# by the sum of both parts are seldom the best by either, so this many candidates are examined. The more memories are about the same
# subject, the more of the candidates are taken by embedding; the rest are taken by words.
_LOOKED_AT_SHARE: Final = 0.02
_FEWEST_LOOKED_AT: Final = 1000
_MOST_LOOKED_AT: Final = 2700
_NEAREST_SHARE: Final = 0.008
_MOST_NEAREST: Final = 1300
# The cells searched hold this many times as many of the scope's memories as are wanted.
_ROOM_IN_CELLS: Final = 1.5

_check_limit: Final = check_for("limit", Limit)
_check_ef_search: Final = check_for("ef_search", EfSearch | None)
_check_strategy: Final = check_for("strategy", Literal["auto", "exact", "indexed"])
_check_share: Final = check_for("ranking.centring", Share)


@unpacking
async def search(
    on: Executor,
    *,
    agent_id: UUID,
    text: str | None = None,
    embedding: Embedding | None = None,
    limit: int = 10,
    min_similarity: float | None = None,
    ranking: Ranking = _PLAIN,
    after: Cursor | None = None,
    strategy: Literal["auto", "exact", "indexed"] = "auto",
    ef_search: int | None = None,
    **filters: Unpack[SearchFilters],
) -> Hits:
    """The agent's active memories that best answer a text, an embedding of it, or (best) both.

    Only memories that are valid are found: now, or at the time `as_of`, when memories superseded or merged since still counted. The filters
    are those of `page`, including `contains`. A memory must contain all of `tags` and `metadata`. `min_similarity` is the least cosine
    similarity to the embedding.

    - embedding alone: by cosine similarity. Every memory with an embedding is a candidate.
    - text alone: by BM25. A memory must have a word in common with the text, in any inflection of the organization's language, or be lent
      one by a neighbour in its session. The first 64 distinct words count. A "quoted phrase" must occur as it is; a word or phrase with a
      minus before it (-word, -"phrase") must not.
    - both: by the sum of both, each scaled to 0..1 over the scope. Either makes a memory a candidate.

    `ranking` says what else counts, and how much; `Ranking.conversation()` is for what was said in sessions. Ties go to the newer. The
    result has min(`limit`, number of candidates) hits. Its `next_page`, passed as `after` with all other arguments the same, gets the hits
    after them. Later pages use the strategy of the first. After a search by the indexes, the pages end with its candidates, unless the
    embedding alone counts.

    `strategy`: "exact" compares all of the scope; "indexed" takes candidates from the indexes that `memdb index` builds; "auto" does
    whichever is faster for a scope of this size, and compares all with a filter by user or session. For a text together with an embedding,
    it compares all if `fusion` is "rank" or if more than 10 hits are ranked by their content, because the indexes would find too little.
    The result's `strategy` is the one used. `ef_search` (1 to 1,000) is how many candidates the HNSW index keeps: more of them find more of
    the true nearest neighbours and take longer. None means as many as the index's size, the scope's share of it and `limit` call for, at
    most 200 (40 with 40,000 embeddings; 200 with a million, or with a text).

    Raises InvalidInput, also for a zero embedding.
    """
    if embedding is None and text is None:
        raise InvalidInput("text", "or embedding must be given")
    if embedding is None and min_similarity is not None:
        raise InvalidInput("min_similarity", "needs an embedding to compare with")
    if not isinstance(ranking, Ranking):
        raise InvalidInput("ranking", f"must be a Ranking, not {type(ranking).__name__}")
    place = None if after is None else place_of("after", after, SearchPlace)
    if place is not None and ranking.diversity:
        raise InvalidInput("after", "cannot be combined with diversity, which is about one page")
    vector = direction(embedding, on.dimension)
    toward = vector if vector is None else await _toward(on, agent_id, vector, _check_share(ranking.centring, 0))
    asked = Asked(
        agent_id=agent_id,
        text=text,
        embedding=vector,
        toward=toward,
        limit=_check_limit(limit, 0),
        filters=filters,
        min_similarity=min_similarity,
        ranking=ranking,
        after=place,
        at=place.at if place else datetime.now(UTC),
    )
    chosen: Strategy = "exact"
    _check_strategy(strategy, 0)
    _check_ef_search(ef_search, 0)
    if place is not None:
        # With the other strategy, scores would be on another scale.
        chosen = place.strategy
    elif strategy == "indexed":
        await scopes.require_indexes(on, by_vector=vector is not None, by_words=asked.reads_words)
        chosen = "indexed"
    elif strategy == "auto" and filters["user_id"] is None and filters["session_id"] is None and asked.suits_indexes:
        chosen = await scopes.strategy(on, agent_id, filters, by_vector=vector is not None, by_words=asked.reads_words)
    if chosen == "indexed":
        hits = await _by_indexes(on, asked, ef_search)
        if hits is not None:
            return _result(hits, asked, "indexed")
    return _result(await _comparing_all(on, asked), asked, "exact")


async def _toward(on: Executor, agent_id: UUID, embedding: Vector, centring: float) -> Vector:
    """The embedding minus a share of the mean of the agent's embeddings; unchanged if almost nothing would be left."""
    centre = await scopes.centre(on, agent_id) if centring else None
    if centre is None:
        return embedding
    # The mean is of embeddings of length 1.
    toward = embedding / np.float32(np.linalg.norm(embedding)) - np.float32(centring) * centre
    return toward if np.linalg.norm(toward) > _LEAST_LEFT else embedding


async def _comparing_all(on: Executor, asked: Asked) -> list[Hit]:
    plan_for_values = scopes.plans_for_values(on, asked.filters)
    if asked.is_ranked:
        return await search_ranked(on, **asked.everything(), plan_for_values=plan_for_values)
    if asked.text is None and scopes.is_whole(asked.filters):
        return await nearest_of_agent(on, agent_id=asked.agent_id, limit=asked.limit, **{"embedding": asked.embedding, **asked.bounds()})
    arguments = {**asked.arguments(), **asked.bounds(), "plan_for_values": plan_for_values}
    if asked.text is None:
        return await nearest_exact(on, **arguments)
    return await search_exact(on, **arguments, **asked.weights(), text=asked.text)


async def _by_indexes(on: Executor, asked: Asked, ef_search: int | None) -> list[Hit] | None:
    """The hits, or None if the indexes gave fewer than the limit and there may be more."""
    wanted = asked.limit + (asked.after.seen if asked.after else 0)
    if asked.reads_words:
        size = await scopes.size(on, asked.agent_id, asked.filters)
        words = await scopes.vocabulary(on, asked.agent_id, asked.filters) if asked.text else scopes.NO_WORDS
        candidates = min(max(_FEWEST_CANDIDATES, 2 * wanted), _MOST_CANDIDATES)
        looked_at = min(max(int(_LOOKED_AT_SHARE * size), _FEWEST_LOOKED_AT), _MOST_LOOKED_AT)
        near = min(int(_NEAREST_SHARE * size), _MOST_NEAREST) if asked.toward is not None else 0
        cells = (await scopes.indexes(on)).cells
        hits = await search_indexed(
            on,
            **asked.everything(),
            ef_search=ef_search or scopes.MOST_CANDIDATES,
            candidates=candidates,
            nearest=min(2 * wanted, _MOST_CANDIDATES) if cells else max(near, candidates),
            near_by_cells=near if cells else 0,
            cells=max(1, min(int(_ROOM_IN_CELLS * near * cells / max(size, 1)), cells)),
            most_by_words=looked_at - near,
            scope_size=size,
            known_words=words.words,
            shares=words.shares,
            average_length=words.average_length,
            places=await scopes.few_places(on, asked.agent_id),
            plan_for_values=scopes.plans_for_values(on, asked.filters),
        )
        # By words alone, the indexes find all memories that have them; and those around the best, unless length normalization changes which
        # are the best.
        leads_to_all = asked.embedding is None and not (asked.ranking.context_share and asked.ranking.bm25_b)
        is_all = len(hits) == asked.limit or leads_to_all or asked.after is not None
        return hits if is_all else None
    if wanted > _MOST_BY_INDEX:
        return None
    if ef_search is None:
        ef_search = await scopes.candidates(on, asked.agent_id, asked.filters, wanted)
    hits = await nearest_indexed(on, **{**asked.arguments(), "limit": wanted}, ef_search=ef_search)
    if asked.after is not None:
        last = (asked.after.score, asked.after.id)
        hits = [hit for hit in hits if (hit.score, hit.memory.id) < last]
    if len(hits) < asked.limit:
        return None
    if asked.min_similarity is not None:
        hits = [hit for hit in hits if hit.score >= asked.min_similarity]
    return hits[: asked.limit]


def _result(hits: list[Hit], asked: Asked, strategy: Strategy) -> Hits:
    result = Hits(hits, strategy, Sought(asked.agent_id, asked.text, asked.ranking, asked.filters, asked.toward))
    if len(hits) == asked.limit and not asked.ranking.diversity:
        seen = (asked.after.seen if asked.after else 0) + len(hits)
        result.next_page = Cursor.of(SearchPlace(hits[-1].score, hits[-1].memory.id, seen, strategy, asked.at))
    return result


@query
async def near_duplicates(
    on: Executor,
    *,
    agent_id: UUID,
    embedding: Embedding,
    min_similarity: Similarity = 0.92,
    user_id: UUID | None = None,
    except_id: UUID | None = None,
    limit: Limit = 10,
) -> list[NearDuplicate]:
    """The agent's active memories of the same user with a cosine similarity to an embedding above `min_similarity`, nearest first.

    Call it before an `add`, or after it with the new memory's id as `except_id`. What to do about the duplicates is up to the caller
    (`merge`, `supersede`, escalations). A zero embedding is near to nothing.
    """
    ...
