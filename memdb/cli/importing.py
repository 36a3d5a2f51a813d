"""memdb import: a file of JSON lines, CSV or Parquet into an agent's memories."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from memdb import memories
from memdb.cli import embedder, tables
from memdb.cli.files import PIPE, listing, readable
from memdb.cli.session import Place, console, hinting_create, interruptible
from memdb.engine.database import Database, Tenant
from memdb.engine.inputs import JsonObject, check_for
from memdb.errors import AlreadyExists, InvalidInput, NotFound, QuotaExceeded, WritesRefused
from memdb.memories import Category, FirstStatus, Memory, NewMemory, Source
from memdb.memories.adding import insert
from memdb.memories.structs import ExternalId

_BATCH: Final = 500
_REFUSALS: Final = (InvalidInput, NotFound, AlreadyExists, QuotaExceeded, WritesRefused)
_BAD: Final = (msgspec.MsgspecError, UnicodeError, InvalidInput)
# The other fields are set only once, or cannot be read.
_COMPARED: Final = {"content", "category", "labels", "status", "source", "confidence", "tags", "metadata", "user_id", "session_id"} | {
    *("observed_at", "valid_from", "valid_until", "expires_at")
}
_NOBODY: Final = UUID(int=0)
_check_external_id = check_for("external_id", ExternalId | None)
_Moment = Annotated[datetime, Meta(tz=True)]


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    content: str
    external_id: str | None = None
    embedding: list[float] | None = None
    embedding_model: str | None = None
    category: Category | None = None
    labels: dict[str, float] | None = None
    status: FirstStatus = "active"
    source: Source = "imported"
    confidence: float = 0.8
    tags: list[str] = []
    metadata: JsonObject | None = None
    user_id: UUID | None = None
    session_id: UUID | None = None
    created_at: _Moment | None = None
    updated_at: _Moment | None = None
    observed_at: _Moment | None = None
    valid_from: _Moment | None = None
    valid_until: _Moment | None = None
    expires_at: _Moment | None = None
    id: UUID | None = None


class _Item(NamedTuple):
    """A line's memory, and the fields that the line has."""

    number: int
    memory: NewMemory
    given: frozenset[str]


class _BadLine(NamedTuple):
    number: int
    reason: str


class _LeftOut(msgspec.Struct):
    """A line of the file that lists the skipped ones."""

    line: int
    reason: str
    text: str


async def run(path: str, opening: AbstractAsyncContextManager[Place], *, skip_bad: bool, left_out: Path) -> int:
    """0 if all lines were added; 1 if bad lines were skipped; 2 if one stopped the import, after all lines before it were added.

    The skipped lines are listed in the file `left_out`.
    """
    with readable(path) as file, listing(left_out) as keep:
        async with AsyncExitStack() as stack:
            with hinting_create():
                place = await stack.enter_async_context(opening)
            before = await _count(place)
            bad = 0
            with _progress() as progress:
                # A pipe has no size.
                task = progress.add_task(
                    path, total=None if path == PIPE or tables.is_table(path) else os.fstat(file.fileno()).st_size or None
                )
                for batch in _batches(tables.lines(path, file)):
                    refused = await _import(place, batch, skip_bad=skip_bad)
                    texts = dict(batch)
                    for line in refused:
                        _report(line)
                        if skip_bad:
                            keep(_LeftOut(*line, texts[line.number].decode(errors="backslashreplace").rstrip("\r\n")))
                    bad += len(refused)
                    if refused and not skip_bad:
                        break
                    progress.advance(task, sum(len(line) for _, line in batch))
            added = await _count(place) - before
    if not bad:
        console.print(f"{added} added")
        return 0
    if skip_bad:
        console.print(f"{added} added, {bad} bad lines skipped and listed in {escape(str(left_out))}", highlight=False, soft_wrap=True)
        return 1
    console.print(f"{added} added, stopped at a bad line: mend it and run again, or use --skip-bad")
    return 2


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
                        good += len(_parsed(tenant, _NOBODY, number, line))
                    except _BAD as error:
                        _report(_BadLine(number, str(error)))
                        bad += 1
    console.print(f"{good} would come, {bad} bad lines" if bad else f"{good} would come")
    return int(bad > 0)


async def _import(place: Place, batch: list[tuple[int, bytes]], *, skip_bad: bool) -> list[_BadLine]:
    """Add the good lines of a batch and return the bad ones; without `skip_bad`, up to the first."""
    items: list[_Item] = []
    refused: list[_BadLine] = []
    for number, line in batch:
        try:
            items += _parsed(place.tenant, place.agent.id, number, line)
        except _BAD as error:
            refused.append(_BadLine(number, str(error)))
            if not skip_bad:
                break
    refused += await _add(place, items, skip_bad=skip_bad)
    return sorted(refused) if skip_bad else sorted(refused)[:1]


def _parsed(tenant: Tenant, agent_id: UUID, number: int, line: bytes) -> list[_Item]:
    """The line's memory, in a list; an empty list for a blank line."""
    if not line.strip():
        return []
    fields = msgspec.structs.asdict(msgspec.json.decode(line, type=_Line))
    external_id = _check_external_id(fields.pop("external_id"), 0)
    insert.query.bind(tenant, {"agent_id": agent_id, **fields})
    given = frozenset(msgspec.json.decode(line, type=dict[str, msgspec.Raw]))
    return [_Item(number, NewMemory(external_id=external_id, **fields), given)]


async def _add(place: Place, items: list[_Item], *, skip_bad: bool) -> list[_BadLine]:
    """Add the items at once; if the database refuses that, one by one, to determine which one it refuses."""
    items = _embedded(place, await _news(place, items))
    try:
        await _store(place, items)
    except _REFUSALS:
        refused: list[_BadLine] = []
        for item in items:
            try:
                await _store(place, [item])
            except _REFUSALS as error:
                refused.append(_BadLine(item.number, str(error)))
                if not skip_bad:
                    break
        return refused
    return []


async def _store(place: Place, items: list[_Item]) -> None:
    await memories.add_many(place.tenant, agent_id=place.agent.id, items=[item.memory for item in items])


async def _news(place: Place, items: list[_Item]) -> list[_Item]:
    """Without the items whose memory, by its external id, already says what they do: adding one again would make a version of it."""
    ids = list({item.memory.external_id for item in items if item.memory.external_id is not None})
    known = await memories.get_many_by_external_ids(place.tenant, agent_id=place.agent.id, external_ids=ids) if ids else []
    by_id = {memory.external_id: memory for memory in known}
    return [item for item in items if (there := by_id.get(item.memory.external_id)) is None or not _is_said(item, there)]


def _is_said(item: _Item, memory: Memory) -> bool:
    if "embedding" in item.given and not memory.embedded:
        return False
    given = {name: value for name in item.given & _COMPARED if (value := getattr(item.memory, name)) is not None}
    return all(_plain(value) == _plain(getattr(memory, name)) for name, value in given.items())


def _plain(value: Any) -> Any:
    """The value for comparison: a confidence with the digits that are stored, tags in order."""
    if isinstance(value, float):
        return round(value, 3)
    return sorted(value) if isinstance(value, list) else value


def _embedded(place: Place, items: list[_Item]) -> list[_Item]:
    """The items, each with an embedding if the local embedder fits the database."""
    lacking = [at for at, item in enumerate(items) if item.memory.embedding is None]
    if not lacking or place.database.dimension != embedder.DIMENSION:
        return items
    vectors = embedder.embed([items[at].memory.content for at in lacking])
    completed = list(items)
    for at, vector in zip(lacking, vectors, strict=True):
        memory = msgspec.structs.replace(items[at].memory, embedding=vector, embedding_model=embedder.MODEL)
        completed[at] = items[at]._replace(memory=memory)
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
