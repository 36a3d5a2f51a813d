"""MemdbVectorStore, as LangChain uses it: beside LangChain's own store in memory, and by what its contract says."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings
from langchain_core.indexing import InMemoryRecordManager, index
from langchain_core.vectorstores import InMemoryVectorStore

import memdb
from memdb import items, retention, spaces
from memdb.adapters import over_items
from memdb.adapters.langchain import MemdbVectorStore
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, PoolClosed, TenantRequired, UnderLegalHold
from tests.conftest import DIMENSION, Home


class Letters(Embeddings):
    """The counts of a text's characters; an error for a text that says so."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return list(map(self.embed_query, texts))

    def embed_query(self, text: str) -> list[float]:
        if "fail" in text:
            raise RuntimeError("told to fail")
        return [float(text.count(chr(number))) for number in range(DIMENSION)]


@pytest.fixture
async def store(tenant: Tenant) -> MemdbVectorStore:
    return MemdbVectorStore(tenant, Letters())


def _texts(documents: list[Document]) -> list[str]:
    return [each.page_content for each in documents]


async def _stored(store: MemdbVectorStore) -> int:
    return await items.count(store.tenant, prefix=("langchain", store.collection))


async def test_it_finds_what_the_store_in_memory_finds(store: MemdbVectorStore) -> None:
    chance = random.Random(1)
    memory = InMemoryVectorStore(Letters())
    documents = [Document("".join(chance.choices("abcde", k=12)), metadata={"n": n}, id=f"id {n}") for n in range(60)]
    for each in (store, memory):
        assert await each.aadd_documents(documents) == [document.id for document in documents]
    for query in ("aabbc", "e", "deadbeef"):
        found = await store.asimilarity_search_with_score(query, 8)
        expected = await memory.asimilarity_search_with_score(query, 8)
        assert [1 - distance for _, distance in found] == pytest.approx([score for _, score in expected], abs=1e-3)
        relevant = await store.asimilarity_search_with_relevance_scores(query, k=8, score_threshold=0.5)
        assert [score for _, score in relevant] == pytest.approx([1 - distance for _, distance in found if distance <= 0.5])
        for lambda_mult in (0.0, 0.3, 1.0):
            options: Any = {"k": 6, "fetch_k": 60, "lambda_mult": lambda_mult}
            diverse = await store.amax_marginal_relevance_search(query, **options)
            expected_diverse = await memory.amax_marginal_relevance_search(query, **options)
            assert _worth(diverse, query, lambda_mult) == pytest.approx(_worth(expected_diverse, query, lambda_mult), abs=5e-3)
            by_vector = await store.amax_marginal_relevance_search_by_vector(Letters().embed_query(query), **options)
            assert by_vector == diverse
    assert await store.asimilarity_search("a", 0) == []


def _worth(found: list[Document], query: str, lambda_mult: float) -> list[float]:
    """What decided on each of the documents after the first: equally good ones may come in any order."""

    def cosine(one: str, other: str) -> float:
        a, b = map(Letters().embed_query, (one, other))
        return sum(x * y for x, y in zip(a, b, strict=True)) / (sum(x * x for x in a) * sum(x * x for x in b)) ** 0.5

    texts = _texts(found)
    assert len(set(texts)) == len(texts) == 6
    return [
        lambda_mult * cosine(text, query) - (1 - lambda_mult) * max(cosine(text, before) for before in texts[:place])
        for place, text in enumerate(texts[1:], 1)
    ]


async def test_diversity_decides_between_equals(store: MemdbVectorStore) -> None:
    await store.aadd_texts(["aab", "aaab", "aabbbbc", "zzz"])
    assert _texts(await store.amax_marginal_relevance_search("aab", 2, lambda_mult=1)) == ["aab", "aaab"]
    assert _texts(await store.amax_marginal_relevance_search("aab", 2, lambda_mult=0.3)) == ["aab", "zzz"]
    assert _texts(await store.amax_marginal_relevance_search("aab", 2, fetch_k=3, lambda_mult=0)) == ["aab", "aabbbbc"]
    assert await store.amax_marginal_relevance_search("aab", 0) == await store.amax_marginal_relevance_search("aab", fetch_k=0) == []
    assert len(await store.amax_marginal_relevance_search("aab", 9)) == 4


async def test_equal_texts_are_kept_and_ids_are_replaced(store: MemdbVectorStore) -> None:
    first = await store.aadd_texts(["same", "same"], [{"n": 1}, {"n": 2}])
    assert len(set(first + await store.aadd_texts(["same"]))) == await _stored(store) == 3
    assert await store.aadd_texts(["old", "other"], ids=["an id", None]) != ["an id", "an id"]  # type: ignore[list-item]
    await store.aadd_documents([Document("new", metadata={"a": 1}, id="an id")])
    assert await store.aget_by_ids(["missing", "an id", first[1], "an id"]) == [
        Document("new", metadata={"a": 1}, id="an id"),
        Document("same", metadata={"n": 2}, id=first[1]),
    ]
    assert _texts(await store.asimilarity_search("old", 1)) != ["old"]
    await store.aadd_texts(["first", "last"], ids=["twice", "twice"])
    assert _texts(await store.aget_by_ids(["twice"])) == ["last"]
    assert await store.aadd_texts([]) == []


async def test_metadata_and_texts_come_back(store: MemdbVectorStore) -> None:
    class Kind(StrEnum):
        NOTE = "note"

    metadata = {"z": 1, "a": [None, {"b": 2.5}], "": "x", "nul": "a\0b", "big": 2**70, "dotted.name": True, "$odd": "\ud800"}
    await store.aadd_texts(["a page\0 of a file \ud800"], [metadata], ids=["k"])
    (found,) = await store.asimilarity_search("page")
    assert found == Document("a page\0 of a file \ud800", metadata=metadata, id="k")
    assert list(found.metadata) == list(metadata)
    await store.aadd_texts(["x" * 200_000], [{"tuple": (1, 2), "kind": Kind.NOTE}], ids=["long"])
    (found,) = await store.asimilarity_search("x", 1)
    assert (found.metadata, len(found.page_content)) == ({"tuple": [1, 2], "kind": "note"}, 200_000)


async def test_filters_are_of_the_metadata(store: MemdbVectorStore) -> None:
    pages = [{"page": page, "kind": kind, "tags": {"a": page}} for page, kind in ((9, "x"), (10, "y"), (11, "x"))]
    await store.aadd_texts(["abc", "abd", "abe"], [*pages], ids=["9", "10", "11"])

    async def found(filter: Any, k: int = 4) -> set[str | None]:
        hits = await store.asimilarity_search("ab", k, filter=filter)
        assert len(await store.amax_marginal_relevance_search("ab", k, filter=filter)) == len(hits)
        assert len(await store.asimilarity_search_by_vector(Letters().embed_query("ab"), k, filter=filter)) == len(hits)
        return {each.id for each in hits}

    assert await found({"page": 10}, 1) == {"10"}
    assert await found({"page": {"$gt": 9}}) == {"10", "11"}
    assert await found({"$or": [{"kind": "y"}, {"page": {"$in": [9.0]}}]}) == {"9", "10"}
    assert await found({"tags": {"$eq": {"a": 11}}}) == {"11"}
    assert await found({"kind": {"$exists": False}}) == set()
    assert await found(None) == await found({}) == {"9", "10", "11"}
    retriever = store.as_retriever(search_kwargs={"k": 1, "filter": {"kind": "y"}})
    assert _texts(await retriever.ainvoke("abe")) == ["abd"]


async def test_what_is_wrong_is_named_and_nothing_is_written(store: MemdbVectorStore) -> None:
    add, search, diverse = store.aadd_texts, store.asimilarity_search, store.amax_marginal_relevance_search
    calls: list[tuple[Any, type[Exception], str]] = [
        (add("text"), InvalidInput, "texts must be a list of texts"),
        (add(["good", 5]), InvalidInput, "texts must be texts, not int"),  # type: ignore[list-item]
        (add(["good", None]), InvalidInput, "texts must be texts, not NoneType"),  # type: ignore[list-item]
        (add(["good", "b"], [{}]), InvalidInput, "metadatas must be as many as the texts, 2, not 1"),
        (add(["good"], ids=["a", "b"]), InvalidInput, "ids must be as many"),
        (add(["good"], ids=[7]), InvalidInput, "ids must be texts, not int"),  # type: ignore[list-item]
        (add(["good", "b"], ids=["a", "k" * 1025]), InvalidInput, "key"),
        (add(["good"], [["x"]]), InvalidInput, "metadatas must be dicts, not list"),  # type: ignore[list-item]
        (add(["good", "b"], [{}, {"at": datetime.now(UTC)}]), InvalidInput, "metadatas must hold JSON values only"),
        (add(["good"], [{5: "x"}]), InvalidInput, "strings as keys"),  # type: ignore[dict-item]
        (add(["good"], [{"langchain.page_content": "x"}]), InvalidInput, "must not have the field"),
        (add(["good", "fail"]), RuntimeError, "told to fail"),
        (add(["good", "b"], [{}, {"x": "x" * (1 << 24)}]), InvalidInput, "value"),
        (search("ab", -1), InvalidInput, "k must be an int of 0 or more"),
        (search("ab", filter={"a": {"b": 1}}), InvalidInput, "filter must have operators"),
        (search("ab", filter=lambda document: True), InvalidInput, "filter must be a JSON object"),
        (search("ab", filters={}), TypeError, "filters"),
        (search(""), InvalidInput, "embedding must not be the zero vector"),
        (store.asimilarity_search_by_vector([1.0]), InvalidInput, f"embedding must have {DIMENSION} dimensions, not 1"),
        (diverse("ab", -1), InvalidInput, "k must be"),
        (diverse("ab", fetch_k=True), InvalidInput, "fetch_k must be"),
        (diverse("ab", lambda_mult=2), InvalidInput, "lambda_mult must be between 0 and 1"),
        (store.aget_by_ids("ab"), InvalidInput, "ids must be a list"),
        (store.adelete([1]), InvalidInput, "ids must be texts"),  # type: ignore[list-item]
    ]
    for call, kind, told in calls:
        with pytest.raises(kind, match=told):
            await call
    assert await _stored(store) == 0


async def test_embeddings_of_another_dimension_are_refused(tenant: Tenant, dsn: str) -> None:
    small = DeterministicFakeEmbedding(size=6)
    store = MemdbVectorStore(tenant, small)
    for call in (store.aadd_texts(["a"]), store.asimilarity_search("a")):
        with pytest.raises(InvalidInput, match=f"embedding must have {DIMENSION} dimensions, not 6"):
            await call
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.create(owner.admin(), dimension=6, model="small")
    async with MemdbVectorStore.from_conn_string(dsn, small, org_id=tenant.org_id, embedding_model="small") as other:
        await other.aadd_texts(["a", "b"])
        assert _texts(await other.asimilarity_search("b", 1)) == ["b"]


async def test_a_mistaken_configuration_is_refused_when_it_is_made(db: Database, tenant: Tenant) -> None:
    for arguments, options, told in (
        ((db, Letters()), {}, r"tenant must be db\.tenant"),
        ((tenant, lambda texts: texts), {}, "embedding must be LangChain's Embeddings, not function"),
        ((tenant, Letters()), {"collection": 5}, "collection must be a str, not int"),
    ):
        with pytest.raises(InvalidInput, match=told):
            MemdbVectorStore(*arguments, **options)  # type: ignore[arg-type]
    with pytest.raises(TenantRequired, match="MemdbVectorStore"):
        MemdbVectorStore(db.admin(), Letters())


async def test_collections_and_tenants_do_not_meet(tenant: Tenant, rival: Home) -> None:
    stores = [MemdbVectorStore(on, Letters(), collection=name) for name in ("a", "a\n", "*") for on in (tenant, rival.tenant)]
    for number, each in enumerate(stores):
        await each.aadd_texts([f"text {number}"], ids=["k"])
    assert [_texts(await each.asimilarity_search("text")) for each in stores] == [[f"text {number}"] for number in range(6)]
    await stores[1].adelete(["k"])
    await stores[2].adelete()
    assert [len(await each.aget_by_ids(["k"])) for each in stores] == [1, 0, 0, 1, 1, 1]


async def test_deleting(store: MemdbVectorStore, db: Database, home: Home) -> None:
    await store.aadd_texts(["a", "b", "c"], ids=["1", "2", "3"])
    assert await store.adelete(["1", "missing"]) is True
    assert await store.adelete([]) is True
    assert await _stored(store) == 2
    assert await store.adelete() is True
    assert await _stored(store) == 0
    owned = MemdbVectorStore(home.tenant, Letters(), agent_id=home.agent.id)
    await owned.aadd_texts(["a", "b"], ids=["1", "2"])
    await retention.hold(db.admin(home.tenant.org_id), name="case", reason="a case", agent_id=home.agent.id)
    for ids in (["1"], None):
        with pytest.raises(UnderLegalHold):
            await owned.adelete(ids)
    assert await _stored(owned) == 2


async def test_more_than_one_call_takes(store: MemdbVectorStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_items, "LARGEST_BATCH", 500)
    texts = [f"{n:x}" for n in range(1, 1203)]
    with pytest.raises(InvalidInput, match="key"):
        await store.aadd_texts(texts, ids=[*texts[:-1], "k" * 1025])
    assert await _stored(store) == 0
    await store.aadd_texts(texts, ids=texts)
    assert len(await store.asimilarity_search("1f", 1100)) == 1100
    assert _texts(await store.aget_by_ids([*texts[::-1], "missing"])) == texts[::-1]
    await store.adelete(texts[100:])
    assert await _stored(store) == 100
    await store.aadd_texts(texts, ids=texts)
    await store.adelete()
    assert await _stored(store) == 0


async def test_a_transaction_undoes_what_was_added(tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError):
        async with tenant.transaction() as tx:
            store = MemdbVectorStore(tx, Letters())
            await store.aadd_texts(["abc"])
            assert _texts(await store.asimilarity_search("abc")) == ["abc"]
            raise ZeroDivisionError
    assert await MemdbVectorStore(tenant, Letters()).asimilarity_search("abc") == []


async def test_other_threads_and_loops_use_it(store: MemdbVectorStore) -> None:
    def synchronously() -> None:
        assert store.add_documents([Document("abc", id="1"), Document("abd", id="2")]) == ["1", "2"]
        assert _texts(store.similarity_search("abc", 1)) == _texts(store.max_marginal_relevance_search("abc", 1)) == ["abc"]
        assert store.similarity_search_with_score("abc", 1)[0][1] == pytest.approx(0, abs=1e-3)
        vector = Letters().embed_query("abd")
        assert _texts(store.similarity_search_by_vector(vector, 1)) == ["abd"]
        assert store.similarity_search_with_score_by_vector(vector, 1)[0][0].id == "2"
        assert _texts(store.max_marginal_relevance_search_by_vector(vector, 1)) == ["abd"]
        assert _texts(store.as_retriever(search_type="mmr", search_kwargs={"k": 1}).invoke("abd")) == ["abd"]
        assert store.delete(["1"]) is True
        assert store.get_by_ids(["1", "2"]) == [Document("abd", id="2")]
        assert _texts(asyncio.run(store.asimilarity_search("abc"))) == ["abd"]

    await asyncio.to_thread(synchronously)
    for call in (lambda: store.add_texts(["a"]), lambda: store.similarity_search("a"), store.delete, lambda: store.get_by_ids([])):
        with pytest.raises(asyncio.InvalidStateError, match="call from another thread"):
            call()


async def test_from_texts_of_a_tenant(tenant: Tenant) -> None:
    documents = [Document("abc", metadata={"n": 1}, id="1"), Document("abd")]
    store = await MemdbVectorStore.afrom_documents(documents, Letters(), tenant=tenant, collection="c")
    assert await store.aget_by_ids(["1"]) == documents[:1]
    assert await _stored(store) == 2
    with pytest.raises(TypeError, match="tenant"):
        await MemdbVectorStore.afrom_texts(["a"], Letters())  # type: ignore[call-arg]


def test_from_a_connection_string(dsn: str) -> None:
    with MemdbVectorStore.from_conn_string(dsn, Letters()) as store:
        store.add_texts(["abc"])
    with pytest.raises(PoolClosed):
        store.similarity_search("abc")
    other = MemdbVectorStore.from_texts(["abd"], Letters(), [{"n": 1}], ids=["1"], conn_string=dsn)
    assert _texts(other.similarity_search("abd", 1)) == ["abd"]
    assert len(other.similarity_search("ab")) == 2
    other.close()
    other.close()
    with pytest.raises(PoolClosed):
        other.similarity_search("abd")
    with pytest.raises(RuntimeError, match="told to fail"):
        MemdbVectorStore.from_texts(["fail"], Letters(), conn_string=dsn)


def test_langchains_indexing_keeps_it_in_step(dsn: str) -> None:
    records = InMemoryRecordManager("memdb")
    records.create_schema()
    options: Any = {"record_manager": records, "cleanup": "full", "source_id_key": "source", "key_encoder": "sha256"}
    with MemdbVectorStore.from_conn_string(dsn, Letters()) as store:
        documents = [Document(f"{n:b}", metadata={"source": "file"}) for n in range(2, 6)]
        assert index(documents, vector_store=store, **options)["num_added"] == 4
        changed = index([*documents[1:], Document("abc", metadata={"source": "file"})], vector_store=store, **options)
        assert (changed["num_added"], changed["num_skipped"], changed["num_deleted"]) == (1, 3, 1)
        assert set(_texts(store.similarity_search("1", 10))) == {"11", "100", "101"} | set(_texts(store.similarity_search("abc", 1)))
