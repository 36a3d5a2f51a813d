"""The result of an adapter's `from_conn_string`: a database of its own, with one tenant, for `async with` and for `with`."""

from __future__ import annotations

import re
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, suppress
from functools import partial
from threading import Thread
from types import TracebackType
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from memdb import organizations
from memdb.engine.database import Database, Tenant
from memdb.engine.dsn import resolve_dsn
from memdb.engine.portal import Portal
from memdb.operations.connect import connect

T = TypeVar("T")

_SLUG: Final = "default"
_SECRET: Final = re.compile(r"(?<=//)[^@/]*@|(?<=password=)\S+")


def without_secrets(url: str) -> str:
    """A connection string for display, without its login."""
    return _SECRET.sub("***", url)


class Opening(Generic[T]):
    """Use `async with` on the running event loop, or `with`, on an event loop in a separate thread. Leaving closes the database.

    So does dropping the last reference to what `with` entered: its thread ends some time after it was collected.

    The object made is left by `leave`. `options` are those of `memdb.connect`. Without `org_id`, the tenant is the organization with the
    slug "default", which is created if necessary. Raises InvalidInput for a URL with none of a DSN's forms.
    """

    def __init__(
        self,
        dsn: str | None,
        org_id: UUID | None,
        make: Callable[[Tenant], T],
        leave: Callable[[T], Awaitable[object]] | None = None,
        **options: Any,
    ) -> None:
        # Without a reference to this object, so that it can be collected while the database is open.
        self._opened = partial(_opened, None if dsn is None else resolve_dsn(dsn), options, org_id, make, leave)
        self._entered: AbstractAsyncContextManager[T] | None = None
        self._stack = ExitStack()
        self._forgotten: weakref.finalize[..., Opening[T]] | None = None

    async def __aenter__(self) -> T:
        self._entered = self._opened()
        return await self._entered.__aenter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._entered is not None:
            await self._entered.__aexit__(kind, error, trace)

    def __enter__(self) -> T:
        with ExitStack() as stack:
            portal = Portal()
            stack.callback(portal.close)
            made = stack.enter_context(portal.entered(self._opened()))
            self._stack = stack.pop_all()
        self._forgotten = weakref.finalize(self, _close_elsewhere, self._stack)
        self._forgotten.atexit = False
        return made

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._forgotten is not None:
            self._forgotten.detach()
        self._stack.__exit__(kind, error, trace)


@asynccontextmanager
async def _opened(
    dsn: str | None,
    options: dict[str, Any],
    org_id: UUID | None,
    make: Callable[[Tenant], T],
    leave: Callable[[T], Awaitable[object]] | None,
) -> AsyncIterator[T]:
    async with connect(dsn, **options) as db:
        made = make(db.tenant(org_id or await default_organization(db)))
        try:
            yield made
        finally:
            if leave is not None:
                await leave(made)


def _close_elsewhere(stack: ExitStack) -> None:
    """Leave what was entered, in another thread: the garbage collector runs in any thread, even in the one that is to end."""

    def close() -> None:
        # There is nobody to report it to.
        with suppress(Exception):
            stack.close()

    # No thread can start while the interpreter shuts down.
    with suppress(RuntimeError):
        Thread(target=close, name="memdb-closing", daemon=True).start()


async def default_organization(db: Database) -> UUID:
    """The default organization of an adapter, which is created if necessary."""
    return (await organizations.get_or_create(db.admin(), slug=_SLUG, name=_SLUG.title())).id
