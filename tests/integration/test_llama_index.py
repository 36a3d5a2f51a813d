"""LlamaIndex's stores, by what their contracts say, and under an index, a chat and an ingestion."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

pytest.importorskip("llama_index.core")

from llama_index.core.llms import ChatMessage, ImageBlock, MessageRole, TextBlock
from llama_index.core.schema import BaseNode, IndexNode, NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores import FilterCondition, FilterOperator, MetadataFilter, MetadataFilters, SimpleVectorStore
from llama_index.core.vector_stores.types import VectorStoreQuery, VectorStoreQueryMode

import memdb
from memdb import items, organizations, retention, transcripts, users
from memdb.adapters.llama_index import MemdbChatStore, MemdbKVStore, MemdbVectorStore
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, PoolClosed, TenantRequired, UnderLegalHold
from tests.conftest import DIMENSION, Home, vector

ROOT = Path(memdb.__file__).parents[1]


@pytest.fixture
async def store(tenant: Tenant) -> MemdbVectorStore:
    return MemdbVectorStore(tenant, embed_dim=DIMENSION)


@pytest.fixture
async def chats(tenant: Tenant) -> MemdbChatStore:
    return MemdbChatStore(tenant)


def _node(id: str, seed: int = 1, text: str = "", document: str | None = None, **metadata: Any) -> TextNode:
    related = {} if document is None else {NodeRelationship.SOURCE: RelatedNodeInfo(node_id=document)}
    return TextNode(id_=id, text=text, embedding=list(map(float, vector(seed))), metadata=metadata, relationships=related)


def _question(seed: int = 1, **named: Any) -> VectorStoreQuery:
    return VectorStoreQuery(query_embedding=list(map(float, vector(seed))), **named)


def _ids(nodes: Any) -> list[str]:
    return [node.node_id for node in nodes]


async def test_nodes_come_back_as_they_were(store: MemdbVectorStore) -> None:
    nodes: list[BaseNode] = [
        _node("a", 1, "Violin\0 and \ud800", "d", n=1, tags=["x"], nested={"deep": None}, big=2**70, nul="\0"),
        IndexNode(id_="not a uuid", text="", index_id="i", embedding=list(map(float, vector(2)))),
    ]
    assert await store.async_add(nodes) == ["a", "not a uuid"]
    found = await store.aget_nodes(["not a uuid", "z", "a"])
    assert [each.model_dump(exclude={"embedding"}) for each in found] == [each.model_dump(exclude={"embedding"}) for each in nodes[::-1]]
    assert type(found[0]) is IndexNode
    assert await store.async_add([]) == []
    assert _ids(await store.aget_nodes()) == ["not a uuid", "a"]
    assert await store.aget_nodes([]) == []
    with pytest.raises(ValueError, match="embedding not set"):
        await store.async_add([_node("b"), TextNode(text="without")])
    assert len(await store.aget_nodes()) == 2


async def test_a_node_that_is_added_again_replaces_itself(store: MemdbVectorStore) -> None:
    await store.async_add([_node("a", 1, "old", "d"), _node("b", 2, "other", "e"), _node("c", 3, "third", "d")])
    await store.async_add([_node("a", 4, "older"), _node("a", 5, "new", "d")])
    found = await store.aquery(_question(5, similarity_top_k=10))
    assert found.ids is not None
    assert found.similarities is not None
    assert (found.ids[0], sorted(found.ids), found.nodes[0].get_content()) == ("a", ["a", "b", "c"], "new")  # type: ignore[index]
    assert found.similarities == sorted(found.similarities, reverse=True)
    assert round(found.similarities[0], 3) == 1.0
    assert (await store.aquery(_question(5))).ids == ["a"]
    await store.adelete("d")
    await store.adelete("d")
    assert _ids(await store.aget_nodes()) == ["b"]
    await store.aclear()
    assert await store.aget_nodes() == []
    assert (await store.aquery(_question())).nodes == []


METADATA: list[dict[str, Any]] = [
    {"author": "Ada", "n": 9, "tags": ["x", "y"], "text": "a% violin"},
    {"author": "ada", "n": 10.5, "tags": [], "text": ""},
    {"author": "Bob", "n": -1, "tags": ["y"], "none": None},
    {"author": "5", "tags": "xyz", "$odd": 1},
    {"author": "Cem", "pinned": True, "flags": [True, 0]},
    {"author": "Dea", "pinned": False, "n": 1},
    {"author": "Eli", "pinned": 1, "n": 0.0},
]
CONDITIONS: list[tuple[FilterOperator, str, Any]] = [
    (FilterOperator.EQ, "author", "Ada"),
    (FilterOperator.EQ, "n", 9),
    (FilterOperator.EQ, "author", 5),
    (FilterOperator.NE, "author", "Ada"),
    (FilterOperator.NE, "n", 9),
    (FilterOperator.EQ, "pinned", 1),
    (FilterOperator.NE, "pinned", 0),
    (FilterOperator.IN, "pinned", [0.0, 2.0]),
    (FilterOperator.NIN, "pinned", [1]),
    (FilterOperator.ALL, "flags", [1, 0]),
    (FilterOperator.IN, "n", [9, -1]),
    (FilterOperator.IN, "n", []),
    (FilterOperator.NIN, "n", [9, -1]),
    (FilterOperator.ANY, "tags", ["x", "z"]),
    (FilterOperator.ALL, "tags", ["x", "y"]),
    (FilterOperator.ALL, "tags", []),
    (FilterOperator.CONTAINS, "tags", "y"),
    (FilterOperator.TEXT_MATCH, "author", "da"),
    (FilterOperator.TEXT_MATCH, "author", "A"),
    (FilterOperator.TEXT_MATCH_INSENSITIVE, "author", "A"),
    (FilterOperator.TEXT_MATCH, "text", "% v"),
    (FilterOperator.TEXT_MATCH, "text", "_"),
    (FilterOperator.IS_EMPTY, "tags", None),
    (FilterOperator.IS_EMPTY, "none", None),
    (FilterOperator.IS_EMPTY, "text", None),
    (FilterOperator.GT, "n", 9),
    (FilterOperator.GTE, "n", 9),
    (FilterOperator.LT, "n", 9.5),
    (FilterOperator.LTE, "n", 10.5),
]


async def test_filters_are_those_of_llama_index_itself(store: MemdbVectorStore) -> None:
    """Beside its SimpleVectorStore, for each operator, alone and combined."""
    assert {operator for operator, *_ in CONDITIONS} == set(FilterOperator)
    simple = SimpleVectorStore()
    nodes = [_node(str(number), number, **metadata) for number, metadata in enumerate(METADATA)]
    await store.async_add(nodes)
    simple.add([_node(str(number), number, **metadata) for number, metadata in enumerate(METADATA)])
    conditions = [MetadataFilter(key=key, value=value, operator=operator) for operator, key, value in CONDITIONS]
    given = [MetadataFilters(filters=[each]) for each in conditions]
    given += [
        MetadataFilters(filters=[each, conditions[number - 1]], condition=condition)
        for condition in FilterCondition
        for number, each in enumerate(conditions)
    ]
    given.append(MetadataFilters(filters=[]))
    answers = await asyncio.gather(*(store.aquery(_question(similarity_top_k=10, filters=each)) for each in given))
    for filters, found in zip(given, answers, strict=True):
        expected = simple.query(_question(similarity_top_k=10, filters=filters))
        assert found.ids == expected.ids, filters
    both = MetadataFilters(filters=[given[0], MetadataFilters(filters=[conditions[1]], condition=FilterCondition.NOT)])
    assert await store.aget_nodes(filters=both) == []


async def test_ids_and_filters_narrow_together(store: MemdbVectorStore) -> None:
    await store.async_add([_node(str(n), n, document=f"d{n % 2}", n=n) for n in range(6)])
    high = MetadataFilters(filters=[MetadataFilter(key="n", value=2, operator=FilterOperator.GT)])
    assert _ids(await store.aget_nodes(filters=high)) == ["5", "4", "3"]
    assert _ids(await store.aget_nodes(["5", "1", "3"], high)) == ["5", "3"]
    narrowed = await store.aquery(_question(similarity_top_k=9, filters=high, doc_ids=["d1"], node_ids=["1", "3", "4"]))
    assert narrowed.ids == ["3"]
    await store.adelete_nodes(["1", "3"], high)
    await store.adelete_nodes(["0", "z"])
    await store.adelete_nodes()
    await store.adelete_nodes([], MetadataFilters(filters=[]))
    assert sorted(_ids(await store.aget_nodes())) == ["1", "2", "4", "5"]
    await store.adelete_nodes(filters=high)
    assert sorted(_ids(await store.aget_nodes())) == ["1", "2"]
    with patch("memdb.adapters.llama_index.filters._LARGEST_LIST", 1):
        await store.adelete_nodes(["1", "2"])
    assert await store.aget_nodes() == []


async def test_modes(store: MemdbVectorStore) -> None:
    await store.async_add([_node("v", 1, "strings of a violin"), _node("g", 2, "a guitar"), _node("near", 3, "nothing")])
    question = _question(3, query_str="violins", similarity_top_k=2)

    async def found(mode: str, **named: Any) -> tuple[list[str], list[float]]:
        result = await store.aquery(VectorStoreQuery(**{**vars(question), "mode": VectorStoreQueryMode(mode), **named}))
        assert result.ids is not None
        assert result.similarities is not None
        return result.ids, result.similarities

    assert (await found("default"))[0][0] == "near"
    for mode in ("text_search", "sparse"):
        ids, (score,) = await found(mode)
        assert ids == ["v"]
        assert score > 0
    ids, scores = await found("hybrid", hybrid_top_k=3)
    assert set(ids[:2]) == {"v", "near"}
    assert len(ids) == 3
    assert all(0 <= score <= 1 for score in scores)
    assert (await found("hybrid", alpha=0))[0] == ["v"]
    assert (await found("hybrid", alpha=1))[0] == (await found("default"))[0]
    for wrong, told in (
        ({"mode": "hybrid", "alpha": 0.3}, "alpha must be 0"),
        ({"mode": "mmr"}, "mode must be .* not mmr"),
        ({"mode": "text_search", "query_str": None}, "query_str"),
        ({"mode": "default", "query_embedding": None}, "query_embedding"),
    ):
        with pytest.raises(InvalidInput, match=told):
            await found(**wrong)  # type: ignore[arg-type]


def _message(text: str, **named: Any) -> ChatMessage:
    return ChatMessage(role=MessageRole.USER, content=text, **named)


async def test_messages_are_kept_in_order(chats: MemdbChatStore) -> None:
    call = {"tool_calls": [{"id": "c", "arguments": "nul \0, lone \ud800"}], "tokens": 5}
    image = ChatMessage(role=MessageRole.USER, blocks=[TextBlock(text="See:"), ImageBlock(image=b"\x00png")])
    messages = [_message("a"), _message("a"), ChatMessage(role=MessageRole.ASSISTANT, content="", additional_kwargs=call), image]
    for each in messages:
        await chats.async_add_message("k", each)
    assert await chats.aget_messages("k") == messages
    assert await chats.adelete_last_message("k") == messages[3]
    assert await chats.adelete_message("k", 0) == messages[0]
    assert await chats.adelete_message("k", -1) == messages[2]
    assert await chats.adelete_message("k", 1) is None
    assert await chats.aget_messages("k") == messages[:1]
    await chats.aset_messages("k", messages)
    await chats.aset_messages("empty", [])
    assert await chats.aget_messages("k") == messages
    assert sorted(await chats.aget_keys()) == ["empty", "k"]
    assert await chats.adelete_messages("k") == messages
    assert await chats.adelete_messages("empty") == []
    for nothing in (chats.adelete_messages("k"), chats.adelete_message("k", 0), chats.adelete_last_message("k")):
        assert await nothing is None
    assert (await chats.aget_messages("k"), await chats.aget_keys()) == ([], [])


async def test_messages_of_writers_at_once(chats: MemdbChatStore) -> None:
    await asyncio.gather(*(chats.async_add_message("k", _message(str(n))) for n in range(8)), chats.aset_messages("k", [_message("set")]))
    messages = [each.content for each in await chats.aget_messages("k")]
    assert "set" in messages
    assert len(set(messages)) == len(messages)
    taken = await asyncio.gather(*(chats.adelete_message("k", 0) for _ in range(5)), *(chats.adelete_last_message("k") for _ in range(5)))
    assert sorted(each.content or "" for each in taken if each is not None) == sorted(messages)


async def test_values_are_kept_by_collection(tenant: Tenant) -> None:
    store = MemdbKVStore(tenant)
    value = {"z": 1, "a": {"nul": "\0", "n": [2**70, None]}}
    await store.aput("k", value)
    await store.aput("k", {"only": "this"}, "other")
    await store.aput_all([("k", {"old": 1}), ("l", {}), ("k", value)], batch_size=2)
    assert (await store.aget("k"), await store.aget("k", "other"), await store.aget("z")) == (value, {"only": "this"}, None)
    assert await store.aget_all() == {"k": value, "l": {}}
    assert [await store.adelete("l"), await store.adelete("l")] == [True, False]
    assert await store.aget_all("none") == {}
    for wrong in (store.aput("k", [1]), store.aput("k", {}, ""), store.aput("ü" * 1000, {}), store.aput("k", {"f": object()})):  # type: ignore[arg-type]
        with pytest.raises(InvalidInput):
            await wrong


def _sync_calls(vectors: MemdbVectorStore, chats: MemdbChatStore, keys: MemdbKVStore) -> list[Any]:
    """What all methods that wait return."""
    two, three = _message("2"), _message("3")
    return [
        vectors.add([_node("a", 1, "violin", "d"), _node("b", 2), _node("c", 3)]),
        vectors.query(_question(1)).ids,
        vectors.delete("d"),
        vectors.delete_nodes(["b"]),
        _ids(vectors.get_nodes()),
        vectors.clear(),
        vectors.get_nodes(),
        chats.set_messages("k", [_message("1")]),
        chats.add_message("k", two),
        chats.add_message("k", three),
        chats.delete_last_message("k"),
        chats.delete_message("k", 0),
        chats.get_messages("k"),
        chats.get_keys(),
        chats.delete_messages("k"),
        keys.put("k", {"n": 1}),
        keys.put_all([("l", {"n": 2})]),
        keys.get("k"),
        keys.get_all(),
        keys.delete("k"),
    ]


EXPECTED: list[Any] = [
    ["a", "b", "c"],
    ["a"],
    None,
    None,
    ["c"],
    None,
    [],
    None,
    None,
    None,
    _message("3"),
    _message("1"),
    [_message("2")],
    ["k"],
    [_message("2")],
    None,
    None,
    {"n": 1},
    {"l": {"n": 2}, "k": {"n": 1}},
    True,
]


async def test_waiting_methods_are_for_other_threads(tenant: Tenant, store: MemdbVectorStore, chats: MemdbChatStore) -> None:
    assert await asyncio.to_thread(_sync_calls, store, chats, MemdbKVStore(tenant)) == EXPECTED
    with pytest.raises(asyncio.InvalidStateError, match="another thread"):
        store.add([])
    assert await asyncio.to_thread(asyncio.run, store.async_add([_node("a")])) == ["a"]


def test_stores_from_a_connection_string_and_of_a_sync_tenant(dsn: str) -> None:
    vectors = MemdbVectorStore.from_params(dsn, table_name="t", embed_dim=DIMENSION)
    chats, keys = MemdbChatStore.from_uri(dsn), MemdbKVStore.from_uri(dsn)
    assert _sync_calls(vectors, chats, keys) == EXPECTED
    vectors.add([_node("a")])
    for _ in range(2):
        assert asyncio.run(vectors.aget_nodes())[0].node_id == "a"
    with memdb.sync(dsn) as db:
        organization = db.admin().call(organizations.get_by_slug, slug="default")
        assert organization is not None
        tenant = db.tenant(organization.id)
        assert _ids(MemdbVectorStore(tenant, table_name="t").get_nodes()) == ["a"]
        assert _sync_calls(MemdbVectorStore(tenant), MemdbChatStore(tenant), MemdbKVStore(tenant, table_name="t")) == EXPECTED
    for each in (vectors, chats, keys):
        each.close()
        each.close()
    with pytest.raises(PoolClosed):
        vectors.get_nodes()


async def test_tables_and_tenants_do_not_meet(tenant: Tenant, rival: Home) -> None:
    stores = [MemdbVectorStore(on, table_name=name) for name in ("t", "T") for on in (tenant, rival.tenant)]
    chats = [MemdbChatStore(on, table_name=name) for name in ("t", "T") for on in (tenant, rival.tenant)]
    for number, (store, chat) in enumerate(zip(stores, chats, strict=True)):
        await store.async_add([_node("a", n=number)])
        await chat.async_add_message("k", _message(str(number)))
    assert [(await each.aget_nodes())[0].metadata["n"] for each in stores] == [0, 1, 2, 3]
    assert [(await each.aget_messages("k"))[0].content for each in chats] == ["0", "1", "2", "3"]
    await stores[0].aclear()
    assert len(await stores[2].aget_nodes()) == 1


async def test_holds_and_erasures_reach_what_is_stored(tenant: Tenant, db: Database) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    store, chats = MemdbVectorStore(tenant, user_id=ada.id), MemdbChatStore(tenant, user_id=ada.id)
    await store.async_add([_node("a")])
    await chats.async_add_message("k", _message("1"))
    await MemdbKVStore(tenant, user_id=ada.id).aput("k", {})
    await retention.hold(db.admin(tenant.org_id), name="case", user_id=ada.id)
    for call in (store.aclear(), store.adelete_nodes(["a"]), chats.adelete_messages("k"), MemdbKVStore(tenant).adelete("k")):
        with pytest.raises(UnderLegalHold, match="case"):
            await call
    await retention.release_hold(db.admin(tenant.org_id), name="case")
    await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert await items.count(tenant) == 0
    assert await transcripts.count(tenant, namespace="llama-index/chatstore") == 0


async def test_what_is_wrong_is_named(tenant: Tenant, db: Database, dsn: str) -> None:
    stores: list[Callable[..., Any]] = [MemdbVectorStore, MemdbChatStore, MemdbKVStore]
    for store in stores:
        with pytest.raises(InvalidInput, match="tenant must be"):
            store(db)
        with pytest.raises(TenantRequired, match=store.__name__):  # type: ignore[attr-defined]
            store(db.admin())
        with pytest.raises(InvalidInput, match="table_name must be"):
            store(tenant, table_name="")
    with pytest.raises(InvalidInput, match=f"dimension must be .* {DIMENSION}, not 7"):
        MemdbVectorStore(tenant, embed_dim=7)
    vectors = MemdbVectorStore(tenant)
    short = TextNode(id_="a", text="", embedding=[1.0])
    condition = MetadataFilter(key="$odd", value=1)
    for call, told in (
        (vectors.async_add([short]), f"embedding must .*{DIMENSION}"),
        (vectors.aquery(VectorStoreQuery(query_embedding=[1.0])), f"embedding must .*{DIMENSION}"),
        (vectors.aquery(_question(similarity_top_k=-1)), "limit must"),
        (vectors.aget_nodes(filters=MetadataFilters(filters=[condition])), "begin with"),
        (
            vectors.aget_nodes(filters=MetadataFilters(filters=[MetadataFilter(key="n", value=1, operator=FilterOperator.IN)])),
            "a list for in",
        ),
        (
            vectors.aget_nodes(filters=MetadataFilters(filters=[MetadataFilter(key="n", value=[1], operator=FilterOperator.GT)])),
            "filter must",
        ),
        (MemdbChatStore(tenant).async_add_message("ü" * 1000, _message("")), "bytes"),
    ):
        with pytest.raises(InvalidInput, match=told):
            await call
    other = MemdbVectorStore.from_params(dsn, embed_dim=7)
    with pytest.raises(InvalidInput, match="not 7"):
        await other.aget_nodes()


@pytest.fixture
def example() -> Any:
    spec = importlib.util.spec_from_file_location("llama_index_rag", ROOT / "examples" / "llama_index_rag.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_the_example_runs(example: Any, dsn: str) -> None:
    assert await asyncio.to_thread(example.main, dsn) == [
        "A violin has four strings.",
        "How many strings has a violin?",
        "Four.",
        "guitar",
        "violin",
    ]


def test_memdb_imports_none_of_it() -> None:
    code = "import sys, memdb, memdb.adapters; assert 'llama_index' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    code = (
        "import sys; sys.modules['llama_index.core'] = None\n"
        "from memdb.errors import ExtraMissing\n"
        "try:\n    import memdb.adapters.llama_index\nexcept ExtraMissing as error:\n    assert '[llama-index]' in str(error)\n"
        "else:\n    assert False"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
