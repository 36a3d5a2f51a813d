"""What an adapter's `from_conn_string` returns: a database of its own, with one tenant, for `async with` and for `with`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
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
    """A connection string to be shown, without its login."""
    return _SECRET.sub("***", url)


class Opening(Generic[T]):
    """`async with` it on the running event loop, or `with` it, on an event loop in a thread of its own. Leaving closes the database.

    What is made is left by `leave`. `options` are those of `memdb.connect`. Without `org_id` the tenant is the organization with the slug
    "default", which is made if there is none. Raises InvalidInput for what has none of a DSN's forms.
    """

    def __init__(
        self,
        dsn: str | None,
        org_id: UUID | None,
        make: Callable[[Tenant], T],
        leave: Callable[[T], Awaitable[object]] | None = None,
        **options: Any,
    ) -> None:
        self._dsn = None if dsn is None else resolve_dsn(dsn)
        self._options = options
        self._org_id = org_id
        self._make = make
        self._leave = leave
        self._entered: AbstractAsyncContextManager[T] | None = None
        self._stack = ExitStack()

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
        return made

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, trace)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[T]:
        async with connect(self._dsn, **self._options) as db:
            made = self._make(db.tenant(self._org_id or await default_organization(db)))
            try:
                yield made
            finally:
                if self._leave is not None:
                    await self._leave(made)


async def default_organization(db: Database) -> UUID:
    """The organization of an adapter that is told no other, which is made if there is none."""
    return (await organizations.get_or_create(db.admin(), slug=_SLUG, name=_SLUG.title())).id
