"""Where an adapter's calls run: on the event loop of its database, whichever event loop or thread they come from."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar
from uuid import UUID

from memdb.adapters.opening import Opening
from memdb.adapters.tenants import of_tenant
from memdb.adapters.waiting import wait_elsewhere, wait_to_the_end
from memdb.engine.executor import Executor

T = TypeVar("T")

_Place: TypeAlias = tuple[Executor, asyncio.AbstractEventLoop]


class Home:
    """A tenant and the event loop that its database was connected on.

    Where it is of a connection string, that is a loop in a thread of its own, begun by the first call.
    """

    def __init__(self, place: _Place | Opening[_Place]) -> None:
        self._lock = threading.Lock()
        self._opening = place if isinstance(place, Opening) else None
        self._place = None if isinstance(place, Opening) else place

    @classmethod
    def from_url(cls, url: str | None, org_id: UUID | None) -> Home:
        return cls(Opening(url, org_id, _here))

    async def call(self, function: Callable[[Executor], Coroutine[Any, Any, T]]) -> T:
        """What `function` returns for the tenant. Raises PoolClosed where the database is closed."""
        place = self._place
        if place is None:
            place = await asyncio.to_thread(self.open)
        tenant, loop = place
        return await wait_elsewhere(loop, function(tenant))

    async def change(self, function: Callable[[Executor], Coroutine[Any, Any, T]]) -> T:
        """`call`, which once begun is done, even where its caller is cancelled."""
        return await wait_to_the_end(self.call(function))

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
    """An adapter with a home, which is closed where `async with` is left."""

    _home: Home

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._home.open)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await asyncio.to_thread(self._home.close)


def home_of(adapter: str, tenant: Executor | Home) -> Home:
    """The home of an adapter that is made of `tenant`, on the event loop that runs. Raises InvalidInput or TenantRequired."""
    return tenant if isinstance(tenant, Home) else Home(_here(of_tenant(adapter, tenant)))


def _here(tenant: Executor) -> _Place:
    return tenant, asyncio.get_running_loop()
