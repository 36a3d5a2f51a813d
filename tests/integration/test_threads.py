"""Threads: checkpoints of graphs, their values and writes."""

from __future__ import annotations

from memdb import threads
from memdb.engine.database import Tenant
from memdb.threads import NewValue, NewWrite


async def test_smoke(tenant: Tenant) -> None:
    assert await threads.latest(tenant, thread_id="t") is None
    assert await threads.put(tenant, thread_id="t", id="1", versions={"a": 1}, values=[NewValue("a", 1, "json", b"[]")])
    await threads.put_writes(tenant, thread_id="t", checkpoint_id="1", task_id="x", writes=[NewWrite(0, "a", "json", b"1")])
    found = await threads.latest(tenant, thread_id="t")
    print(found)
    assert found == await threads.get(tenant, thread_id="t", id="1")
    assert await threads.history(tenant) == [found]
    assert await threads.history(tenant, thread_id="t") == [found]
    assert await threads.history(tenant, thread_id="t", namespace="") == [found]
    assert await threads.copy(tenant, thread_id="t", to_thread_id="u") == 1
    assert await threads.put(
        tenant, thread_id="t", id="2", parent_id="1", run_id="r", versions={"a": 2}, values=[NewValue("a", 2, "json", b"[1]")]
    )
    assert await threads.prune(tenant, thread_ids=["t"]) == 1
    assert await threads.delete_runs(tenant, run_ids=["r"]) == 1
    assert await threads.delete(tenant, thread_ids=["t", "v"]) == 1
    print(await threads.restore(tenant, thread_id="t"), await threads.page(tenant))
