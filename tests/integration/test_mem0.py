"""mem0's vector store, by what its contract says, and under Memory and AsyncMemory."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

os.environ["MEM0_TELEMETRY"] = "False"
os.environ.setdefault("MEM0_DIR", tempfile.gettempdir())
pytest.importorskip("mem0")

from mem0 import AsyncMemory
from mem0.configs.base import MemoryConfig
from mem0.utils.factory import VectorStoreFactory
from pydantic import ValidationError

import memdb
from memdb import items, organizations, retention, users
from memdb.adapters.mem0 import MemdbConfig, MemdbVectorStore, register
from memdb.adapters.mem0.filters import translated
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, PoolClosed, TenantRequired, UnderLegalHold
from tests.conftest import DIMENSION, Home, vector

ROOT = Path(memdb.__file__).parents[1]


@pytest.fixture
def store(dsn: str) -> Iterator[MemdbVectorStore]:
    store = MemdbVectorStore("c", connection_string=dsn, embedding_model_dims=DIMENSION)
    yield store
    store.close()


def _example() -> Any:
    spec = importlib.util.spec_from_file_location("mem0_memory", ROOT / "examples" / "mem0_memory.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    return example


def _ids(found: list[Any]) -> list[str]:
    return [each.id for each in found]


def test_memories_are_kept_and_found(store: MemdbVectorStore) -> None:
    near, far = vector(1), vector(2)
    payloads = [{"data": "Plays the violin.", "n": 1}, {"data": "Plays the violin.", "n": 1}, {"data": "nul \0 and \ud800"}, {}]
    store.insert([near, far, near + far, [1] + [0] * (DIMENSION - 1)], payloads, ["a", "b", "not a uuid", ""])
    assert _ids(store.search("unused", list(near), top_k=3)) == ["a", "not a uuid", _ids(store.search("", near))[2]]
    best, *_, worst = store.search("", near, top_k=None)
    assert (best.payload, round(best.score or 0, 3)) == (payloads[0], 1.0)
    assert 0.0 <= (worst.score or 0.0) < 0.5
    assert store.search("", -near, top_k=10)[-1].score == 0.0
    assert [_ids(each) for each in store.search_batch(["", ""], [far, near], top_k=1)] == [["b"], ["a"]]
    assert store.search("", near, top_k=0) == []
    found = store.get("not a uuid")
    assert found is not None
    assert (found.score, found.payload) == (None, payloads[2])
    assert store.get("z") is None
    store.delete("b")
    store.delete("b")
    assert _ids(store.list()[0]) == ["", "not a uuid", "a"]
    store.insert([near])
    assert store.col_info() == {"name": "c", "count": 4, "size": None}
    assert store.list_cols() == ["c"]
    store.reset()
    assert store.list() == [[]]
    assert store.list_cols() == []


def test_a_known_id_is_an_error_and_nothing_is_added(store: MemdbVectorStore) -> None:
    store.insert([vector(1)], [{"n": 1}], ["a"])
    for ids in (["b", "a"], ["b", "b"]):
        with pytest.raises(AlreadyExists):
            store.insert([vector(2), vector(3)], [{"n": 2}] * 2, ids)
    assert [(each.id, each.payload) for each in store.list()[0]] == [("a", {"n": 1})]
    with patch("memdb.adapters.over_items.LARGEST_BATCH", 1):
        with pytest.raises(AlreadyExists):
            store.insert([vector(2), vector(3)], None, ["b", "a"])
        store.insert([vector(2), vector(3)], None, ["b", "c"])
    assert store.col_info()["count"] == 3


def test_an_update_replaces_what_is_given(store: MemdbVectorStore) -> None:
    store.insert([vector(1)], [{"data": "violin", "old": True}], ["a"])
    store.update("a", payload={"data": "cello"})
    (hit,) = store.search("", vector(1))
    assert (hit.payload, round(hit.score or 0, 3)) == ({"data": "cello"}, 1.0)
    store.update("a", vector=vector(2))
    (hit,) = store.search("", vector(2))
    assert (hit.payload, round(hit.score or 0, 3)) == ({"data": "cello"}, 1.0)
    assert _ids(store.keyword_search("cello")) == ["a"]
    store.update("a", vector(3), {"data": "drum"})
    assert _ids(store.keyword_search("drums")) == ["a"]
    assert store.keyword_search("cello") == []
    store.update("a")
    store.update("b", vector(3), {"data": "nobody"})
    store.update("b", payload={"data": "nobody"})
    assert [each.payload for each in store.list()[0]] == [{"data": "drum"}]


def test_a_list_is_ordered_and_has_no_end_of_its_own(store: MemdbVectorStore) -> None:
    store.insert([vector(1)] * 1_050, [{"n": number} for number in range(1_050)], [str(number) for number in range(1_050)])
    store.update("7", payload={"n": 7})
    expected = ["7", *(str(number) for number in range(1_049, -1, -1) if number != 7)]
    assert _ids(store.list()[0]) == expected
    assert _ids(store.list(top_k=1_010)[0]) == expected[:1_010]
    assert len(store.search("", vector(2), top_k=1_020)) == 1_020


def test_words_are_found_without_a_syntax(store: MemdbVectorStore) -> None:
    texts = ["meeting attend", "violin play", "play"]
    store.insert(
        [vector(n) for n in range(3)], [{"data": "…", "text_lemmatized": text, "n": n} for n, text in enumerate(texts)], list("abc")
    )
    best, other = store.keyword_search('play -violin "')
    assert (best.id, other.id) == ("b", "c")
    assert (best.score or 0) > (other.score or 0) > 0
    assert _ids(store.keyword_search("played violin", top_k=5, filters={"n": {"gt": 1}})) == ["c"]
    assert store.keyword_search(' -" ') == []


FILTERS: list[tuple[Any, str]] = [
    ({}, "abcd"),
    ({"user": "ada"}, "ab"),
    ({"user": "ada", "n": 9}, "a"),
    ({"n": "10"}, "b"),
    ({"n": {"eq": 10}}, "b"),
    ({"text": 7}, "d"),
    ({"on": True}, "a"),
    ({"on": "false"}, "b"),
    ({"n": {"ne": 9}}, "bc"),
    ({"n": {"gt": 9}}, "bc"),
    ({"n": {"gte": 9, "lt": 11.5}}, "ab"),
    ({"n": {"lte": 9}}, "a"),
    ({"day": {"gt": "2026-01-01"}}, "c"),
    ({"n": [9, "10"]}, "ab"),
    ({"n": {"in": [9, 11.5]}}, "ac"),
    ({"n": {"nin": [9]}}, "bc"),
    ({"user": {"contains": "d"}}, "ab"),
    ({"user": {"contains": "D"}}, ""),
    ({"user": {"icontains": "AD"}}, "ab"),
    ({"user": {"contains": "_"}}, ""),
    ({"tags": {"contains": "x"}}, "c"),
    ({"n": "*"}, "abc"),
    ({"none": None}, "d"),
    ({"$or": [{"user": "ada", "n": 9}, {"n": {"gt": 10}}]}, "ac"),
    ({"$not": [{"n": 9}, {"user": "bob"}]}, "bd"),
    ({"user": "ada", "$or": [], "$not": [{}]}, "ab"),
    ({"$and": [{"user": "ada"}, {"on": False}]}, "b"),
]


def test_what_is_equal_to_one_value_is_asked_for_as_such() -> None:
    """The database compares that before all else, and by less effort than a list of one."""
    for filters in ({"user_id": "ada"}, {"user_id": ["ada"]}, {"user_id": {"in": ["ada"]}}):
        assert translated(filters) == {"user_id": "ada"}
    assert translated({"user_id": "ada", "run_id": "r"}) == {"user_id": "ada", "run_id": "r"}
    assert translated({"user_id": "7"}) == {"user_id": {"$in": ["7", 7]}}


def test_filters(store: MemdbVectorStore) -> None:
    payloads: list[dict[str, Any]] = [
        {"user": "ada", "n": 9, "on": True},
        {"user": "ada", "n": 10, "on": False},
        {"user": "bob", "n": 11.5, "tags": ["x", "y"], "day": "2026-05-01"},
        {"text": "7", "none": None},
    ]
    store.insert([vector(n) for n in range(4)], payloads, list("abcd"))
    for filters, expected in FILTERS:
        assert "".join(sorted(_ids(store.list(filters)[0]))) == expected, filters
    assert _ids(store.search("", vector(0), top_k=2, filters={"n": {"gt": 9}})) in (["b", "c"], ["c", "b"])
    for wrong in ({"n": {"between": 1}}, {"n": {"in": 5}}, {"$or": {"n": 1}}, {"n": {"gt": True}}, {5: 1}, "n"):
        with pytest.raises(ValueError, match="filter"):
            store.list(wrong)  # type: ignore[arg-type]


def test_memory_remembers_over_a_restart(dsn: str) -> None:
    example = _example()
    assert example.main(dsn) == [
        "Plays the cello",
        "Has a red car",
        "ADD: None -> Plays the violin",
        "UPDATE: Plays the violin -> Plays the cello",
        "DELETE: Plays the cello -> None",
    ]
    memory = example.build(dsn)
    memory.llm = example.Script("Likes tea")
    memory.add("I like tea.", user_id="ada", metadata={"year": 2026})
    memory.add("Tea, please.", user_id="bob", infer=False)
    assert [each["memory"] for each in memory.get_all(filters={"user_id": "ada"})["results"]] == ["Likes tea", "Has a red car"]
    found = memory.search("tea", filters={"user_id": "ada", "AND": [{"year": {"gte": 2026}}]})["results"]
    assert [each["memory"] for each in found] == ["Likes tea"]
    memory._upsert_entity("Tea", "TOPIC", found[0]["id"], {"user_id": "ada"})
    memory._upsert_entity("tea", "TOPIC", "another", {"user_id": "ada"})
    (entity,) = memory.entity_store.list()[0]
    assert entity.payload["linked_memory_ids"] == [found[0]["id"], "another"]
    assert memory.vector_store.list_cols() == ["mem0", "mem0_entities"]
    assert memory.entity_store.client is memory.vector_store.client
    memory.delete_all(user_id="ada")
    assert [each.payload["user_id"] for each in memory.vector_store.list()[0]] == ["bob"]
    memory.reset()
    assert memory.vector_store.list() == [[]]
    memory.db.close()
    memory.vector_store.close()
    with pytest.raises(PoolClosed):
        memory.vector_store.list()


async def test_async_memory_on_a_tenant(tenant: Tenant, rival: Home) -> None:
    example = _example()
    found = []
    for on in (tenant, rival.tenant):
        config: dict[str, Any] = MemoryConfig(
            vector_store={"provider": "memdb", "config": {"tenant": on}},
            embedder={"provider": "openai", "config": {"api_key": "none"}},
            llm={"provider": "openai", "config": {"api_key": "none"}},
            history_db_path=":memory:",
        )
        memory = AsyncMemory(config)
        memory.embedding_model, memory.llm = example.Letters(), example.Script("Likes tea")
        if on is tenant:
            await memory.add("I like tea.", user_id="ada")
        found.append((await memory.search("tea", filters={"user_id": "ada"}))["results"])
        with pytest.raises(asyncio.InvalidStateError, match="another thread"):
            memory.vector_store.list()
        memory.db.close()
    assert [[each["memory"] for each in results] for results in found] == [["Likes tea"], []]
    (item,) = await items.page(tenant, prefix=("mem0", "mem0"))
    assert isinstance(item.value, dict)
    assert item.value["data"] == "Likes tea"


async def test_holds_and_erasures_reach_memories(tenant: Tenant, db: Database) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    store = MemdbVectorStore("c", tenant=tenant, user_id=ada.id)
    await asyncio.to_thread(store.insert, [vector(1)], [{}], ["a"])
    await retention.hold(db.admin(tenant.org_id), name="case", user_id=ada.id)
    for remove in (lambda: store.delete("a"), store.delete_col):
        with pytest.raises(UnderLegalHold, match="case"):
            await asyncio.to_thread(remove)
    await retention.release_hold(db.admin(tenant.org_id), name="case")
    await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert await asyncio.to_thread(store.list) == [[]]


async def test_what_is_wrong_is_named(tenant: Tenant, db: Database, dsn: str) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"tenant": db}, "tenant must be db.tenant"),
        ({"tenant": tenant, "connection_string": dsn}, "connection_string must not be given with a tenant"),
        ({"tenant": tenant, "embedding_model_dims": 7}, f"dimension must be .* {DIMENSION}, not 7"),
        ({"tenant": tenant, "collection_name": ""}, "collection_name must be"),
    ]
    for arguments, told in wrong:
        with pytest.raises(InvalidInput, match=told):
            MemdbVectorStore(**arguments)
    with pytest.raises(TenantRequired, match="MemdbVectorStore"):
        MemdbVectorStore(tenant=db.admin())
    async with tenant.transaction() as tx:
        with pytest.raises(InvalidInput, match="not a transaction"):
            MemdbVectorStore(tenant=tx)
    with pytest.raises(InvalidInput, match="in other threads"):
        await asyncio.to_thread(MemdbVectorStore, tenant=tenant)
    with pytest.raises(ValidationError, match="not 7"):
        MemdbConfig(tenant=tenant, embedding_model_dims=7)
    with pytest.raises(ValidationError, match="dsn"):
        MemdbConfig(dsn=dsn)  # type: ignore[call-arg]


def test_wrong_calls_are_named(dsn: str, store: MemdbVectorStore) -> None:
    store.create_col("d", DIMENSION)
    assert store.collection_name == "d"
    calls: list[tuple[Any, str]] = [
        (lambda: store.create_col("d", 7), "dimension"),
        (lambda: store.create_col(distance="l2"), "distance must be cosine"),
        (lambda: store.insert([[1.0, 2.0]], [{}], ["a"]), f"embedding must .*{DIMENSION}"),
        (lambda: store.insert([vector(1)], [{}, {}]), "payloads must be as many"),
        (lambda: store.insert([vector(1)], [5]), "payload must be a dict"),  # type: ignore[list-item]
        (lambda: store.insert([vector(1)], [{}], [5]), "id must be"),  # type: ignore[list-item]
        (lambda: store.insert([vector(1)], [{"when": object()}]), "payload must"),
        (lambda: store.insert([vector(1)], None, ["ü" * 1000]), "key must .*bytes"),
        (lambda: store.search("", [1.0]), f"embedding must .*{DIMENSION}"),
        (lambda: store.search("", vector(1), top_k=-1), "limit must"),
        (lambda: store.list(top_k=True), "limit must"),
    ]
    for call, told in calls:
        with pytest.raises(InvalidInput, match=told):
            call()
    assert store.list() == [[]]
    other = MemdbVectorStore(connection_string=dsn, embedding_model_dims=7)
    with pytest.raises(InvalidInput, match="not 7"):
        other.list()


def test_the_provider_is_known_once_the_adapter_is_imported(dsn: str) -> None:
    register()
    store = VectorStoreFactory.create("memdb", {"collection_name": "c", "connection_string": dsn})
    store.insert([vector(1)], [{"n": 1}], ["a"])
    with memdb.sync(dsn) as db:
        organization = db.admin().call(organizations.get_by_slug, slug="default")
        assert organization is not None
        other = MemdbVectorStore("c", tenant=db.tenant(organization.id))
        assert [each.payload for each in other.list()[0]] == [{"n": 1}]
    store.close()
    code = "import sys, memdb, memdb.adapters; assert 'mem0' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    code = (
        "import sys; sys.modules['mem0.utils.factory'] = None\n"
        "from memdb.errors import ExtraMissing\n"
        "try:\n    import memdb.adapters.mem0\nexcept ExtraMissing as error:\n    assert '[mem0]' in str(error)\nelse:\n    assert False"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
