"""LlamaIndex's key-value store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast
from uuid import UUID

from llama_index.core.storage.kvstore.types import DEFAULT_BATCH_SIZE, DEFAULT_COLLECTION, BaseKVStore

from memdb import items
from memdb.adapters.collections import as_json, check_name, listed
from memdb.adapters.homes import Home, home_of
from memdb.adapters.over_items import in_batches, is_plain
from memdb.adapters.tenants import owner_of
from memdb.engine.executor import Executor
from memdb.items import NewItem

_ROOT: Final = ("llama-index", "keys")


class MemdbKVStore(BaseKVStore):
    """Keeps values in a tenant's items, in the namespace ("llama-index", "keys", `table_name`, the collection).

    The arguments are those of MemdbVectorStore, without a dimension, and its methods may be called in the same places. A key is any text of
    up to 1,024 bytes, a value a dict of up to 16 MiB. Raises what `memdb.items` does.
    """

    def __init__(self, tenant: Any, *, table_name: str = "kvstore", agent_id: UUID | None = None, user_id: UUID | None = None) -> None:
        self._home = home_of("MemdbKVStore", tenant)
        self._table = check_name("table_name", table_name)
        self._owner = owner_of(agent_id, user_id)

    @classmethod
    def from_uri(
        cls,
        uri: str | None = None,
        *,
        table_name: str = "kvstore",
        org_id: UUID | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> MemdbKVStore:
        """As `MemdbVectorStore.from_params`."""
        return cls(Home.from_url(uri, org_id), table_name=table_name, agent_id=agent_id, user_id=user_id)

    def close(self) -> None:
        """Close the database, if it is the store's own."""
        self._home.close()

    def put(self, key: str, val: dict[str, Any], collection: str = DEFAULT_COLLECTION) -> None:
        self._home.wait(self._put, [(key, val)], collection)

    async def aput(self, key: str, val: dict[str, Any], collection: str = DEFAULT_COLLECTION) -> None:
        await self._home.call(self._put, [(key, val)], collection)

    def put_all(
        self,
        kv_pairs: Sequence[tuple[str, dict[str, Any]]],
        collection: str = DEFAULT_COLLECTION,
        batch_size: int = DEFAULT_BATCH_SIZE,
    ) -> None:
        self._home.wait(self._put, kv_pairs, collection)

    async def aput_all(
        self,
        kv_pairs: Sequence[tuple[str, dict[str, Any]]],
        collection: str = DEFAULT_COLLECTION,
        batch_size: int = DEFAULT_BATCH_SIZE,
    ) -> None:
        """Put all pairs, 10,000 per round trip, whatever the `batch_size`. If a key is given twice, the last value counts."""
        await self._home.call(self._put, kv_pairs, collection)

    def get(self, key: str, collection: str = DEFAULT_COLLECTION) -> dict[str, Any] | None:
        return self._home.wait(self._get, key, collection)

    async def aget(self, key: str, collection: str = DEFAULT_COLLECTION) -> dict[str, Any] | None:
        return await self._home.call(self._get, key, collection)

    def get_all(self, collection: str = DEFAULT_COLLECTION) -> dict[str, dict[str, Any]]:
        return self._home.wait(self._all, collection)

    async def aget_all(self, collection: str = DEFAULT_COLLECTION) -> dict[str, dict[str, Any]]:
        """The values of the collection by their keys, last put first."""
        return await self._home.call(self._all, collection)

    def delete(self, key: str, collection: str = DEFAULT_COLLECTION) -> bool:
        return self._home.wait(items.delete, namespace=self._place(collection), key=key)

    async def adelete(self, key: str, collection: str = DEFAULT_COLLECTION) -> bool:
        """Delete a value; returns whether it existed."""
        return await self._home.call(items.delete, namespace=self._place(collection), key=key)

    def _place(self, collection: str) -> tuple[str, ...]:
        return (*_ROOT, self._table, check_name("collection", collection))

    async def _put(self, on: Executor, pairs: Sequence[tuple[str, dict[str, Any]]], collection: str) -> None:
        place = self._place(collection)
        values = [as_json("val", value) for _, value in pairs]
        new = [
            NewItem(namespace=place, key=key, value=value, to_the_letter=not is_plain(value))
            for (key, _), value in zip(pairs, values, strict=True)
        ]
        await in_batches(on, new, lambda tx, some: items.put_many(tx, items=some, **self._owner))

    async def _get(self, on: Executor, key: str, collection: str) -> dict[str, Any] | None:
        found = await items.get(on, namespace=self._place(collection), key=key)
        return None if found is None else cast(dict[str, Any], found.value)

    async def _all(self, on: Executor, collection: str) -> dict[str, Any]:
        return {item.key: item.value for item in await listed(on, self._place(collection))}
