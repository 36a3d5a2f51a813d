"""MemdbStore, as LangGraph uses it: beside LangGraph's own store in memory, and by what its contract says."""

from __future__ import annotations

import asyncio
import importlib.util
import math
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from langgraph.store.base import GetOp, InvalidNamespaceError, ListNamespacesOp, MatchCondition, PutOp, SearchOp
from langgraph.store.memory import InMemoryStore

import memdb
from memdb import items, retention
from memdb.adapters.langgraph import MemdbStore
from memdb.engine.database import Database, Pooled, Tenant
from memdb.errors import InvalidInput, PoolClosed, TenantRequired, UnderLegalHold
from tests.conftest import DIMENSION, Home
from tests.server import execute

ROOT = Path(memdb.__file__).parents[1]
NS = ("users", "ada")


def embed(texts: list[str]) -> list[list[float]]:
    """Unit vectors of the counts of characters; none for an empty text, an error for a text that says so."""
    if any("fail" in text for text in texts):
        raise RuntimeError("told to fail")
    made = []
    for text in texts:
        counts = [float(text.count(chr(number))) for number in range(DIMENSION)]
        length = math.sqrt(sum(each * each for each in counts)) or 1.0
        made.append([each / length for each in counts])
    return made


INDEX: Any = {"dims": DIMENSION, "embed": embed}


@pytest.fixture
async def store(tenant: Tenant) -> MemdbStore:
    return MemdbStore(tenant)


@pytest.fixture
async def indexed(tenant: Tenant) -> MemdbStore:
    return MemdbStore(tenant, index=INDEX)


def _seen(results: list[Any]) -> list[Any]:
    def seen(result: Any) -> Any:
        if isinstance(result, list):
            return sorted(map(seen, result), key=repr)
        return result if result is None or isinstance(result, tuple) else (result.namespace, result.key, result.value)

    return [seen(result) for result in results]


async def test_it_does_what_the_store_in_memory_does(store: MemdbStore) -> None:
    batches: list[list[Any]] = [
        [PutOp(("a", str(n % 3)), f"k{n}", {"n": n, "t": str(n)}) for n in range(9)],
        [PutOp(("a", "0"), "k0", {"n": -1}), PutOp(("a", "1"), "k1", None), PutOp(("b",), "k", {"o": {"p": 1}}), PutOp(("b",), "", {})],
        [
            GetOp(("a", "0"), "k0"),
            PutOp(("a", "0"), "k0", {"n": 100}),
            PutOp(("a", "0"), "k0", {"n": 200}),
            GetOp(("a", "0"), "k0"),
            GetOp(("b",), ""),
        ],
        [GetOp(("a", "0"), "k0"), SearchOp(("a",)), SearchOp(()), SearchOp(("a", "2"), {"n": 5}), SearchOp(("a",), {"n": {"$gte": 7}})],
        [SearchOp(("b",), {"o": {"$eq": {"p": 1}}}), SearchOp(("a",), limit=0), SearchOp(("a",), offset=50), SearchOp(("a",), {"t": "3"})],
        [
            ListNamespacesOp(),
            ListNamespacesOp((MatchCondition("prefix", ("a",)),)),
            ListNamespacesOp((MatchCondition("prefix", ("*",)), MatchCondition("suffix", ("1",)))),
            ListNamespacesOp((MatchCondition("prefix", ("a",)), MatchCondition("prefix", ("*", "2"))), max_depth=1),
            ListNamespacesOp((MatchCondition("prefix", ("a",)), MatchCondition("prefix", ("b",)))),
            ListNamespacesOp(max_depth=1),
        ],
    ]
    memory = InMemoryStore()
    for batch in batches:
        assert _seen(await store.abatch(batch)) == _seen(await memory.abatch(batch))
    assert await store.abatch([]) == []


async def test_calls_of_one_moment_are_two_round_trips(indexed: MemdbStore) -> None:
    calls = 0
    fetch_one = Pooled._fetch

    async def counted(self: Pooled, *arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        return await fetch_one(self, *arguments)

    with patch.object(Pooled, "_fetch", counted):
        puts = [indexed.aput(NS, str(n), {"n": n}) for n in range(50)]
        deletes = [indexed.adelete(NS, str(n)) for n in range(5)]
        found = await asyncio.gather(*puts, *deletes, *[indexed.aget(NS, str(n % 7)) for n in range(50)])
        assert calls == 2
        assert found == [None] * 105
        assert [item and item.value for item in await asyncio.gather(*[indexed.aget(NS, str(n)) for n in (4, 5)])] == [None, {"n": 5}]
        assert calls == 3
        await asyncio.gather(*[indexed.asearch(NS, filter={"n": {"$in": [5, 6]}}) for _ in range(20)])
        assert calls == 4


async def test_what_is_wrong_fails_its_own_call_only(indexed: MemdbStore) -> None:
    calls = {
        "good": indexed.aput(NS, "a", {"n": 1}),
        "no JSON": indexed.aput(NS, "b", {"n": datetime.now(UTC)}),
        "no dict": indexed.aput(NS, "c", [1]),  # type: ignore[arg-type]
        "long key": indexed.aput(NS, "k" * 1025, {}),
        "too large": indexed.aput(NS, "large", {"x": "x" * (1 << 24)}, index=False),
        "embedder": indexed.aput(NS, "d", {"n": "fail"}),
        "label": indexed.aget(("a.b",), "a"),
        "filter": indexed.asearch(NS, filter={"n": {"p": 1}}),
        "negative": indexed.asearch(NS, limit=-1),
        "query": indexed.asearch(NS, query="fail"),
        "found": indexed.asearch(NS),
        "also good": indexed.aput(NS, "z", {"n": 2}),
    }
    found = dict(zip(calls, await asyncio.gather(*calls.values(), return_exceptions=True), strict=True))
    assert {name: type(result) for name, result in found.items()} == {
        "good": type(None),
        "no JSON": TypeError,
        "no dict": TypeError,
        "long key": InvalidInput,
        "too large": InvalidInput,
        "embedder": RuntimeError,
        "label": InvalidNamespaceError,
        "filter": InvalidInput,
        "negative": InvalidInput,
        "query": RuntimeError,
        "found": list,
        "also good": type(None),
    }
    assert [item.key for item in await indexed.asearch(NS)] == ["z", "a"]


async def test_a_batch_is_all_or_nothing(store: MemdbStore) -> None:
    with pytest.raises(TypeError):
        await store.abatch([PutOp(NS, "a", {"n": 1}), PutOp(NS, "b", {"n": {1}})])
    with pytest.raises(TypeError, match="no operation str"):
        await store.abatch([PutOp(NS, "a", {"n": 1}), "get"])  # type: ignore[list-item]
    assert await store.asearch(()) == []


async def test_batches_that_cross_wait_for_one_another(store: MemdbStore) -> None:
    async def cross(number: int) -> None:
        keys = [str(n) for n in range(30)][:: -1 if number % 2 else 1]
        await store.abatch([PutOp(NS, key, {"n": number} if place % 3 else None) for place, key in enumerate(keys)])

    await asyncio.gather(*[cross(number) for number in range(20)])


async def test_values_are_kept_as_json_has_them(store: MemdbStore) -> None:
    value = {"tuple": (1, 2), 5: "five", "big": 2**70, "float": 1e300, "z": 1, "a": 2, "nul": "a\0b", "nan": math.nan, "odd": "\ud800"}
    await store.aput(NS, "k", value)
    item = await store.aget(NS, "k")
    assert item is not None
    nan = item.value.pop("nan")
    assert nan != nan
    assert item.value == {"tuple": [1, 2], "5": "five"} | {key: each for key, each in value.items() if key not in ("tuple", 5, "nan")}
    assert type(item.value["float"]) is float
    assert list(item.value)[:2] == ["tuple", "5"]
    await store.aput(NS, 5, {"n": 1})  # type: ignore[arg-type]
    assert (await store.aget(NS, 5)).value == {"n": 1}  # type: ignore[arg-type, union-attr]
    first = await store.aget(NS, "5")
    await store.aput(NS, "5", {"m": 1})
    second = await store.aget(NS, "5")
    assert first is not None
    assert second is not None
    assert second.value == {"m": 1}
    assert first.created_at == second.created_at
    assert first.updated_at < second.updated_at


async def test_filters_compare_numbers_as_numbers(store: MemdbStore) -> None:
    for key, n in (("a", 9), ("b", 10), ("c", 10.5), ("d", "10"), ("e", None), ("f", True)):
        await store.aput(NS, key, {"n": n, "a.b": key})
    await store.aput(NS, "g", {})

    async def keys(**filter: Any) -> str:
        return "".join(sorted(item.key for item in await store.asearch(list(NS), filter=filter)))  # type: ignore[arg-type]

    assert [await keys(n={"$gt": 9}), await keys(n={"$lt": 10}), await keys(n={"$gte": 10, "$lt": 10.5})] == ["bc", "a", "b"]
    assert [await keys(n=10.0), await keys(n="10"), await keys(n=None), await keys(n=1), await keys(n={"$ne": 10})] == [
        "b",
        "d",
        "e",
        "",
        "acdef",
    ]
    assert [await keys(**{"a.b": "c"}), await keys(n={}), await keys(n={"$in": [9, "10"]})] == ["c", "abcdefg", "ad"]
    with pytest.raises(ValueError, match="not 'p'"):
        await keys(o={"p": 1})


async def test_namespaces_are_checked_and_prefixes_are_paths(store: MemdbStore) -> None:
    for namespace in ((), ("langgraph", "x"), ("a.b",), ("",), (1,), ("a\0",)):
        with pytest.raises(InvalidNamespaceError):
            await store.aput(namespace, "k", {})
    for label in ("n", "n_", "nn", "n\n", "%"):
        await store.aput((label, "1"), "k", {})
    assert [item.namespace for item in await store.asearch(("n",))] == [("n", "1")]
    assert [item.namespace for item in await store.asearch(("*",))] == []
    assert await store.alist_namespaces(prefix=("*",), max_depth=1) == [("%",), ("n",), ("n\n",), ("n_",), ("nn",)]
    await store.abatch([PutOp((), "k", {"n": 1}), PutOp(("langgraph",), "k", {})])
    assert (await store.aget((), "k")).value == {"n": 1}  # type: ignore[union-attr]


async def test_more_than_a_page_is_read(store: MemdbStore) -> None:
    await store.abatch([PutOp((f"{n:04}",), "k", {"n": n}) for n in range(1205)])
    assert len(await store.asearch((), limit=1100)) == 1100
    assert len(await store.asearch((), limit=5000, offset=200)) == 1005
    assert await store.alist_namespaces(limit=1100, offset=150) == [(f"{n:04}",) for n in range(150, 1205)]


async def test_time_to_live_is_kept_exactly(tenant: Tenant, dsn: str) -> None:
    store = MemdbStore(tenant, ttl={"default_ttl": 0.4, "refresh_on_read": False})
    await store.aput(NS, "k", {"n": 1})
    assert await store.aget(NS, "k", refresh_ttl=True) is not None

    async def stored() -> items.Item:
        found = await items.get(tenant, namespace=NS, key="k", ended=True)
        assert found is not None
        return found

    found = await stored()
    assert found.time_to_live == timedelta(seconds=24)
    assert found.expires_at > found.updated_at + timedelta(seconds=24)  # type: ignore[operator]
    ends = []
    for read in (store.aget(NS, "k"), store.asearch(NS), store.asearch(NS, refresh_ttl=True)):
        await read
        ends.append((await stored()).expires_at)
    assert ends[0] == ends[1] < ends[2]  # type: ignore[operator]
    await store.aput(NS, "k", {"n": 2}, ttl=None)
    assert (await stored()).expires_at is None
    await store.aput(NS, "k", {"n": 3}, ttl=5)
    assert (await stored()).time_to_live == timedelta(minutes=5)
    execute(dsn, "UPDATE memdb.items SET expires_at = now() - interval '1 s'")
    assert await store.aget(NS, "k", refresh_ttl=True) is not None
    assert len(await store.asearch(NS)) == len(await store.alist_namespaces()) == 1
    store.ttl_config["omit_expired"] = True  # type: ignore[index]
    assert await store.aget(NS, "k", refresh_ttl=True) is None
    assert await store.asearch(NS) == await store.alist_namespaces() == []
    with pytest.raises(InvalidInput, match="time_to_live"):
        await store.aput(NS, "k", {}, ttl=-1)
    assert await store.sweep_ttl() == 1
    assert await store.sweep_ttl() == 0


async def test_a_sweeper_sweeps_until_it_is_stopped(tenant: Tenant, dsn: str) -> None:
    store = MemdbStore(tenant, ttl={"sweep_interval_minutes": 0.0005})
    await store.aput(NS, "k", {}, ttl=1)
    execute(dsn, "UPDATE memdb.items SET expires_at = now() - interval '1 s'")
    await store.start_ttl_sweeper()
    await store.start_ttl_sweeper()
    async with asyncio.timeout(10):
        while await store.aget(NS, "k") is not None:
            pass
    assert await store.stop_ttl_sweeper(5)
    assert await store.stop_ttl_sweeper()
    assert [task for task in asyncio.all_tasks() if "sweeper" in task.get_name()] == []
    idle = MemdbStore(tenant)
    await idle.start_ttl_sweeper()
    assert await asyncio.to_thread(idle.stop_ttl_sweeper) is True


async def test_the_best_text_of_an_item_counts(tenant: Tenant) -> None:
    store = MemdbStore(tenant, index={**INDEX, "fields": ["title", "parts[*].t"]})
    await store.aput(NS, "two", {"title": "aaaa", "parts": [{"t": "bbbb"}, {"t": "cccc"}]})
    await store.aput(NS, "one", {"title": "abab"})
    await store.aput(NS, "none", {"other": "bbbb"})
    await store.aput(NS, "empty", {"title": ""})
    found = await store.asearch(NS, query="bbbb")
    assert [(item.key, item.score) for item in found] == [("two", pytest.approx(1, abs=1e-3)), ("one", pytest.approx(0.707, abs=1e-3))]
    # What was said before is forgotten with the value, and so is what an array no longer has.
    await store.aput(NS, "two", {"title": "aaaa", "parts": [{"t": "cccc"}]})
    await store.aput(NS, "one", {"title": "bbbb"}, index=False)
    assert [(item.key, item.score) for item in await store.asearch(NS, query="bbbb")] == [("two", pytest.approx(0, abs=1e-3))]
    await store.aput(NS, "one", {"title": "x", "other": "bbbb"}, index=["other"])
    assert (await store.asearch(NS, query="bbbb"))[0].key == "one"
    for query in (None, "", "\uffff"):
        assert [item.score for item in await store.asearch(NS, query=query)] == [None] * 4


async def test_ranked_pages_reach_the_end(indexed: MemdbStore) -> None:
    await indexed.abatch([PutOp(NS, str(n), {"t": "a" * n + "b" * (30 - n), "n": n}) for n in range(30)])
    pages = [await indexed.asearch(NS, query="aaa", limit=5, offset=offset) for offset in range(0, 35, 5)]
    assert [len(page) for page in pages] == [5] * 6 + [0]
    scores = [item.score for page in pages for item in page]
    assert scores == sorted(scores, reverse=True)  # type: ignore[type-var]
    assert {item.key for page in pages for item in page} == {str(n) for n in range(30)}
    assert [item.key for item in await indexed.asearch(NS, query="aaa", filter={"n": {"$lt": 2}}, limit=2)] == ["1", "0"]


async def test_scores_are_those_of_the_distance(tenant: Tenant) -> None:
    scores = {}
    for distance in ("cosine", "inner_product", "l2"):
        store = MemdbStore(tenant, index={**INDEX, "distance_type": distance, "fields": ["t"]})
        await store.aput(NS, "k", {"t": "ab"})
        (found,) = await store.asearch(NS, query="a")
        scores[distance] = found.score
    assert scores == {
        "cosine": pytest.approx(math.sqrt(0.5), abs=1e-3),
        "inner_product": pytest.approx(math.sqrt(0.5), abs=1e-3),
        "l2": pytest.approx(-math.sqrt(2 - math.sqrt(2)), abs=1e-3),
    }
    long = MemdbStore(tenant, index={**INDEX, "distance_type": "l2", "embed": lambda texts: [[2.0] * DIMENSION for _ in texts]})
    with pytest.raises(InvalidInput, match="embed must give embeddings of length 1 where distance_type is l2"):
        await long.aput(NS, "k", {"t": "a"})
    few = MemdbStore(tenant, index={**INDEX, "embed": lambda texts: []})
    with pytest.raises(InvalidInput, match="embed must give an embedding for each of 1 texts"):
        await few.aput(NS, "k", {"t": "a"})


async def test_a_mistaken_configuration_is_refused_when_it_is_made(db: Database, tenant: Tenant) -> None:
    for index, told in (
        ([], "index must be a dict"),
        ({"dims": DIMENSION}, "index must have embed"),
        ({**INDEX, "dims": 1536}, f"embedding space, {DIMENSION}, not 1536"),
        ({**INDEX, "field": []}, "no keys but .*: not field"),
        ({**INDEX, "fields": "text"}, "list of paths as fields"),
        ({**INDEX, "distance_type": "hamming"}, "distance_type, not 'hamming'"),
        ({**INDEX, "embed": 7}, "as embed"),
    ):
        with pytest.raises(InvalidInput, match=told):
            MemdbStore(tenant, index=index)  # type: ignore[arg-type]
    for ttl, told in (
        (60, "ttl must be a dict"),
        ({"default": 1}, "not default"),
        ({"default_ttl": 0}, "as default_ttl, not 0"),
        ({"sweep_interval_minutes": "1"}, "as sweep_interval_minutes"),
        ({"omit_expired": 1}, "True or False as omit_expired"),
    ):
        with pytest.raises(InvalidInput, match=told):
            MemdbStore(tenant, ttl=ttl)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match=r"tenant must be db\.tenant"):
        MemdbStore(db)  # type: ignore[arg-type]
    with pytest.raises(TenantRequired, match="one tenant's items"):
        MemdbStore(db.admin())


async def test_owners_holds_and_other_tenants(db: Database, home: Home, rival: Home) -> None:
    store = MemdbStore(home.tenant, agent_id=home.agent.id)
    await store.aput(NS, "k", {"n": 1})
    theirs = MemdbStore(rival.tenant)
    assert await theirs.aget(NS, "k") is None
    assert await theirs.asearch(()) == await theirs.alist_namespaces() == []
    await theirs.adelete(NS, "k")
    await retention.hold(db.admin(home.tenant.org_id), name="case", reason="a case", agent_id=home.agent.id)
    with pytest.raises(UnderLegalHold):
        await store.adelete(NS, "k")
    async with home.tenant.transaction() as tx:
        await MemdbStore(tx).abatch([PutOp(NS, "in", {}), GetOp(NS, "k"), SearchOp(()), ListNamespacesOp()])
    assert {item.key for item in await store.asearch(NS)} == {"k", "in"}


async def test_nothing_is_stored_once_the_database_is_closed(dsn: str, home: Home) -> None:
    async with memdb.connect(dsn) as db:
        store = MemdbStore(db.tenant(home.tenant.org_id))
    for failed in await asyncio.gather(*[store.aput(NS, str(n), {}) for n in range(3)], return_exceptions=True):
        assert isinstance(failed, PoolClosed)
    with pytest.raises(PoolClosed):
        await asyncio.to_thread(store.get, NS, "k")


async def test_a_call_that_is_cancelled_leaves_the_others_alone(store: MemdbStore) -> None:
    calls = [asyncio.ensure_future(store.aput(NS, str(n), {})) for n in range(3)]
    await asyncio.sleep(0)
    calls[1].cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    assert calls[1].cancelled()
    assert {item.key for item in await store.asearch(NS)} >= {"0", "2"}


async def test_other_threads_wait_and_the_loops_own_must_not(store: MemdbStore) -> None:
    await asyncio.to_thread(store.put, NS, "k", {"n": 1})
    assert (await asyncio.to_thread(store.get, NS, "k")).value == {"n": 1}  # type: ignore[union-attr]
    assert await asyncio.to_thread(store.list_namespaces) == [NS]
    for call in (lambda: store.get(NS, "k"), lambda: store.put(NS, "k", {}), lambda: store.search(()), lambda: store.batch([])):
        with pytest.raises(asyncio.InvalidStateError, match="call from another thread"):
            call()


def test_without_a_loop_of_ones_own(dsn: str) -> None:
    with MemdbStore.from_conn_string(dsn, index=INDEX, ttl={"default_ttl": 1}, pool_config={"max_size": 2}) as store:
        store.setup()
        store.start_ttl_sweeper()
        store.put(NS, "k", {"t": "abc"})
        assert [item.key for item in store.search((), query="abc")] == ["k"]
        assert store.sweep_ttl() == 0
    with pytest.raises(PoolClosed):
        store.get(NS, "k")


def test_the_example_runs(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("langgraph_store", ROOT / "examples" / "langgraph_store.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, example)
    spec.loader.exec_module(example)
    assert asyncio.run(example.main(dsn)) == ["My sister plays the violin."]
