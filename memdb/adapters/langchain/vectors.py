"""LangChain's vector store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from memdb import items
from memdb.adapters.collections import delete_all
from memdb.adapters.langchain.documents import as_documents, as_texts, diverse, from_item, to_put
from memdb.adapters.opening import Opening
from memdb.adapters.over_items import get_all, in_batches
from memdb.adapters.paging import check_number, from_offset
from memdb.adapters.tenants import of_tenant, owner_of
from memdb.adapters.waiting import wait, wait_elsewhere
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput
from memdb.items import Filter, ItemHit, ItemKey

_COLLECTION: Final = "langchain"


class MemdbVectorStore(VectorStore):
    """Keeps documents in a tenant's items, in the namespace ("langchain", `collection`), each with one embedding.

    - `tenant`: `db.tenant(org_id)`, or a transaction on it. Create the store on the event loop of its database; while that loop runs, its
      methods with the prefix `a` may be awaited on any.
    - `embedding`: LangChain's Embeddings, of the dimension of the database's embedding space.
    - `collection`: any text of up to 1,000 bytes.
    - `agent_id`, `user_id`: the owners of the documents added, for legal holds and erasures.

    Searches take a `filter` of metadata (`memdb.items.Filter`) and compare all documents that it lets through by cosine. The methods
    without the prefix `a` are for threads other than the event loop's; they block. Embeddings are made on that loop, too, by
    `aembed_documents` and `aembed_query`. Raises what `memdb.items` does.
    """

    def __init__(
        self,
        tenant: Executor,
        embedding: Embeddings,
        *,
        collection: str = _COLLECTION,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> None:
        self.tenant = of_tenant("MemdbVectorStore", tenant)
        if not isinstance(embedding, Embeddings):
            raise InvalidInput("embedding", f"must be LangChain's Embeddings, not {type(embedding).__name__}")
        if not isinstance(collection, str):
            raise InvalidInput("collection", f"must be a str, not {type(collection).__name__}")
        self.loop = asyncio.get_running_loop()
        self.collection = collection
        self._namespace = ("langchain", collection)
        self._embedding = embedding
        self._owner = owner_of(agent_id, user_id)
        self._opening: Opening[MemdbVectorStore] | None = None

    @classmethod
    def from_conn_string(
        cls,
        conn_string: str | None,
        embedding: Embeddings,
        *,
        collection: str = _COLLECTION,
        embedding_model: str | None = None,
        org_id: UUID | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> Opening[MemdbVectorStore]:
        """A store with a database of its own, for `async with` or `with`. `conn_string`: what `memdb.connect` takes, also `embedded:`.

        - `embedding_model`: the embedding space to work in, as for `memdb.connect`.
        - `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
        """
        return Opening(
            conn_string,
            org_id,
            lambda tenant: cls(tenant, embedding, collection=collection, agent_id=agent_id, user_id=user_id),
            embedding_model=embedding_model,
        )

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        conn_string: str | None = None,
        **options: Any,
    ) -> MemdbVectorStore:
        """A store with a database of its own, to be closed by `close()`, to which the texts have been added.

        `conn_string` and `options` are those of `from_conn_string`. For a tenant, see `afrom_texts`.
        """
        opening = cls.from_conn_string(conn_string, embedding, **options)
        store = opening.__enter__()
        store._opening = opening
        try:
            store.add_texts(texts, metadatas, ids=ids)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    async def afrom_texts(  # type: ignore[override]
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        tenant: Executor,
        ids: list[str] | None = None,
        **options: Any,
    ) -> MemdbVectorStore:
        """A store of a tenant, to which the texts have been added. `options` are those of the class."""
        store = cls(tenant, embedding, **options)
        await store.aadd_texts(texts, metadatas, ids=ids)
        return store

    def close(self) -> None:
        """Close the database, if `from_texts` opened one for the store; after that, the store raises PoolClosed."""
        if self._opening is not None:
            self._opening.__exit__(None, None, None)

    @property
    def embeddings(self) -> Embeddings:
        return self._embedding

    def add_texts(
        self, texts: Iterable[str], metadatas: list[dict[str, Any]] | None = None, *, ids: list[str] | None = None, **kwargs: Any
    ) -> list[str]:
        return wait(self.loop, self.aadd_texts, texts, metadatas, ids=ids)

    async def aadd_texts(
        self, texts: Iterable[str], metadatas: list[dict[str, Any]] | None = None, *, ids: list[str] | None = None, **kwargs: Any
    ) -> list[str]:
        """Add texts, all or none, and return their ids. If an id is given twice, the last text counts.

        A text with an existing id replaces that text, with its metadata. A text without an id gets a new one, even if an equal text exists.
        `ids`: any texts of up to 1,024 bytes, None for a new one. `metadatas`: JSON objects. Other arguments have no effect.
        """
        documents = as_documents(texts, metadatas, ids)
        await wait_elsewhere(self.loop, self._add(documents))
        return [str(each.id) for each in documents]

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        return wait(self.loop, self.aget_by_ids, ids)

    async def aget_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """The existing documents, in the order of the ids, each once."""
        return await wait_elsewhere(self.loop, self._get(self._keys(ids)))

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool:
        return wait(self.loop, self.adelete, ids)

    async def adelete(self, ids: list[str] | None = None, **kwargs: Any) -> bool:
        """Delete the existing documents permanently, all or none; with None, all of the collection. Returns True.

        Raises UnderLegalHold if a hold forbids it.
        """
        await wait_elsewhere(self.loop, self._clear() if ids is None else self._delete(self._keys(ids)))
        return True

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        return wait(self.loop, self.asimilarity_search, query, k, **kwargs)

    async def asimilarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        """The `k` documents nearest to a text, nearest first. `filter`: a condition on their metadata."""
        return [document for document, _ in await self.asimilarity_search_with_score(query, k, **kwargs)]

    def similarity_search_with_score(self, query: str, k: int = 4, **kwargs: Any) -> list[tuple[Document, float]]:
        return wait(self.loop, self.asimilarity_search_with_score, query, k, **kwargs)

    async def asimilarity_search_with_score(self, query: str, k: int = 4, **kwargs: Any) -> list[tuple[Document, float]]:
        """`asimilarity_search`, each with its cosine distance: from 0, the same direction, to 2."""
        return _with_distances(await wait_elsewhere(self.loop, self._nearest(query, k, **kwargs)))

    def similarity_search_by_vector(self, embedding: list[float], k: int = 4, **kwargs: Any) -> list[Document]:
        return wait(self.loop, self.asimilarity_search_by_vector, embedding, k, **kwargs)

    async def asimilarity_search_by_vector(self, embedding: list[float], k: int = 4, **kwargs: Any) -> list[Document]:
        """`asimilarity_search` by an embedding."""
        return [document for document, _ in await self.asimilarity_search_with_score_by_vector(embedding, k, **kwargs)]

    def similarity_search_with_score_by_vector(self, embedding: list[float], k: int = 4, **kwargs: Any) -> list[tuple[Document, float]]:
        return wait(self.loop, self.asimilarity_search_with_score_by_vector, embedding, k, **kwargs)

    async def asimilarity_search_with_score_by_vector(
        self, embedding: list[float], k: int = 4, **kwargs: Any
    ) -> list[tuple[Document, float]]:
        """`asimilarity_search_with_score` by an embedding."""
        return _with_distances(await wait_elsewhere(self.loop, self._nearest(embedding, k, **kwargs)))

    def max_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        return wait(self.loop, self.amax_marginal_relevance_search, query, k, fetch_k, lambda_mult, **kwargs)

    async def amax_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        """Of the `fetch_k` documents nearest to a text, `k` that are near to it and unlike one another.

        `lambda_mult`: from 0, where only diversity counts, to 1, where only similarity does. `filter`: a condition on their metadata.
        """
        return await wait_elsewhere(self.loop, self._diverse(query, k, fetch_k, lambda_mult, **kwargs))

    def max_marginal_relevance_search_by_vector(
        self, embedding: list[float], k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        return wait(self.loop, self.amax_marginal_relevance_search_by_vector, embedding, k, fetch_k, lambda_mult, **kwargs)

    async def amax_marginal_relevance_search_by_vector(
        self, embedding: list[float], k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        """`amax_marginal_relevance_search` by an embedding."""
        return await wait_elsewhere(self.loop, self._diverse(embedding, k, fetch_k, lambda_mult, **kwargs))

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return lambda distance: min(max(1 - distance, 0.0), 1.0)

    def _keys(self, ids: Sequence[str]) -> list[ItemKey]:
        return [ItemKey(self._namespace, id) for id in dict.fromkeys(as_texts("ids", ids))]

    async def _add(self, documents: Sequence[Document]) -> None:
        vectors = await self._embedding.aembed_documents([each.page_content for each in documents]) if documents else []
        if len(vectors) != len(documents):
            raise InvalidInput("embedding", f"must give an embedding for each of {len(documents)} texts, not {len(vectors)}")
        new = [to_put(self._namespace, document, vector) for document, vector in zip(documents, vectors, strict=True)]
        await in_batches(self.tenant, new, lambda on, some: items.put_many(on, items=some, **self._owner))

    async def _get(self, keys: Sequence[ItemKey]) -> list[Document]:
        return [from_item(item) for item in await get_all(self.tenant, keys)]

    async def _delete(self, keys: Sequence[ItemKey]) -> None:
        await in_batches(self.tenant, keys, lambda on, some: items.delete_many(on, keys=some))

    async def _clear(self) -> None:
        async with self.tenant.transaction() as tx:
            await delete_all(tx, self._namespace, ended=True)

    async def _nearest(
        self, question: str | list[float], k: int, *, filter: Filter | None = None, with_embeddings: bool = False
    ) -> list[ItemHit]:
        check_number("k", k)
        vector = await self._embedding.aembed_query(question) if isinstance(question, str) else question
        search = partial(
            items.search, self.tenant, prefix=self._namespace, embedding=vector, filter=filter, with_embeddings=with_embeddings
        )
        return await from_offset(search, 0, k)

    async def _diverse(self, question: str | list[float], k: int, fetch_k: int, lambda_mult: float, **kwargs: Any) -> list[Document]:
        check_number("k", k)
        check_number("fetch_k", fetch_k)
        if not 0 <= lambda_mult <= 1:
            raise InvalidInput("lambda_mult", f"must be between 0 and 1, not {lambda_mult!r:.40}")
        hits = await self._nearest(question, fetch_k, with_embeddings=True, **kwargs)
        return [from_item(hit.item) for hit in diverse(hits, k, lambda_mult)]


def _with_distances(hits: Sequence[ItemHit]) -> list[tuple[Document, float]]:
    return [(from_item(hit.item), 1 - (hit.similarity or 0.0)) for hit in hits]
