"""What an item is, and where it is."""

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

# Sizes are in bytes where the database checks them.
Label: TypeAlias = Annotated[str, Meta(max_length=1024)]
Labels: TypeAlias = Annotated[list[Label], Meta(max_length=512)]
Key: TypeAlias = Annotated[str, Meta(max_length=1024)]
PartPath: TypeAlias = Annotated[str, Meta(max_length=1024)]
PartContent: TypeAlias = Annotated[str, Meta(max_length=100_000)]
Offset: TypeAlias = Annotated[int, Meta(ge=0)]
Depth: TypeAlias = Annotated[int, Meta(ge=1, le=512)]
Filter: TypeAlias = JsonObject
"""What an item's value must be: the fields of the object that it is, by name, each with the value that it has or an object of operators.

`{"kind": "note", "pages": {"$gte": 10, "$lt": 20}}` holds where both fields do. Operators:

- `$eq`, `$ne`: numbers are compared as numbers; objects and lists as a whole, an object only by `$eq` or `$ne`.
- `$gt`, `$gte`, `$lt`, `$lte`: with a number or a text (byte by byte); a value of another type is neither greater nor less.
- `$contains`: a text that has this text in it; a list that has an element equal to this text, number, boolean or None, or has it in a list
  that is an element. `$icontains`: a text that has this text in it, whatever the case of its letters.
- `$in`, `$nin`: with a list of values. `$exists`: with True or False. `$not`: with a condition.

A field that is missing meets only `{"$exists": False}` and what `$not` makes of a condition that it does not meet. Of filters, `$and` and
`$or` (lists) and `$not` make filters. Only the fields of the value itself are looked at, those of objects in it are not; a dot is a
character like any other.
"""


class ItemKey(NamedTuple):
    """Where an item is: a namespace, which is a path of labels, and a key."""

    namespace: Sequence[str]
    key: str


class NewPart(msgspec.Struct, frozen=True, kw_only=True):
    """A text of a value that an item is to be found by, and where in the value it is: `path` is for whoever reads it.

    `content` has at most 100,000 characters. `embedding`: its embedding; None leaves it to `spaces.fill`, or to a search by words.
    """

    path: str = ""
    content: str
    embedding: Embedding | None = None


class NewItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of `put_many`; `put` says what the fields are."""

    namespace: Sequence[str]
    key: str
    value: JsonValue
    time_to_live: timedelta | None = None
    parts: Sequence[NewPart] = ()
    to_the_letter: bool = False


class ItemTimes(msgspec.Struct, frozen=True):
    """When an item was first put, when last, and when it expires, if it does."""

    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None


class Item(msgspec.Struct, frozen=True):
    """An item. `letters` is the JSON text of a value that was put `to_the_letter`, of others None."""

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

    `similarity` is the cosine similarity (-1 to 1) of its best part, None where the search or the item has no embedding; `text_score` the
    BM25 (above 0) of its best part, None where the search has no text or the item none of its words. `part` is the path of the best part,
    `embedding` its embedding, of length 1, None unless asked for.
    """

    item: Item
    score: float
    similarity: float | None
    text_score: float | None
    part: str
    embedding: Embedding | None
