"""An interface with two implementations, as the benchmark sees it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar, TypeAlias

from memdb.engine.database import Tenant

Call: TypeAlias = Callable[[Any, int], Awaitable[Any]]
"""Takes an implementation, and the number of the task that calls; each task has data of its own.

What it returns is how many results it got, where that may differ.
"""


class Contract(ABC):
    """An interface of a framework, with two implementations. `calls` are measured in their order, by title.

    `alone`: whether it is measured with one task only. `theirs` is the package that has the other implementation.
    """

    title: ClassVar[str]
    theirs: ClassVar[str]
    calls: ClassVar[Mapping[str, Call]]
    alone: ClassVar[bool] = False

    @abstractmethod
    def ours(self, tenant: Tenant) -> Any:
        """The implementation over memdb."""

    @abstractmethod
    def rival(self, dsn: str, connections: int) -> AbstractAsyncContextManager[Any]:
        """The other one, with a pool of so many connections; it has made its tables."""

    async def neither(self) -> Any:
        """The same without storage, whose time is not counted for either; None where there is nothing like it."""
        return None

    async def fill(self, implementation: Any, tasks: int) -> None:  # noqa: B027
        """Store what the calls of so many tasks find, if they find anything."""
