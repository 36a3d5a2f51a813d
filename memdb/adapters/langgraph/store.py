"""LangGraph's long-term store."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast
from uuid import UUID

from langgraph.store.base import BaseStore, GetOp, ListNamespacesOp, Op, PutOp, Result, SearchOp, TTLConfig, validate_op_namespace

from memdb import items
from memdb.adapters.langgraph.indexing import Index, MemdbIndexConfig, check_mapping
from memdb.adapters.langgraph.operations import Reading, write
from memdb.adapters.langgraph.ticks import Ticks
from memdb.adapters.opening import Opening
from memdb.adapters.tenants import of_tenant, owner_of
from memdb.adapters.waiting import Done, either, wait
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput, PoolClosed

_log: Final = logging.getLogger("memdb.adapters")
_SWEPT_AT_ONCE: Final = 1000
_DEFAULT_INTERVAL: Final = 5.0
_TTL_KEYS: Final = frozenset({"refresh_on_read", "omit_expired", "default_ttl", "sweep_interval_minutes"})


class MemdbStore(BaseStore):
    """Keeps what a graph's agents know across threads in a tenant's items. Create it on the event loop of its database.

    - `tenant`: `db.tenant(org_id)`, or a transaction on it.
    - `index`: how items are found by a query (`MemdbIndexConfig`); None: they are not, and a query has no effect.
    - `ttl`: LangGraph's TTLConfig, in minutes or parts of them.
    - `agent_id`, `user_id`: the owners of the items put, for legal holds and erasures.

    Calls of one moment are run together: all gets in one round trip, all puts and deletes in another; one that fails, fails alone. The
    methods without the prefix `a` are for threads other than the event loop's; they block. Raises what `memdb.items` does, and LangGraph's
    InvalidNamespaceError.
    """

    supports_ttl = True

    def __init__(
        self,
        tenant: Executor,
        *,
        index: MemdbIndexConfig | None = None,
        ttl: TTLConfig | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> None:
        self.tenant = of_tenant("MemdbStore", tenant, keeps="one tenant's items")
        self.loop = asyncio.get_running_loop()
        self.index_config = index
        self._index = None if index is None else Index(index, tenant.dimension)
        self.embeddings = None if self._index is None else self._index.embeddings
        self.ttl_config = None if ttl is None else _checked(ttl)
        self._owner = owner_of(agent_id, user_id)
        self._ticks: Ticks[Op, Result] = Ticks(self._run)
        self._sweeper: asyncio.Task[None] | None = None

    @classmethod
    def from_conn_string(
        cls,
        conn_string: str | None = None,
        *,
        pipeline: bool = False,
        pool_config: Mapping[str, Any] | None = None,
        index: MemdbIndexConfig | None = None,
        ttl: TTLConfig | None = None,
        embedding_model: str | None = None,
        org_id: UUID | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> Opening[MemdbStore]:
        """A store with a database of its own, for `async with` or `with`. `conn_string`: what `memdb.connect` takes, also `embedded:`.

        - `pool_config`: only its key `max_size` counts, the maximum number of connections. `pipeline` has no effect.
        - `embedding_model`: the embedding space to work in, as for `memdb.connect`.
        - `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
        """
        options: dict[str, Any] = {"embedding_model": embedding_model}
        if pool_config and pool_config.get("max_size") is not None:
            options["pool_size"] = pool_config["max_size"]
        return Opening(
            conn_string,
            org_id,
            lambda tenant: cls(tenant, index=index, ttl=ttl, agent_id=agent_id, user_id=user_id),
            lambda store: store._stop_sweeper(None),
            **options,
        )

    def setup(self) -> Done:
        """Nothing, to be awaited or not: the tables are created by memdb's migrations."""
        return Done()

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """A result for each operation.

        Reads come before puts, whatever their order. Of several puts of a key, the last counts. The puts succeed or fail as a whole. A
        single operation is run together with those of other calls.
        """
        listed = list(ops)
        for op in listed:
            if not isinstance(op, GetOp | SearchOp | PutOp | ListNamespacesOp):
                raise TypeError(f"MemdbStore knows no operation {type(op).__name__}")
            validate_op_namespace(op)
        return [await self._ticks.call(listed[0])] if len(listed) == 1 else await self._run(listed)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        return wait(self.loop, self.abatch, ops)

    def sweep_ttl(self) -> Any:
        """Delete expired items and return their number. To be awaited on the event loop, but not on other threads."""
        return either(self.loop, self._sweep)

    def start_ttl_sweeper(self, sweep_interval_minutes: float | None = None) -> Any:
        """Delete expired items every so many minutes, until `stop_ttl_sweeper`; does nothing without a `ttl`.

        The default interval is the configured one, or 5. To be awaited on the event loop, but not on other threads.
        """
        return either(self.loop, self._start_sweeper, sweep_interval_minutes)

    def stop_ttl_sweeper(self, timeout: float | None = None) -> Any:
        """Stop the sweeper; returns whether it has ended within `timeout` seconds.

        To be awaited on the event loop, but not on other threads.
        """
        return either(self.loop, self._stop_sweeper, timeout)

    async def _sweep(self) -> int:
        swept = 0
        while found := await items.sweep_expired(self.tenant, limit=_SWEPT_AT_ONCE):
            swept += found
        return swept

    async def _start_sweeper(self, minutes: float | None) -> None:
        if self.ttl_config is None or (self._sweeper is not None and not self._sweeper.done()):
            return
        interval = float(minutes or self.ttl_config.get("sweep_interval_minutes") or _DEFAULT_INTERVAL)
        self._sweeper = asyncio.create_task(self._keep_sweeping(interval * 60), name="memdb's sweeper of expired items")

    async def _keep_sweeping(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await self._sweep()
            except PoolClosed:
                return
            except Exception:
                # The next run may succeed, and until then expired items are not read.
                _log.warning("expired items could not be swept", exc_info=True)

    async def _stop_sweeper(self, timeout: float | None) -> bool:
        task, self._sweeper = self._sweeper, None
        if task is None:
            return True
        task.cancel()
        _, pending = await asyncio.wait([task], timeout=timeout)
        return not pending

    async def _run(self, ops: Sequence[Op]) -> list[Result]:
        omits = bool((self.ttl_config or {}).get("omit_expired"))
        results = await Reading(self.tenant, self._index, ended=not omits).results(ops)
        if puts := [op for op in ops if isinstance(op, PutOp)]:
            await write(self.tenant, self._index, puts, self._owner)
        return results


def _checked(ttl: Any) -> TTLConfig:
    """A copy. Raises InvalidInput if it is not a configuration of expiry."""
    check_mapping("ttl", ttl, _TTL_KEYS)
    for field in ("default_ttl", "sweep_interval_minutes"):
        minutes = ttl.get(field)
        if minutes is not None and (isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes < math.inf):
            raise InvalidInput("ttl", f"must have minutes, more than 0, or None as {field}, not {minutes!r:.40}")
    for field in ("refresh_on_read", "omit_expired"):
        if not isinstance(ttl.get(field, False), bool):
            raise InvalidInput("ttl", f"must have True or False as {field}, not {ttl[field]!r:.40}")
    return cast(TTLConfig, dict(ttl))
