"""Databases by URL, one for each event loop, which adapters have in the place of SQLAlchemy's engines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from memdb.adapters.opening import Opening
from memdb.engine.dsn import EMBEDDED
from memdb.engine.executor import Executor
from memdb.engine.package import PACKAGES
from memdb.errors import InvalidInput

T = TypeVar("T")


class Engine(Generic[T]):
    """Opens a tenant of a database at its first use on each event loop, and what `make` makes of it, which is kept until `dispose`.

    `url` is what `memdb.connect` takes, also with SQLAlchemy's schemes. `org_id` None means the organization with the slug "default", which
    is created if necessary.
    """

    def __init__(self, url: str, org_id: UUID | None, make: Callable[[Executor], Awaitable[T]]) -> None:
        self.url: Final = checked_url(url)
        self._org_id = org_id
        self._make = make
        self._opened: dict[asyncio.AbstractEventLoop, tuple[Opening[Executor], asyncio.Task[T]]] = {}

    async def made(self) -> T:
        """The object made for the running event loop. Raises as `memdb.connect` does; it can then be called again."""
        loop = asyncio.get_running_loop()
        if loop not in self._opened:
            for ended in [each for each in self._opened if each.is_closed()]:
                del self._opened[ended]
            opening = Opening[Executor](self.url, self._org_id, lambda tenant: tenant)
            opens = loop.create_task(self._open(opening))
            self._opened[loop] = opening, opens
            opens.add_done_callback(partial(self._judge, loop))
        # One caller opens it for all that wait, even if some are cancelled.
        return await asyncio.shield(self._opened[loop][1])

    async def migrate(self) -> None:
        """Create or update memdb's tables and those of imported packages, as the URL's login.

        An embedded server migrates itself. Raises what `memdb.operations.migrate.migrate` does.
        """
        if not self.url.startswith(EMBEDDED):
            from memdb.operations.migrate import migrate

            packages = [each for each in PACKAGES.values() if each.migrations is not None]
            await asyncio.to_thread(migrate, self.url, packages=packages)
        await self.made()

    async def dispose(self) -> None:
        """Close the database of the running event loop. It is opened again on demand."""
        if (opened := self._opened.pop(asyncio.get_running_loop(), None)) is not None:
            opening, opens = opened
            await asyncio.wait([opens])
            if not _failed(opens):
                await opening.__aexit__(None, None, None)

    def _judge(self, loop: asyncio.AbstractEventLoop, opens: asyncio.Task[T]) -> None:
        # What could not be opened is tried again by the next caller.
        if _failed(opens) and self._opened.get(loop, (None, None))[1] is opens:
            del self._opened[loop]

    async def _open(self, opening: Opening[Executor]) -> T:
        tenant = await opening.__aenter__()
        try:
            return await self._make(tenant)
        except BaseException as error:
            await opening.__aexit__(type(error), error, None)
            raise


def _failed(task: asyncio.Task[Any]) -> bool:
    return task.cancelled() or task.exception() is not None


def checked_url(url: Any) -> str:
    if not isinstance(url, str) or not url:
        raise InvalidInput("database_url", f"must be a URL such as postgresql://login@host/database, not {type(url).__name__}")
    return url
