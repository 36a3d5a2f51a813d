"""LlamaIndex's vector store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode, MetadataMode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
    VectorStoreQueryResult,
)
from llama_index.core.vector_stores.utils import metadata_dict_to_node, node_to_metadata_dict

from memdb import items
from memdb.adapters.collections import check_name, delete_all, listed, new_item, ranked
from memdb.adapters.homes import Home, home_of
from memdb.adapters.llama_index.filters import DOCUMENT_ID, NODE_ID, names_nothing, wanted
from memdb.adapters.over_items import get_all, in_batches
from memdb.adapters.tenants import owner_of
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput
from memdb.items import Item, ItemHit, ItemKey, NewItem

_ROOT: Final = ("llama-index", "vectors")
_BY_WORDS: Final = (VectorStoreQueryMode.TEXT_SEARCH, VectorStoreQueryMode.SPARSE)


class MemdbVectorStore(BasePydanticVectorStore):
    """Keeps nodes in a tenant's items, in the namespace ("llama-index", "vectors", `table_name`). A node that is added again is replaced.

    - `tenant`: `db.tenant(org_id)`, given on the event loop of its database, or a tenant of `memdb.sync`, in any thread.
    - `embed_dim`: the dimension of the embeddings; None is that of the database's embedding space, and any other is refused.
    - `agent_id`, `user_id`: the owners of the nodes added, for legal holds and erasures.

    The asynchronous methods may be awaited on any event loop, the others called in any thread but that of the database's own. Raises what
    `memdb.items` does, UnderLegalHold among it; InvalidInput is a ValueError.
    """

    stores_text: bool = True
    flat_metadata: bool = False
    table_name: str
    embed_dim: int | None = None

    _home: Home = PrivateAttr()
    _owner: dict[str, Any] = PrivateAttr()

    def __init__(
        self,
        tenant: Any,
        *,
        table_name: str = "llamaindex",
        embed_dim: int | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> None:
        super().__init__(table_name=check_name("table_name", table_name), embed_dim=embed_dim)  # type: ignore[call-arg]
        self._home = home_of("MemdbVectorStore", tenant, dimension=embed_dim)
        self._owner = owner_of(agent_id, user_id)

    @classmethod
    def from_params(
        cls,
        connection_string: str | None = None,
        *,
        table_name: str = "llamaindex",
        embed_dim: int | None = None,
        embedding_model: str | None = None,
        org_id: UUID | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> MemdbVectorStore:
        """A store with a database of its own, connected at the first use and closed by `close()`, for all threads and event loops.

        - `connection_string`: what `memdb.connect` takes, including `embedded:`. `embedding_model`: the embedding space to work in.
        - `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
        """
        home = Home.from_url(connection_string, org_id, dimension=embed_dim, embedding_model=embedding_model)
        return cls(home, table_name=table_name, embed_dim=embed_dim, agent_id=agent_id, user_id=user_id)

    @classmethod
    def class_name(cls) -> str:
        return "MemdbVectorStore"

    @property
    def client(self) -> Home:
        return self._home

    def close(self) -> None:
        """Close the database, if it is the store's own."""
        self._home.close()

    def add(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[str]:
        return self._home.wait(self._add, nodes)

    async def async_add(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[str]:
        """Add nodes with their embeddings, all or none, and return their ids. If an id is given twice, the last node counts.

        Raises ValueError for a node without an embedding.
        """
        return await self._home.call(self._add, nodes)

    def delete(self, ref_doc_id: str, **delete_kwargs: Any) -> None:
        self._home.wait(delete_all, self._place, {DOCUMENT_ID: ref_doc_id})

    async def adelete(self, ref_doc_id: str, **delete_kwargs: Any) -> None:
        """Delete the nodes of a document."""
        await self._home.call(delete_all, self._place, {DOCUMENT_ID: ref_doc_id})

    def get_nodes(self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None) -> list[BaseNode]:
        return self._home.wait(self._get, node_ids, filters)

    async def aget_nodes(self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None) -> list[BaseNode]:
        """The nodes with these ids, in their order, or that pass the filters, last added first, or both; without either, all."""
        return await self._home.call(self._get, node_ids, filters)

    def delete_nodes(self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **delete_kwargs: Any) -> None:
        self._home.wait(self._delete, node_ids, filters)

    async def adelete_nodes(self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **delete_kwargs: Any) -> None:
        """Delete the nodes with these ids that pass the filters; does nothing without ids and filters."""
        await self._home.call(self._delete, node_ids, filters)

    def clear(self) -> None:
        self._home.wait(delete_all, self._place)

    async def aclear(self) -> None:
        """Delete all nodes of the table."""
        await self._home.call(delete_all, self._place)

    def query(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        return self._home.wait(self._query, query)

    async def aquery(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        """The best nodes for a query, best first, in the modes default, text_search, sparse (the same) and hybrid.

        The similarities are the cosine similarity in mode default, BM25 in text_search, and in hybrid half the score of
        `memdb.items.search`, so 0 to 1. Raises InvalidInput for another mode, and for an `alpha` other than 0, 0.5 and 1.
        """
        return await self._home.call(self._query, query)

    @property
    def _place(self) -> tuple[str, ...]:
        return (*_ROOT, self.table_name)

    async def _add(self, on: Executor, nodes: Sequence[BaseNode]) -> list[str]:
        new = [self._item(node) for node in nodes]
        await in_batches(on, new, lambda tx, some: items.put_many(tx, items=some, **self._owner))
        return [each.key for each in new]

    async def _get(self, on: Executor, node_ids: list[str] | None, filters: MetadataFilters | None) -> list[BaseNode]:
        if node_ids is None:
            return [_node(item) for item in await listed(on, self._place, wanted(filters))]
        if filters is not None:
            passing = {item.key: item for item in await listed(on, self._place, wanted(filters, node_ids=node_ids))}
            return [_node(passing[id]) for id in node_ids if id in passing]
        return [_node(item) for item in await get_all(on, [ItemKey(self._place, id) for id in node_ids])]

    async def _delete(self, on: Executor, node_ids: list[str] | None, filters: MetadataFilters | None) -> None:
        if not names_nothing(node_ids, filters):
            await delete_all(on, self._place, wanted(filters, node_ids=node_ids or None))

    async def _query(self, on: Executor, query: VectorStoreQuery) -> VectorStoreQueryResult:
        question, limit = _question(query)
        # LlamaIndex's retriever passes an empty list to a store that keeps the texts, and means all nodes.
        filter = wanted(query.filters, node_ids=query.node_ids or None, document_ids=query.doc_ids or None)
        hits = await ranked(on, self._place, filter, **question, limit=limit)
        return VectorStoreQueryResult(
            nodes=[_node(hit.item) for hit in hits],
            similarities=[_similarity(hit, question) for hit in hits],
            ids=[hit.item.key for hit in hits],
        )

    def _item(self, node: BaseNode) -> NewItem:
        value = node_to_metadata_dict(node, flat_metadata=self.flat_metadata) | {NODE_ID: node.node_id}
        text = node.get_content(metadata_mode=MetadataMode.NONE)
        return new_item(self._place, node.node_id, value, text=text, embedding=node.get_embedding())


def _question(query: VectorStoreQuery) -> tuple[dict[str, Any], int]:
    """The question of a query, and the number of nodes wanted."""
    mode, text, embedding, limit = VectorStoreQueryMode(query.mode), query.query_str, query.query_embedding, query.similarity_top_k
    if mode == VectorStoreQueryMode.HYBRID:
        limit = query.hybrid_top_k or limit
        if query.alpha not in (None, 0, 0.5, 1):
            raise InvalidInput("alpha", f"must be 0 (words), 0.5 (both alike, also None) or 1 (the embedding), not {query.alpha}")
        text, embedding = None if query.alpha == 1 else text, None if query.alpha == 0 else embedding
    elif mode in _BY_WORDS:
        limit, embedding = query.sparse_top_k or limit, None
    elif mode == VectorStoreQueryMode.DEFAULT:
        text = None
    else:
        raise InvalidInput("mode", f"must be default, text_search, sparse or hybrid, not {mode.value}")
    if not text and embedding is None:
        raise InvalidInput("query", f"must have {'a query_str' if mode in _BY_WORDS else 'a query_embedding'} in mode {mode.value}")
    return {"text": text or None, "embedding": embedding}, limit


def _similarity(hit: ItemHit, question: dict[str, Any]) -> float:
    if question["text"] is not None and question["embedding"] is not None:
        return hit.score / 2
    return (hit.similarity if question["text"] is None else hit.text_score) or 0.0


def _node(item: Item) -> BaseNode:
    return metadata_dict_to_node(item.value)
