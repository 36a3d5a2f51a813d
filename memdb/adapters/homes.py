"""Where an adapter's calls run: on the event loop of its database, whichever event loop or thread calls."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar
from uuid import UUID

from memdb.adapters.opening import Opening
from memdb.adapters.tenants import of_tenant
from memdb.adapters.waiting import wait, wait_elsewhere, wait_to_the_end
from memdb.engine.executor import Executor
from memdb.engine.synchronous import SyncTenant
from memdb.errors import InvalidInput

T = TypeVar("T")

_Place: TypeAlias = tuple[Executor, asyncio.AbstractEventLoop]


class Home:
    """A tenant and the event loop on which its database was connected.

    If it comes from a connection string, that is a loop in a separate thread, started by the first call.
    """

    def __init__(self, place: _Place | Opening[_Place]) -> None:
        self._lock = threading.Lock()
        self._opening = place if isinstance(place, Opening) else None
        self._place = None if isinstance(place, Opening) else place

    @classmethod
    def from_url(cls, url: str | None, org_id: UUID | None, *, dimension: object = None, **options: Any) -> Home:
        """`options` are those of `memdb.connect`. If `dimension` is not that of the embedding space, the first call fails."""
        return cls(Opening(url, org_id, lambda tenant: _here(tenant, dimension), **options))

    async def call(self, function: Callable[..., Coroutine[Any, Any, T]], *arguments: Any, **named: Any) -> T:
        """What `function` returns for the tenant and the arguments. Raises PoolClosed if the database is closed."""
        place = self._place
        if place is None:
            place = await asyncio.to_thread(self.open)
        tenant, loop = place
        return await wait_elsewhere(loop, function(tenant, *arguments, **named))

    async def change(self, function: Callable[[Executor], Coroutine[Any, Any, T]]) -> T:
        """`call`, which once started is completed, even if its caller is cancelled."""
        return await wait_to_the_end(self.call(function))

    def wait(self, function: Callable[..., Coroutine[Any, Any, T]], *arguments: Any, **named: Any) -> T:
        """What `call` returns, for threads other than the event loop's. Raises asyncio.InvalidStateError on that thread."""
        tenant, loop = self.open()
        if asyncio._get_running_loop() is loop:
            raise asyncio.InvalidStateError(
                "this thread runs the event loop of the database, which would wait for itself: await an asynchronous method, or call from "
                "another thread, as by asyncio.to_thread"
            )
        return wait(loop, function, tenant, *arguments, **named)

    def open(self) -> _Place:
        with self._lock:
            if self._place is None and self._opening is not None:
                self._place = self._opening.__enter__()
        assert self._place is not None
        return self._place

    def close(self) -> None:
        """Close the database, if it was opened here."""
        with self._lock:
            if self._opening is not None and self._place is not None:
                self._opening.__exit__(None, None, None)


class Housed:
    """An adapter with a home, which is closed when `async with` is left."""

    _home: Home

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._home.open)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await asyncio.to_thread(self._home.close)


def home_of(adapter: str, tenant: Executor | SyncTenant | Home, *, dimension: object = None) -> Home:
    """The home of an adapter of `tenant`: on the running event loop, or, for a tenant of `memdb.sync`, in any thread.

    Raises InvalidInput, also if `dimension` is not that of the embedding space, and TenantRequired.
    """
    if isinstance(tenant, Home):
        return tenant
    if isinstance(tenant, SyncTenant):
        return Home(tenant.call(_there, dimension))
    return Home(_here(of_tenant(adapter, tenant), dimension))


def check_dimension(tenant: Executor, dimension: object) -> None:
    """Raises InvalidInput unless the dimension is that of the tenant's embedding space; None means any."""
    if dimension is not None and dimension != tenant.dimension:
        raise InvalidInput(
            "dimension",
            f"must be that of the database's embedding space, {tenant.dimension}, not {dimension!r:.40}; a space of another dimension is "
            "made by `memdb spaces create`, and chosen by embedding_model=",
        )


def _here(tenant: Executor, dimension: object) -> _Place:
    check_dimension(tenant, dimension)
    try:
        return tenant, asyncio.get_running_loop()
    except RuntimeError:
        raise InvalidInput(
            "tenant", "must be given on the event loop that its database was connected on; in other threads give one of memdb.sync"
        ) from None


async def _there(tenant: Executor, dimension: object) -> _Place:
    return _here(tenant, dimension)
