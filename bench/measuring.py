"""Shared by the benchmarks: options, the server, progress, CPU time, tables, and the file of figures."""

from __future__ import annotations

import argparse
import io
import json
import os
import tempfile
import textwrap
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from memdb.operations import embedded

FIGURES: Final = Path(__file__).resolve().parents[1] / "docs/benchmarks"
console: Final = Console(width=120)

Step = Callable[[int], None]


class Rate(NamedTuple):
    """How many a second something takes, or makes."""

    what: str
    count: int
    seconds: float
    per_second: float


def rate(what: str, count: int, seconds: float) -> Rate:
    return Rate(what, count, seconds, count / seconds)


def p95(taken: Sequence[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


@contextmanager
def shown(title: str, total: int) -> Iterator[Step]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, advance=done)


def table(title: str | None, *columns: str, names: int = 1) -> Table:
    """In Markdown; the first `names` columns are to the left, figures to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=box.MARKDOWN)
    for number, column in enumerate(columns):
        made.add_column(column, justify="left" if number < names else "right")
    return made


def markdown(shown: Table) -> str:
    """The table as it stands on a page, an empty line before it."""
    page = Console(width=400, file=io.StringIO())
    with page.capture() as captured:
        page.print(shown)
    return "\n" + "\n".join(line.rstrip() for line in captured.get().strip("\n").splitlines())


def paragraph(text: str) -> str:
    """The text in lines, as on a page."""
    return textwrap.fill(text, 140, break_long_words=False, break_on_hyphens=False)


def rates(results: Sequence[Rate], unit: str) -> Table:
    made = table("Throughput", "what", unit, "ms", f"{unit} a second")
    for each in results:
        made.add_row(each.what, f"{each.count:,}", f"{each.seconds * 1e3:,.1f}", f"{each.per_second:,.0f}")
    return made


def options_of(description: str, name: str | None) -> argparse.ArgumentParser:
    """The common options; `name` is that of the file of figures that is written without --json, if any."""
    default = f"docs/benchmarks/{name}.json" if name else "no file"
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dsn", help="a superuser's postgresql:// URL of a database with memdb's schema (default: an embedded server)")
    parser.add_argument("--json", type=Path, help=f"the file for the figures (default: {default})")
    parser.add_argument("--quick", action="store_true", help="little data and few rounds; no file without --json")
    return parser


def pin_apart(folder: Path) -> None:
    """This process on the first core, the server of `folder` and the backends that it will start on the others, where there are others."""
    if hasattr(os, "sched_setaffinity") and len(cores := sorted(os.sched_getaffinity(0))) > 1:
        os.sched_setaffinity(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]), cores[1:])
        os.sched_setaffinity(0, cores[:1])


@contextmanager
def started(folder: Path | None = None, **options: Any) -> Iterator[embedded.Server]:
    """The embedded server of a folder, which is kept; of a temporary one if it is None, which is removed however this process ends."""
    server = embedded.start(folder or tempfile.mkdtemp(prefix="memdb-bench-"), temporary=folder is None, **options)
    try:
        yield server
    finally:
        server.leave()


@contextmanager
def served(dsn: str | None, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """That URL, or the one of an embedded server in a temporary folder, with this process on one core and the server on the others.

    `settings` are PostgreSQL's, for the embedded server.
    """
    if dsn is not None:
        yield dsn
        return
    with started(settings=settings) as server:
        pin_apart(server.folder)
        yield server.dsn


@asynccontextmanager
async def serving(dsn: str | None, settings: Mapping[str, str] | None = None) -> AsyncIterator[str]:
    """`served`, for `async with`."""
    with served(dsn, settings) as url:
        yield url


class Clock:
    """CPU time of this process and of the server's processes for its connections; wall-clock time if the server is on another machine."""

    def __init__(self, backends: Sequence[Path]) -> None:
        self._backends = backends

    @classmethod
    async def of(cls, owner: asyncpg.Connection, *, owner_too: bool = False) -> Clock:
        """With the connections that are open now; that of `owner` only if `owner_too`."""
        backends = await owner.fetch(
            """
            SELECT pid FROM pg_stat_activity
            WHERE backend_type = 'client backend'
                AND datname = current_database()
                AND ($1 OR pid <> pg_backend_pid())
                AND inet_server_addr() IS NULL
            """,
            owner_too,
        )
        paths = [Path(f"/proc/{pid}/schedstat") for (pid,) in backends]
        return cls([path for path in paths if path.is_file()])

    def now(self) -> float:
        if not self._backends:
            return time.perf_counter()
        return time.process_time() + sum(int(path.read_text().split()[0]) for path in self._backends) / 1e9


async def told_by(server: asyncpg.Connection) -> dict[str, Any]:
    version = await server.fetchval("SHOW server_version")
    return {"postgresql": version.split()[0], "fsync": await server.fetchval("SHOW fsync")}


def write(path: Path, figures: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1) + "\n")
    console.print(f"The figures are in {path}", soft_wrap=True)
