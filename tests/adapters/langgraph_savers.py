"""A pytest plugin for the tests that come with langgraph-checkpoint-postgres: their savers become memdb's.

Each of theirs, for a connection, a pool or a pipeline, is a MemdbSaver of a tenant of its own. What reads or changes the insides of theirs
is left out, and so is the saver that keeps only the last checkpoint.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import pytest
from anyio.from_thread import start_blocking_portal

import memdb
from memdb import organizations
from memdb.adapters.langgraph import MemdbSaver

_DSN: Final = os.environ["MEMDB_SUITE_DSN"]
_WITHIN: Final = "stops between two statements of a prune, which is one here"
_INSIDES: Final = {
    "test_get_checkpoint_no_channel_values": "replaces a private method",
    "test_nonnull_migrations": "reads its migrations",
    "test_keep_latest_keeps_a_checkpoint_saved_while_it_runs": _WITHIN,
    "test_keep_latest_refuses_a_thread_that_turns_delta_after_the_batch_check": _WITHIN,
    "test_keep_latest_keeps_the_history_of_a_delta_checkpoint_saved_after_the_thread_check": _WITHIN,
    "test_keep_latest_keeps_a_checkpoint_saved_meanwhile_whatever_its_id": _WITHIN,
    "test_async_walk_reads_nothing_newer_than_the_target": "replaces a private method",
    "test_sync_walk_reads_nothing_newer_than_the_target": "replaces a private method",
    "test_delta_channel_conformance": "asks the conformance suite for what its release does not have",
}


@asynccontextmanager
async def _saver(name: str = "") -> AsyncIterator[MemdbSaver]:
    async with memdb.connect(_DSN, timeout=30.0) as db:
        made = await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="Suite")
        yield MemdbSaver(db.tenant(made.id))


@contextmanager
def _waiting_saver(name: str = "") -> Iterator[MemdbSaver]:
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_saver()) as saver:
        yield saver


@asynccontextmanager
async def _either_saver(name: str) -> AsyncIterator[MemdbSaver]:
    if name.startswith("aio_"):
        async with _saver() as saver:
            yield saver
    else:
        with _waiting_saver() as saver:
            saver.is_waited_for = True
            yield saver


async def _call(saver: Any, method: str, *args: Any, **kwargs: Any) -> Any:
    if hasattr(saver, "is_waited_for"):
        return getattr(saver, method)(*args, **kwargs)
    return await getattr(saver, f"a{method}")(*args, **kwargs)


async def _rows(saver: MemdbSaver, thread_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """What is in the tables of a thread."""

    async def read() -> dict[str, list[tuple[Any, ...]]]:
        return {
            table: [
                tuple(json)
                for json in await saver.tenant.fetch(
                    Any,
                    f"""
                    SELECT jsonb_build_array({columns}) FROM memdb.thread_{table} AS o
                    JOIN memdb.threads AS t ON t.org_id = o.org_id AND t.id = o.thread_id
                    WHERE o.org_id = :org_id::memdb.tenant AND t.external_id = :thread_id::text AND t.deleted_at IS NULL
                    ORDER BY {columns}
                    """,
                    thread_id=thread_id,
                )
            ]
            for table, columns in _COLUMNS.items()
        }

    rows = await _of_loop(saver, read)
    return {theirs: rows[ours] for theirs, ours in (("checkpoints", "checkpoints"), ("writes", "writes"), ("blobs", "values"))}


_COLUMNS: Final = {
    "checkpoints": "o.namespace, o.id",
    "writes": "o.namespace, o.checkpoint_id, o.task_id, o.position",
    "values": "o.namespace, o.channel, o.version",
}


async def _of_loop(saver: MemdbSaver, read: Any) -> Any:
    if saver.loop is asyncio.get_running_loop():
        return await read()
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(read(), saver.loop))


class _OfTheirName:
    """Stands for their class where tests make a saver of it."""

    def __init__(self, make: Any) -> None:
        self.from_conn_string = lambda *_, **__: make()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    theirs: Any = importlib.import_module("tests.conftest")
    # Where they would clear their tables.
    theirs.DEFAULT_URI = os.environ["MEMDB_SUITE_EMPTY_DSN"]
    for item in items:
        module: Any = item.module  # type: ignore[attr-defined]
        name = module.__name__.rpartition(".")[2]
        module._saver = {"test_sync": _waiting_saver, "test_async": _saver, "test_prune": _either_saver}.get(name)
        if name == "test_prune":
            module._rows, module._call = _rows, _call
        module.AsyncPostgresSaver, module.PostgresSaver = _OfTheirName(_saver), _OfTheirName(_waiting_saver)
        function = item.originalname  # type: ignore[attr-defined]
        if reason := _INSIDES.get(function):
            item.add_marker(pytest.mark.skip(reason=reason))
    left_out = [item for item in items if "shallow" in item.name]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
