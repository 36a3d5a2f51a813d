"""The classes of items and their keys."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import Embedding, JsonObject, JsonValue

LARGEST_BATCH = 10_000

# The database checks these sizes in bytes.
Label: TypeAlias = Annotated[str, Meta(max_length=1024)]
Labels: TypeAlias = Annotated[list[Label], Meta(max_length=512)]
Key: TypeAlias = Annotated[str, Meta(max_length=1024)]
PartPath: TypeAlias = Annotated[str, Meta(max_length=1024)]
PartContent: TypeAlias = Annotated[str, Meta(max_length=100_000)]
Offset: TypeAlias = Annotated[int, Meta(ge=0)]
Depth: TypeAlias = Annotated[int, Meta(ge=1, le=512)]
Filter: TypeAlias = JsonObject
"""A condition on an item's value, which must be an object: its fields by name, each with its value or an object of operators.

`{"kind": "note", "pages": {"$gte": 10, "$lt": 20}}` holds if both fields match. Operators:

- `$eq`, `$ne`: numbers are compared as numbers, objects and lists as a whole. An object can be compared only by `$eq` or `$ne`.
- `$gt`, `$gte`, `$lt`, `$lte`: with a number or a text (compared as bytes). A value of another type is neither greater nor less.
- `$contains`: a text that contains this text; a list that has an element equal to this text, number, boolean or None, or that has it in a
  list among its elements. `$icontains`: a text that contains this text, ignoring case.
- `$in`, `$nin`: with a list of values. `$exists`: with True or False. `$not`: with a condition.

A missing field meets only `{"$exists": False}` and the `$not` of a condition that it does not meet. `$and` and `$or` (of lists) and `$not`
combine filters. Only the fields of the value itself are compared, not those of objects in it; a dot is an ordinary character.
"""


class ItemKey(NamedTuple):
    """The place of an item: a namespace, which is a path of labels, and a key."""

    namespace: Sequence[str]
    key: str


class NewPart(msgspec.Struct, frozen=True, kw_only=True):
    """A text of a value by which an item is to be found. `path` says where in the value it is; memdb does not interpret it.

    `content` has at most 100,000 characters. `embedding`: None leaves it to `spaces.fill`, or to search by words.
    """

    path: str = ""
    content: str
    embedding: Embedding | None = None


class NewItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of `put_many`; for its fields, see `put`."""

    namespace: Sequence[str]
    key: str
    value: JsonValue
    time_to_live: timedelta | None = None
    parts: Sequence[NewPart] = ()
    to_the_letter: bool = False


class ItemTimes(msgspec.Struct, frozen=True):
    """When an item was first put, when it was last put, and when it expires, if it does."""

    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None


class Item(msgspec.Struct, frozen=True):
    """An item. `letters` is the JSON text of a value that was put `to_the_letter`, otherwise None."""

    cursor_fields = ("updated_at", "id")

    id: UUID
    namespace: list[str]
    key: str
    value: JsonValue
    letters: str | None
    agent_id: UUID | None
    user_id: UUID | None
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None
    time_to_live: timedelta | None

    def __post_init__(self) -> None:
        if self.letters is not None:
            msgspec.structs.force_setattr(self, "value", json.loads(self.letters))


class ItemHit(msgspec.Struct, frozen=True):
    """A search result. `score` (0 to 2) ranks it within its search and is not comparable between searches.

    `similarity` is the cosine similarity (-1 to 1) of its best part, or None if the search or the item has no embedding. `text_score` is
    the BM25 (above 0) of its best part, or None if the search has no text or the item none of its words. `part` is the path of the best
    part. `embedding` is its embedding, of length 1, or None unless asked for.
    """

    item: Item
    score: float
    similarity: float | None
    text_score: float | None
    part: str
    embedding: Embedding | None
