"""Putting items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.arguments import items_of
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, JsonObject, JsonValue, check_for, each_checked
from memdb.engine.own import query
from memdb.errors import AlreadyExists, InvalidInput, NotFound, UnderLegalHold
from memdb.items.structs import LARGEST_BATCH, ItemKey, ItemTimes, Key, Labels, NewItem, NewPart, PartContent, PartPath
from memdb.items.values import duration, in_letters, places

OnDuplicate: TypeAlias = Literal["replace", "raise"]

_check_on_duplicate = check_for("on_duplicate", OnDuplicate)
# The rule of the error that the statement raises.
_ALREADY_THERE: Final = "must be of no item that is there"
_KEPT: Final = ("value", "letters", "time_to_live")


class Written(msgspec.Struct, frozen=True):
    """When an item was put, or the hold that forbids a deletion."""

    hold: str | None
    created_at: datetime | None
    updated_at: datetime | None
    expires_at: datetime | None


@query
async def write(
    on: Executor,
    *,
    agent_id: UUID | None,
    user_id: UUID | None,
    place: list[JsonObject],
    gone: list[bool],
    value: list[JsonObject | None],
    letters: list[str | None],
    time_to_live: list[timedelta | None],
    part_of: Annotated[list[int], Meta(max_length=100_000)],
    path: list[PartPath],
    content: list[PartContent],
    embedding: list[Embedding | None],
    replace: bool,
) -> list[Written]:
    """Part of `put` and `put_many`."""
    ...


@query
async def write_one(
    on: Executor,
    *,
    agent_id: UUID | None,
    user_id: UUID | None,
    namespace: Labels,
    key: Key,
    value: JsonObject,
    letters: str | None,
    time_to_live: timedelta | None,
) -> ItemTimes | None:
    """Part of `put_many`: for a single item without parts, in less server time."""
    ...


async def put(
    on: Executor,
    *,
    namespace: Sequence[str],
    key: str,
    value: JsonValue,
    time_to_live: timedelta | None = None,
    parts: Sequence[NewPart] = (),
    to_the_letter: bool = False,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
) -> ItemTimes:
    """Put a value under a namespace and a key. An existing item is replaced as a whole, with its time to live and its parts.

    - `namespace`: labels, which may be any texts, or none; the path is at most 1,022 bytes, with 2 bytes after each label. `key`: any text
      of at most 1,024 bytes.
    - `value`: any JSON value of at most 16 MiB, including None, nested at most 30 levels deep.
    - `to_the_letter`: False refuses what jsonb would change, such as NUL, NaN and -0.0, and does not keep the order of an object's keys.
      True preserves all of it: the text is stored beside the jsonb that filters see, in which NUL and lone surrogates are U+FFFD, and NaN
      and infinities null.
    - `time_to_live`: how long until the item expires, from now and from each read that refreshes it. None: never.
    - `parts`: the texts of the value by which it is to be found, up to 1,000.
    - `agent_id`, `user_id`: whose it is, for holds and erasures; None leaves the owner unchanged.

    `created_at` stays until the item is deleted or expires; `updated_at` is the time of the last put. Raises InvalidInput, NotFound for an
    unknown agent or user, WritesRefused.
    """
    item = NewItem(namespace=namespace, key=key, value=value, time_to_live=time_to_live, parts=parts, to_the_letter=to_the_letter)
    return (await put_many(on, items=[item], agent_id=agent_id, user_id=user_id))[0]


async def put_many(
    on: Executor,
    *,
    items: Iterable[NewItem],
    delete: Iterable[ItemKey] = (),
    on_duplicate: OnDuplicate = "replace",
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
) -> list[ItemTimes]:
    """`put` for up to 10,000 items, all or none, in one round trip; the results are in the order of the items.

    If a key is given twice, the last item counts. `delete`: items to delete in the same statement, as by `delete_many`. `on_duplicate`:
    "raise" puts nothing if one of the items exists, even expired, or is given twice. Concurrent writers of the same items wait for one
    another and never deadlock.

    Raises as `put` does, AlreadyExists and UnderLegalHold.
    """
    _check_on_duplicate(on_duplicate, 0)
    given = items_of(items, NewItem, at_most=LARGEST_BATCH)
    put, going = places((ItemKey(each.namespace, each.key) for each in given), of="items"), places(delete, of="delete")
    if not put and not going:
        return []
    different = _told_apart(put)
    if not different.isdisjoint(_told_apart(going)):
        raise InvalidInput("delete", "must not be of what is put")
    replace = on_duplicate == "replace"
    if replace and len(put) == 1 and not going and not given[0].parts:
        times = await write_one(on, agent_id=agent_id, user_id=user_id, **put[0], **_kept(given[0]))
        if times is None:
            raise NotFound("organization or agent", agent_id)
        return [times]
    if not replace and len(different) < len(put):
        raise AlreadyExists("item", "key")
    try:
        written = await write(on, agent_id=agent_id, user_id=user_id, replace=replace, **_columns(given, put, going), **_parts(given))
    except InvalidInput as error:
        if error.rule == _ALREADY_THERE:
            raise AlreadyExists("item", "key") from error
        raise
    if not written:
        raise NotFound("organization or agent", agent_id)
    if written[0].hold is not None:
        raise UnderLegalHold(written[0].hold)
    return [ItemTimes(each.created_at, each.updated_at, each.expires_at) for each in written[: len(given)]]  # type: ignore[arg-type]


@query
async def revise(on: Executor, *, namespace: Labels, key: Key, value: JsonObject, letters: str | None) -> ItemTimes | None:
    """Part of `update`."""
    ...


async def update(on: Executor, *, namespace: Sequence[str], key: str, value: JsonValue, to_the_letter: bool = False) -> ItemTimes | None:
    """Replace the value of an item, and keep its parts with their embeddings, its time to live and its owner.

    Returns None, and writes nothing, if there is no such item or it has expired. `value` and `to_the_letter`: as in `put`. Raises
    InvalidInput, WritesRefused.
    """
    text, visible = in_letters(value) if to_the_letter else (None, value)
    return await revise(on, namespace=namespace, key=key, value={"value": visible}, letters=text)  # type: ignore[arg-type]


def _told_apart(places: list[JsonObject]) -> set[Any]:
    return {(*each["namespace"], each["key"]) for each in places}


def _columns(items: list[NewItem], put: list[JsonObject], going: list[JsonObject]) -> dict[str, list[Any]]:
    kept = each_checked(items, _kept) + [dict.fromkeys(_KEPT)] * len(going)
    return {
        "place": put + going,
        "gone": [False] * len(put) + [True] * len(going),
        **{field: [each[field] for each in kept] for field in _KEPT},
    }


def _kept(item: NewItem) -> dict[str, Any]:
    """The stored fields of the item itself."""
    letters, value = in_letters(item.value) if item.to_the_letter else (None, item.value)
    return {"value": {"value": value}, "letters": letters, "time_to_live": duration(item.time_to_live)}


def _parts(items: list[NewItem]) -> dict[str, list[Any]]:
    parts = [(number, part) for number, each in enumerate(each_checked(items, _of), 1) for part in each]
    return {
        "part_of": [number for number, _ in parts],
        "path": [part.path for _, part in parts],
        "content": [part.content for _, part in parts],
        "embedding": [part.embedding for _, part in parts],
    }


def _of(item: NewItem) -> Sequence[NewPart]:
    if not isinstance(item.parts, list | tuple) or not all(isinstance(part, NewPart) for part in item.parts):
        raise InvalidInput("parts", "must be a list of NewPart objects")
    if len(item.parts) > 1000:
        raise InvalidInput("parts", f"must have at most 1000 items, not {len(item.parts)}")
    return item.parts
