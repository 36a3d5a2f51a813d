"""The process and the event loop in which a connection may be used: those in which it was opened."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Any, Final
from weakref import WeakSet

from memdb.errors import ForeignUse

_CONNECTIONS: Final[WeakSet[Any]] = WeakSet()


class _Forks:
    """How often this process and its ancestors have forked since memdb was imported: a child's count is one more than its parent's."""

    count = 0


def keep_from_children(connection: Any) -> None:
    """Keep forked children from reading what the server sends on this asyncpg connection, even by running the loop that they inherited."""
    _CONNECTIONS.add(connection)


def _leave_to_the_parent() -> None:
    _Forks.count += 1
    ended, other = socket.socketpair()
    other.close()
    for connection in list(_CONNECTIONS):
        # Negative if the socket is closed and the connection has not been told yet.
        if not connection.is_closed() and (descriptor := connection._transport.get_extra_info("socket").fileno()) >= 0:
            # The child's descriptor becomes a socket at end of file. The parent's descriptor, and its place in the selector that both
            # share, are unaffected.
            os.dup2(ended.fileno(), descriptor)
    ended.close()


os.register_at_fork(after_in_child=_leave_to_the_parent)


class Process:
    """The process in which this object was created."""

    __slots__ = ("_forks",)

    def __init__(self) -> None:
        self._forks = _Forks.count

    def check(self) -> None:
        """Raises ForeignUse in a forked child."""
        if self._forks != _Forks.count:
            raise ForeignUse("this process was forked after the database was connected: connect in the child")


class Belonging(Process):
    """The process and the running event loop in which this object was created."""

    __slots__ = ("_loop",)

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()

    def check(self) -> None:
        """Raises ForeignUse in a forked child and on another event loop.

        There, a connection would give one caller's rows to another.
        """
        super().check()
        if asyncio.get_running_loop() is not self._loop:
            raise ForeignUse("the database was connected on another event loop: connect on this one")
