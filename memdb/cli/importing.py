"""memdb import: a file of JSON lines, CSV or Parquet into an agent's memories."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from rich import box
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from memdb import memories
from memdb.cli import embedder, tables
from memdb.cli.files import PIPE, readable
from memdb.cli.lines import Said, digest, parsed, said_by
from memdb.cli.listing import listing
from memdb.cli.session import Place, console, hinting_create, interruptible
from memdb.engine.database import Database
from memdb.errors import AlreadyExists, InvalidInput, NotFound, QuotaExceeded, WritesRefused
from memdb.memories import Memory

_BATCH: Final = 500
_REFUSALS: Final = (InvalidInput, NotFound, AlreadyExists, QuotaExceeded, WritesRefused)
_BAD: Final = (msgspec.MsgspecError, UnicodeError, InvalidInput)
_NOBODY: Final = UUID(int=0)


class _BadLine(NamedTuple):
    number: int
    reason: str


class _LeftOut(msgspec.Struct):
    """A line of the file that lists the skipped ones."""

    line: int
    reason: str
    text: str


class _Found(NamedTuple):
    """A line, and its memory in memdb: added now, replaced, or there before."""

    said: Said
    memory: Memory


class _Outcome(msgspec.Struct):
    """What became of the lines read so far. The digests are sums, of what the good lines say and of what memdb has for them."""

    lines: int = 0
    bad: int = 0
    other: int = 0
    read: int = 0
    kept: int = 0

    @property
    def verified(self) -> bool:
        return not self.bad and self.read == self.kept

    def count(self, found: list[_Found], bad: list[_BadLine]) -> list[_BadLine]:
        """Returns the lines that memdb has otherwise."""
        other = []
        for said, memory in found:
            self.read += digest(said.values)
            self.kept += digest(said_by(memory, said.values))
            if differing := said.differing(memory):
                other.append(_BadLine(said.number, f"is in memdb with another {', '.join(differing)}"))
        self.lines += len(found) + len(bad)
        self.bad += len(bad)
        self.other += len(other)
        return other


async def run(path: str, opening: AbstractAsyncContextManager[Place], *, skip_bad: bool, left_out: Path) -> int:
    """0 if memdb has each line as it is; 1 if bad lines were skipped or memdb has a line otherwise; 2 if a bad line stopped the import,
    after all lines before it were added.

    The skipped lines and those that differ are listed in the file `left_out`.
    """
    with readable(path) as file, listing(left_out, path) as listed:
        async with AsyncExitStack() as stack:
            with hinting_create():
                place = await stack.enter_async_context(opening)
            before = await _count(place)
            outcome = _Outcome()
            with _progress() as progress:
                # A pipe has no size.
                task = progress.add_task(
                    path, total=None if path == PIPE or tables.is_table(path) else os.fstat(file.fileno()).st_size or None
                )
                for batch in _batches(tables.lines(path, file)):
                    found, bad = await _import(place, batch, skip_bad=skip_bad)
                    other = outcome.count(found, bad)
                    for line in bad:
                        _report(line)
                    texts = dict(batch)
                    for line in sorted(other + bad if skip_bad else other):
                        listed.add(_LeftOut(*line, texts[line.number].decode(errors="backslashreplace").rstrip("\r\n")))
                    if bad and not skip_bad:
                        break
                    progress.advance(task, sum(len(line) for _, line in batch))
                else:
                    listed.complete()
            added = await _count(place) - before
    return _told(outcome, added, left_out, skip_bad=skip_bad)


def _told(outcome: _Outcome, added: int, left_out: Path, *, skip_bad: bool) -> int:
    same = outcome.lines - outcome.bad - outcome.other
    table = Table("lines", "added", "same", "differ", "bad", "digest", box=box.SIMPLE)
    counts = [outcome.lines, added, same, outcome.other, outcome.bad]
    table.add_row(*map(str, counts), "equal" if outcome.verified else "differs")
    console.print(table)
    if outcome.other or (outcome.bad and skip_bad):
        told = f"The lines that are bad, or that memdb has otherwise, are listed in {escape(str(left_out))}."
        console.print(told, highlight=False, soft_wrap=True)
    if outcome.bad and not skip_bad:
        console.print("Stopped at a bad line: mend it and run again, or use --skip-bad.")
        return 2
    return int(not outcome.verified)


async def check(path: str, opening: AbstractAsyncContextManager[Database]) -> int:
    """Print how many memories would be added, and which lines are bad; returns 1 if any is. Nothing is written.

    Errors that depend on the tenant's rows, such as an unknown user, are found by the import only.
    """
    good = bad = 0
    with readable(path) as file:
        async with opening as database:
            tenant = database.tenant(_NOBODY)
            for batch in _batches(tables.lines(path, file)):
                for number, line in batch:
                    try:
                        good += len(parsed(tenant, _NOBODY, number, line))
                    except _BAD as error:
                        _report(_BadLine(number, str(error)))
                        bad += 1
    console.print(f"{good} would be imported" + (f", {bad} bad lines" if bad else ""))
    return int(bad > 0)


async def _import(place: Place, batch: list[tuple[int, bytes]], *, skip_bad: bool) -> tuple[list[_Found], list[_BadLine]]:
    """Add the good lines of a batch, and return them and the bad ones; without `skip_bad`, up to the first."""
    lines: list[Said] = []
    bad: list[_BadLine] = []
    for number, line in batch:
        try:
            lines += parsed(place.tenant, place.agent.id, number, line)
        except _BAD as error:
            bad.append(_BadLine(number, str(error)))
            if not skip_bad:
                break
    found, refused = await _add(place, lines, skip_bad=skip_bad)
    bad = sorted(bad + refused)
    return found, bad if skip_bad else bad[:1]


async def _add(place: Place, lines: list[Said], *, skip_bad: bool) -> tuple[list[_Found], list[_BadLine]]:
    """Add the lines at once; if the database refuses that, one by one, to determine which one it refuses.

    A line is not added again if the memory with its external id already says the same: that would make a version of it. Of lines with the
    same external id either none or all are added, in their order, so that the last one's values stay.
    """
    known = await _known(place, lines)
    changed = {said.external_id for said in lines if said.external_id not in known or said.is_changed(known[said.external_id])}
    found = [_Found(said, known[said.external_id]) for said in lines if said.external_id not in changed]
    lines = _embedded(place, [said for said in lines if said.external_id in changed])
    try:
        return found + await _store(place, lines), []
    except _REFUSALS:
        bad: list[_BadLine] = []
        for said in lines:
            try:
                found += await _store(place, [said])
            except _REFUSALS as error:
                bad.append(_BadLine(said.number, str(error)))
                if not skip_bad:
                    break
        return found, bad


async def _store(place: Place, lines: list[Said]) -> list[_Found]:
    stored = await memories.add_many(place.tenant, agent_id=place.agent.id, items=[said.memory for said in lines])
    return [_Found(said, memory) for said, memory in zip(lines, stored, strict=True)]


async def _known(place: Place, lines: list[Said]) -> dict[str | None, Memory]:
    """The memories with the lines' external ids, by these."""
    ids = list({said.external_id for said in lines if said.external_id is not None})
    there = await memories.get_many_by_external_ids(place.tenant, agent_id=place.agent.id, external_ids=ids) if ids else []
    return {memory.external_id: memory for memory in there}


def _embedded(place: Place, lines: list[Said]) -> list[Said]:
    """The lines, each with an embedding if the local embedder fits the database."""
    lacking = [at for at, said in enumerate(lines) if said.memory.embedding is None]
    if not lacking or place.database.dimension != embedder.DIMENSION:
        return lines
    vectors = embedder.embed([lines[at].memory.content for at in lacking])
    completed = list(lines)
    for at, vector in zip(lacking, vectors, strict=True):
        memory = msgspec.structs.replace(lines[at].memory, embedding=vector, embedding_model=embedder.MODEL)
        completed[at] = lines[at]._replace(memory=memory)
    return completed


async def _count(place: Place) -> int:
    return await memories.count(place.tenant, agent_id=place.agent.id, status=None)


def _report(line: _BadLine) -> None:
    console.print(f"[red]line {line.number}[/]: {escape(line.reason)}", highlight=False)


def _batches(lines: Iterator[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    while True:
        with interruptible():
            batch = list(itertools.islice(lines, _BATCH))
        if not batch:
            return
        yield batch


def _progress() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console)
