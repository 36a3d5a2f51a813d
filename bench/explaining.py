"""Why the benchmark's questions find their evidence, or do not: the mean parts of scores, and one question explained."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from retrieval_page import MeanParts
from rich.console import Console
from rich.progress import track

from memdb.engine.database import Tenant
from memdb.memories import Hits, ScoreParts

FIRST = 10
_ALL = 1000

# Of a question's hits, at most so many.
Search = Callable[[int], Awaitable[Hits]]
# Whether a hit is evidence, by the id of its memory.
Answers = Callable[[object], bool]


async def mean_parts(ranking: str, searches: Sequence[tuple[Search, Answers]], console: Console) -> list[MeanParts]:
    """Over all questions: of the evidence that is among the first, of that which is not, and of the others before it."""
    of_kind: dict[str, list[tuple[float, ScoreParts]]] = defaultdict(list)
    for search, answers in track(searches, description=f"explaining, {ranking}", console=console, transient=True):
        hits = await search(_ALL)
        missed = [hit for hit in hits[FIRST:] if answers(hit.memory.id)]
        others = [hit for hit in hits[:FIRST] if not answers(hit.memory.id)]
        kinds = {
            f"in the first {FIRST}": [hit for hit in hits[:FIRST] if answers(hit.memory.id)],
            "behind them": missed,
            "others before it": others if missed else [],
        }
        for kind, found in kinds.items():
            of_kind[kind] += [(hit.score, hit.parts) for hit in found]
    return [
        MeanParts(
            ranking,
            kind,
            len(found),
            statistics.mean(score for score, _ in found),
            {name: statistics.mean(getattr(parts, name) for _, parts in found) for name in ScoreParts.__struct_fields__},
        )
        for kind, found in of_kind.items()
        if found
    ]


async def explain(ranking: str, tenant: Tenant, search: Search, answers: Answers, console: Console) -> None:
    """The first hits with their parts and words, and where the evidence is."""
    places = [str(rank) for rank, hit in enumerate(await search(_ALL), 1) if answers(hit.memory.id)]
    console.print(f"\n[bold]{ranking}[/]: rank of the evidence: {', '.join(places) or 'not found'}", highlight=False)
    console.print(str(await (await search(FIRST)).explain(tenant)), markup=False, highlight=False, soft_wrap=True)
