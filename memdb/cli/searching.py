"""memdb search: the results as a table or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from rich.table import Table

from memdb import memories
from memdb.cli import embedder
from memdb.cli.output import print_json
from memdb.cli.session import Place, console
from memdb.memories import Hit


async def run(question: str, opening: AbstractAsyncContextManager[Place], limit: int, *, json: bool) -> int:
    async with opening as place:
        meant = place.database.dimension == embedder.DIMENSION
        hits = await memories.search(
            place.tenant,
            agent_id=place.agent.id,
            text=question,
            embedding=embedder.embed([question])[0] if meant else None,
            limit=limit,
        )
    if json:
        print_json(hits)
        return 0
    if not meant:
        console.print(f"[dim]by words only: the local embedder has {embedder.DIMENSION} dimensions, the database others[/]")
    console.print(table_of(hits) if hits else "nothing found")
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
