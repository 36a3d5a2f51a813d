"""Exporting triples to JSON and importing them.

A line or an array element is {"subject": ..., "predicate": ..., "object": ...} with the other fields that are known.

    with open("knowledge.jsonl", "w") as file:
        async for line in triples.export_jsonl(tenant, user_id=ada):
            file.write(line + "\n")

    with open("knowledge.jsonl", "rb") as file:
        await triples.import_jsonl(tenant, lines=file, user_id=ada)
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec

from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import JsonObject, check_for
from memdb.errors import InvalidInput
from memdb.triples.reading import page_of_oldest
from memdb.triples.structs import NewTriple, Triple
from memdb.triples.writing import assert_many, write

Lines: TypeAlias = Iterable[str | bytes] | AsyncIterable[str | bytes]
OnBad: TypeAlias = "Callable[[BadLine], None]"

_PAGE: Final = 1000
_BATCH: Final = 500

_check_user_id = check_for("user_id", UUID | None)


class BadLine(msgspec.Struct, frozen=True):
    """A line that was not imported; `number` counts from 1."""

    number: int
    reason: str


class _Line(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    subject: str
    predicate: str
    object: str
    confidence: float | None = None
    source: str | None = None
    metadata: JsonObject | None = None


class _Item(msgspec.Struct, frozen=True):
    number: int
    triple: NewTriple


async def export_jsonl(on: Executor, *, user_id: UUID | None = None) -> AsyncIterator[str]:
    """The live triples of the user, or of the tenant if `user_id` is None, oldest first: one JSON object each, without a line break.

    They are read 1,000 at a time, so triples written meanwhile may or may not be included. Ids, versions and embeddings are left out.
    """
    after = None
    while True:
        found = await page_of_oldest(on, user_id=user_id, with_tenant=False, after=after, limit=_PAGE)
        for triple in found:
            yield _line(triple)
        if len(found) < _PAGE:
            return
        after = found[-1].id


async def export_json(on: Executor, *, user_id: UUID | None = None) -> str:
    """`export_jsonl` as one JSON array."""
    return "[\n" + ",\n".join([line async for line in export_jsonl(on, user_id=user_id)]) + "\n]"


async def import_jsonl(on: Executor, *, lines: Lines, user_id: UUID | None = None, on_bad: OnBad | None = None) -> int:
    """`assert_` the lines as triples of the user, or of the tenant, and return their number; blank lines are skipped.

    - `lines`: str or bytes, with or without line breaks: an open file, or an async iterator. A line is as `export_jsonl` writes it.
    - Each batch of 500 is a transaction of its own, unless `on` is a transaction. An interrupted import can be run again, because upserts
      can be repeated.
    - A bad line raises InvalidInput with its number, after all lines before it have been stored. With `on_bad`, that is called with it
      instead, and the import continues.

    Raises NotFound for an unknown user, WritesRefused.
    """
    return await _import(on, "line", lines, user_id, on_bad)


async def import_json(on: Executor, *, text: str | bytes, user_id: UUID | None = None, on_bad: OnBad | None = None) -> int:
    """`import_jsonl` of a JSON array."""
    try:
        items = msgspec.json.decode(_text("text", text), type=list[msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise InvalidInput("text", f"must be a JSON array: {error}") from None
    return await _import(on, "item", [bytes(item) for item in items], user_id, on_bad)


async def _import(on: Executor, kind: str, lines: Lines, user_id: UUID | None, on_bad: OnBad | None) -> int:
    _check_user_id(user_id, 0)
    stored = 0
    items: list[_Item] = []

    def refuse(number: int, reason: str) -> None:
        if on_bad is None:
            raise InvalidInput(f"{kind} {number}", f"is refused: {reason}") from None
        on_bad(BadLine(number, reason))

    async for number, line in _numbered(lines):
        try:
            if line.strip():
                items.append(_Item(number, _parsed(on, line)))
        except (msgspec.MsgspecError, UnicodeError, InvalidInput) as error:
            if on_bad is None:
                await _store(on, items, user_id, refuse)
            refuse(number, str(error))
        if len(items) == _BATCH:
            stored += await _store(on, items, user_id, refuse)
            items = []
    return stored + await _store(on, items, user_id, refuse)


async def _store(on: Executor, items: list[_Item], user_id: UUID | None, refuse: Callable[[int, str], None]) -> int:
    """Store the items at once; if the database refuses that, one by one, to determine which one it refuses."""
    try:
        await _upsert(on, items, user_id)
    except InvalidInput:
        stored = 0
        for item in items:
            try:
                await _upsert(on, [item], user_id)
                stored += 1
            except InvalidInput as error:
                refuse(item.number, str(error))
        return stored
    return len(items)


async def _upsert(on: Executor, items: list[_Item], user_id: UUID | None) -> None:
    given = [item.triple for item in items]
    if isinstance(on, Transaction):
        # A savepoint, so that the transaction can continue after a refusal.
        async with on.transaction() as tx:
            await assert_many(tx, items=given, user_id=user_id)
    else:
        await assert_many(on, items=given, user_id=user_id)


async def _numbered(lines: Any) -> AsyncIterator[tuple[int, str | bytes]]:
    number = 0
    if isinstance(lines, AsyncIterable):
        async for line in lines:
            number += 1
            yield number, _text("lines", line)
    elif isinstance(lines, Iterable) and not isinstance(lines, str | bytes):
        for line in lines:
            number += 1
            yield number, _text("lines", line)
    else:
        raise InvalidInput("lines", f"must be an iterable of lines, not {type(lines).__name__}")


def _text(field: str, given: Any) -> str | bytes:
    if isinstance(given, str | bytes):
        return given
    raise InvalidInput(field, f"must be str or bytes, not {type(given).__name__}")


def _parsed(on: Executor, line: str | bytes) -> NewTriple:
    """The line's triple, checked as far as possible on this side. Raises msgspec's errors, or InvalidInput."""
    parsed = msgspec.json.decode(line, type=_Line)
    triple = NewTriple(**msgspec.structs.asdict(parsed))
    write.query.bind(on, {"user_id": None} | {name: [value] for name, value in msgspec.structs.asdict(triple).items()})
    return triple


def _line(triple: Triple) -> str:
    line = _Line(triple.subject, triple.predicate, triple.object, triple.confidence, triple.source, triple.metadata or None)
    return msgspec.json.encode(line).decode()
