"""mem0's vector store."""

from __future__ import annotations

import asyncio
import builtins
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from mem0.vector_stores.base import VectorStoreBase
from pydantic import BaseModel

from memdb import items
from memdb.adapters.collections import as_json, check_name, delete_all, listed, new_item, ranked
from memdb.adapters.homes import Home, check_dimension
from memdb.adapters.mem0.configuration import home_for
from memdb.adapters.mem0.filters import translated
from memdb.adapters.over_items import in_batches, is_plain
from memdb.adapters.tenants import owner_of
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput
from memdb.items import Filter, Item, ItemHit, NewItem

_ROOT: Final = "mem0"
# The syntax that `memdb.items.search` reads as more than words.
_SYNTAX: Final = re.compile(r'["-]')


class OutputData(BaseModel):
    """A memory as mem0 reads it."""

    id: str
    score: float | None
    payload: dict[str, Any]


class MemdbVectorStore(VectorStoreBase):  # type: ignore[misc]
    """Keeps the memories of a collection in a tenant's items, in the namespace ("mem0", the collection's name).

    The arguments are the fields of `MemdbConfig`. An id is any text of up to 1,024 bytes, a payload any JSON object. Where the store is
    made of `db.tenant(org_id)`, its methods are called in other threads than that of its event loop, as AsyncMemory does. Raises what
    `memdb.items` does, UnderLegalHold among it; InvalidInput is a ValueError.
    """

    def __init__(
        self,
        collection_name: str = "mem0",
        embedding_model_dims: int | None = None,
        tenant: Any = None,
        connection_string: str | None = None,
        org_id: UUID | None = None,
        embedding_model: str | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
        home: Home | None = None,
    ) -> None:
        self.collection_name = check_name("collection_name", collection_name)
        self.client = home or home_for(tenant, connection_string, org_id, embedding_model, embedding_model_dims)
        self._owner = owner_of(agent_id, user_id)

    @property
    def _place(self) -> tuple[str, str]:
        return _ROOT, self.collection_name

    def create_col(self, name: str | None = None, vector_size: int | None = None, distance: str = "cosine") -> None:
        """Switch to the collection `name`, which is created with its first memory.

        Raises InvalidInput for another vector size than the embedding space's, or another distance than "cosine".
        """
        if distance != "cosine":
            raise InvalidInput("distance", f"must be cosine, not {distance!r:.40}")
        self.client.wait(_check, vector_size)
        self.collection_name = check_name("name", self.collection_name if name is None else name)

    def insert(
        self,
        vectors: Sequence[Any],
        payloads: Sequence[Mapping[str, Any]] | None = None,
        ids: Sequence[str | UUID] | None = None,
    ) -> None:
        """Add memories, all or none, with new ids unless they are given. Raises AlreadyExists if a memory already has one of them."""
        keys = [str(uuid4()) for _ in vectors] if ids is None else [_key(each) for each in ids]
        values = [{} for _ in vectors] if payloads is None else [as_json("payload", each) for each in payloads]
        for field, given in (("ids", keys), ("payloads", values)):
            if len(given) != len(vectors):
                raise InvalidInput(field, f"must be as many as the vectors, {len(vectors)}, not {len(given)}")
        self.client.wait(self._insert, [self._item(*each) for each in zip(keys, values, vectors, strict=True)])

    def search(
        self, query: str, vectors: Any, top_k: int | None = 5, filters: Mapping[str, Any] | None = None
    ) -> builtins.list[OutputData]:
        """The memories nearest to the vector, nearest first, by cosine similarity (0 for a negative one); all for a `top_k` of None."""
        return self.search_batch([query], [vectors], top_k, filters)[0]

    def search_batch(
        self, queries: Sequence[str], vectors_list: Sequence[Any], top_k: int | None = 1, filters: Mapping[str, Any] | None = None
    ) -> builtins.list[builtins.list[OutputData]]:
        """`search` for each of the vectors, concurrently."""
        found = self.client.wait(self._search, vectors_list, translated(filters), top_k)
        return [[_output(hit.item, max(hit.similarity or 0.0, 0.0)) for hit in hits] for hits in found]

    def keyword_search(self, query: str, top_k: int | None = 5, filters: Mapping[str, Any] | None = None) -> builtins.list[OutputData]:
        """The memories that contain a word of the query, in any inflection of the organization's language, by BM25, best first."""
        text = _SYNTAX.sub(" ", query).strip()
        if not text:
            return []
        hits = self.client.wait(ranked, self._place, translated(filters), text=text, limit=top_k)
        return [_output(hit.item, hit.text_score) for hit in hits]

    def delete(self, vector_id: str | UUID) -> None:
        """Delete a memory; does nothing if it does not exist."""
        self.client.wait(items.delete, namespace=self._place, key=_key(vector_id))

    def update(self, vector_id: str | UUID, vector: Any = None, payload: Mapping[str, Any] | None = None) -> None:
        """Replace the vector, the payload, or both; does nothing if there is no such memory.

        The words by which `keyword_search` finds a memory change with its vector.
        """
        self.client.wait(self._update, _key(vector_id), vector, None if payload is None else as_json("payload", payload))

    def get(self, vector_id: str | UUID) -> OutputData | None:
        found = self.client.wait(items.get, namespace=self._place, key=_key(vector_id))
        return None if found is None else _output(found, None)

    def list(self, filters: Mapping[str, Any] | None = None, top_k: int | None = None) -> builtins.list[builtins.list[OutputData]]:
        """The memories that pass the filters, last changed first, all for a `top_k` of None: a list in a list, as mem0 reads it."""
        return [[_output(each, None) for each in self.client.wait(listed, self._place, translated(filters), limit=top_k)]]

    def list_cols(self) -> builtins.list[str]:
        """The names of the collections that have memories, in order."""
        return self.client.wait(_collections)

    def delete_col(self) -> None:
        """Delete all memories of the collection, in batches."""
        self.client.wait(delete_all, self._place)

    def col_info(self) -> dict[str, Any]:
        """The collection's `name` and its `count` of memories. `size` is None, because one collection's part of a table is not measured."""
        return {"name": self.collection_name, "count": self.client.wait(items.count, prefix=self._place), "size": None}

    def reset(self) -> None:
        self.delete_col()

    def close(self) -> None:
        """Close the database of a connection string, for all collections of a configuration."""
        self.client.close()

    def _item(self, key: str, payload: dict[str, Any], vector: Any) -> NewItem:
        text = payload.get("text_lemmatized") or payload.get("data")
        return new_item(self._place, key, payload, text=text if isinstance(text, str) else "", embedding=vector)

    async def _insert(self, on: Executor, new: Sequence[NewItem]) -> None:
        await in_batches(on, new, lambda tx, some: items.put_many(tx, items=some, on_duplicate="raise", **self._owner))

    async def _search(
        self, on: Executor, vectors: Sequence[Any], filter: Filter | None, limit: int | None
    ) -> builtins.list[builtins.list[ItemHit]]:
        return await asyncio.gather(*(ranked(on, self._place, filter, embedding=vector, limit=limit) for vector in vectors))

    async def _update(self, on: Executor, key: str, vector: Any, payload: dict[str, Any] | None) -> None:
        place: dict[str, Any] = {"namespace": self._place, "key": key}
        if vector is None:
            if payload is not None:
                await items.update(on, **place, value=payload, to_the_letter=not is_plain(payload))
            return

        async def work(tx: Executor) -> None:
            found = None if payload is not None else await items.get(tx, **place)
            value = payload if found is None else _of(found)
            # A memory deleted concurrently is not put again.
            if value is not None and await items.update(tx, **place, value=value, to_the_letter=not is_plain(value)):
                await items.put_many(tx, items=[self._item(key, value, vector)], **self._owner)

        await on.run(work, isolation="repeatable_read")  # type: ignore[attr-defined]


async def _check(tenant: Executor, dimension: int | None) -> None:
    check_dimension(tenant, dimension)


async def _collections(on: Executor) -> list[str]:
    found: list[list[str]] = []
    while page := await items.namespaces(on, prefix=(_ROOT, "*"), depth=2, offset=len(found), limit=1000):
        found += page
    return [name for _, name in found]


def _output(item: Item, score: float | None) -> OutputData:
    return OutputData(id=item.key, score=score, payload=_of(item))


def _of(item: Item) -> dict[str, Any]:
    return item.value if isinstance(item.value, dict) else {}


def _key(id: object) -> str:
    if not isinstance(id, str | UUID):
        raise InvalidInput("id", f"must be a text or a UUID, not {type(id).__name__}")
    return str(id)
