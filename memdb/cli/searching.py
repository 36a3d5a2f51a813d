"""memdb search: the results as a table, as JSON or as a picture, and their explanation."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from rich.table import Table

from memdb import memories
from memdb.cli import embedder
from memdb.cli.files import writable
from memdb.cli.output import print_json
from memdb.cli.pictures import bars
from memdb.cli.session import Place, console, problems
from memdb.errors import InvalidInput
from memdb.memories import Hit, Ranking


async def run(
    question: str,
    opening: AbstractAsyncContextManager[Place],
    limit: int,
    *,
    as_conversation: bool,
    explain: bool,
    picture: Path | None,
    json: bool,
) -> int:
    if picture is not None and picture.suffix != ".svg":
        raise InvalidInput("picture", f"must be a file that ends in .svg, not {picture.name}")
    if not question.strip():
        raise InvalidInput("QUESTION", "must not be empty")
    explanation = None
    async with opening as place:
        dimension = place.database.dimension
        has_embedder = embedder.fits(dimension)
        if not has_embedder:
            problems.print(f"by words only: {embedder.unfit(dimension)}", markup=False, highlight=False, soft_wrap=True)
        hits = await memories.search(
            place.tenant,
            agent_id=place.agent.id,
            text=question,
            embedding=embedder.embed([question])[0] if has_embedder else None,
            ranking=Ranking.conversation() if as_conversation else Ranking(),
            limit=limit,
        )
        if explain:
            explanation = await hits.explain(place.tenant)
    if picture is not None:
        with writable(str(picture), force=True) as file:
            file.write(bars(hits, question).encode())
    if json:
        print_json(hits if explanation is None else explanation.hits)
        return 0
    if explanation is not None:
        # At full width, because its columns belong together.
        console.print(str(explanation), markup=False, highlight=False, soft_wrap=True)
    else:
        console.print(table_of(hits) if hits else "nothing found")
    if picture is not None:
        console.print(f"The picture is in {picture}", markup=False, highlight=False, soft_wrap=True)
    return 0


def table_of(hits: Sequence[Hit], title: str | None = None) -> Table:
    """Rank, score and its parts, time and text of each hit."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in ("", "score", "similarity", "BM25"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("observed", no_wrap=True)
    table.add_column("memory")
    for rank, hit in enumerate(hits, 1):
        table.add_row(
            str(rank),
            f"{hit.score:.3f}",
            _shown(hit.similarity),
            _shown(hit.text_score),
            f"{hit.memory.observed_at:%Y-%m-%d %H:%M}",
            hit.memory.content,
        )
    return table


def _shown(part: float | None) -> str:
    return "–" if part is None else f"{part:.3f}"
