"""Why a search found its hits: the parts of each score, and the words that counted, with the memories that contain them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Unpack
from uuid import UUID

import msgspec

from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Ids, QueryText, Weight
from memdb.engine.own import query
from memdb.memories import scopes
from memdb.memories.hits import Hit, Ranking
from memdb.memories.ranking import Share
from memdb.memories.structs import SearchFilters
from memdb.memories.texts import columns, one_line, shortened

_LONGEST: Final = 80


class MatchedWord(msgspec.Struct, frozen=True):
    """A word of the text that counts for a hit, and a memory that contains it.

    - `word` is as written in the text, or its stem if the token contains more than one word (`COVID-19`).
    - `memory_id` and `excerpt`, its first 200 characters, are the hit's if `away` is 0. Otherwise they are those of the memory that stands
      this many before it (negative) or after it in its session, counting only memories that pass the filters.
    - `frequency` is 1 for a word that occurs once, and approaches 1.6 with more occurrences. For neighbours of the hit, it decreases with
      the distance.
    - `points` of the hit's own words add up to `parts.text`, those of its neighbours' words to `parts.context`. With `fusion` "rank", all
      of them add up to `parts.text`.
    """

    word: str
    memory_id: UUID
    away: int
    frequency: float
    points: float
    excerpt: str


class ExplainedHit(msgspec.Struct, frozen=True):
    """A hit, whose `parts` add up to its score, and the words that counted for it, greatest points first."""

    hit: Hit
    words: list[MatchedWord]


class Explanation(msgspec.Struct, frozen=True):
    """The result of `hits.explain`, hit by hit; `str` gives a table for people."""

    hits: list[ExplainedHit]

    def __str__(self) -> str:
        if not self.hits:
            return "nothing found"
        parts = self._parts()
        return "\n".join([*columns(parts, right=len(parts[0]) - 1), "", *columns(self._words(), right=2)]).rstrip()

    def _parts(self) -> list[list[str]]:
        """The parts that are not zero for all hits."""
        rows = [{name: getattr(each.hit.parts, name) for name in each.hit.parts.__struct_fields__} for each in self.hits]
        counting = [name for name in rows[0] if any(row[name] for row in rows)]
        lines = [
            [str(rank), f"{each.hit.score:.3f}", *(f"{row[name]:.3f}" for name in counting), shortened(each.hit.memory.content, _LONGEST)]
            for rank, (each, row) in enumerate(zip(self.hits, rows, strict=True), 1)
        ]
        return [["", "score", *counting, "memory"], *lines]

    def _words(self) -> list[list[str]]:
        lines = [
            ["" if number else str(rank), f"{found.points:.3f}", one_line(found.word), _from(found)]
            for rank, each in enumerate(self.hits, 1)
            for number, found in enumerate(each.words)
        ]
        return [["", "points", "word", "from"], *lines] if lines else []


class FoundWord(msgspec.Struct, frozen=True):
    """A MatchedWord of the hit `hit_id`, before its points are scaled."""

    hit_id: UUID
    word: str
    memory_id: UUID
    away: int
    frequency: float
    points: float
    excerpt: str


@query
async def words_of_hits(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText,
    toward: Embedding | None,
    ids: Ids,
    vector_weight: Weight,
    text_weight: Weight,
    context_share: Share,
    bm25_b: Share,
    plan_for_values: bool,
    **filters: Unpack[SearchFilters],
) -> list[FoundWord]:
    """Part of `hits.explain`: the words that count for these memories."""
    ...


class Sought(msgspec.Struct, frozen=True):
    """What a search was for, as far as its words are concerned.

    `toward`, with which embeddings were compared, affects which words are lent to neighbours.
    """

    agent_id: UUID
    text: str | None
    ranking: Ranking
    filters: SearchFilters
    toward: Embedding | None


async def explain(on: Executor, hits: Sequence[Hit], sought: Sought) -> Explanation:
    """Part of `hits.explain`."""
    of_hit: dict[UUID, list[FoundWord]] = {hit.memory.id: [] for hit in hits}
    if hits and sought.text is not None:
        found = await words_of_hits(
            on,
            agent_id=sought.agent_id,
            text=sought.text,
            toward=sought.toward,
            ids=[*of_hit],
            vector_weight=sought.ranking.vector_weight,
            text_weight=sought.ranking.text_weight,
            context_share=sought.ranking.context_share,
            bm25_b=sought.ranking.bm25_b,
            plan_for_values=scopes.plans_for_values(on, sought.filters),
            **sought.filters,
        )
        for each in found:
            of_hit[each.hit_id].append(each)
    by_rank = sought.ranking.fusion == "rank"
    return Explanation([ExplainedHit(hit, _matched(hit, of_hit[hit.memory.id], by_rank)) for hit in hits])


def _matched(hit: Hit, found: Sequence[FoundWord], by_rank: bool) -> list[MatchedWord]:
    """The words, with their points scaled to add up to the hit's parts.

    The search that gave these parts may have estimated the words' rarity from the indexes.
    """
    scales: Mapping[bool, float]
    if by_rank:
        scales = dict.fromkeys((True, False), _scale(hit.parts.text, found))
    else:
        scales = {
            True: _scale(hit.parts.text, [each for each in found if each.memory_id == hit.memory.id]),
            False: _scale(hit.parts.context, [each for each in found if each.memory_id != hit.memory.id]),
        }
    matched = [_scaled(each, scales[each.memory_id == hit.memory.id]) for each in found]
    return sorted(matched, key=lambda each: -each.points)


def _scale(part: float, found: Sequence[FoundWord]) -> float:
    total = sum(each.points for each in found)
    return part / total if total else 0.0


def _scaled(found: FoundWord, scale: float) -> MatchedWord:
    fields: dict[str, Any] = msgspec.structs.asdict(found)
    del fields["hit_id"]
    return MatchedWord(**fields | {"points": found.points * scale})


def _from(found: MatchedWord) -> str:
    if found.away == 0:
        return "itself"
    return f"{abs(found.away)} {'before' if found.away < 0 else 'after'}: {shortened(found.excerpt, _LONGEST)}"
