"""From connection parameters to an open connection, trying the hosts in turn as libpq does."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping
from typing import Any, Final

import asyncpg

from memdb.engine.connection import Connection
from memdb.engine.dsn import ConnectionParameters
from memdb.engine.dsn.hosts import Host

# The texts of statements are constant, so all of them stay prepared for as long as the connection lives.
_PREPARED_STATEMENTS: Final = 1000
# macOS has another name for the first.
_IDLE: Final = getattr(socket, "TCP_KEEPIDLE", None) or getattr(socket, "TCP_KEEPALIVE", None)
_KEEPALIVES: Final = (
    ("keepalives_idle", _IDLE),
    ("keepalives_interval", getattr(socket, "TCP_KEEPINTVL", None)),
    ("keepalives_count", getattr(socket, "TCP_KEEPCNT", None)),
    ("tcp_user_timeout", getattr(socket, "TCP_USER_TIMEOUT", None)),
)
_NEXT_HOST: Final = (OSError, asyncpg.CannotConnectNowError)


async def reach(parameters: ConnectionParameters, settings: Mapping[str, str], *, prepare: bool) -> Connection:
    """A connection, with these `settings`, to the first host that answers and satisfies target_session_attrs.

    Raises the last host's error, as asyncpg reports it.
    """
    wanted = parameters.get("target_session_attrs", "any")
    unreachable: Exception | None = None
    unfit: Exception | None = None
    for attributes in ("standby", "any") if wanted == "prefer-standby" else (wanted,):
        for host in parameters.hosts_in_turn():
            try:
                async with asyncio.timeout(parameters.seconds()):
                    return await _open(parameters, host, settings, attributes, prepare=prepare)
            except _NEXT_HOST as error:
                unreachable = error
            except asyncpg.TargetServerAttributeNotMatched as error:
                unfit = error
    raise unreachable or unfit or AssertionError


async def _open(parameters: ConnectionParameters, host: Host, settings: Mapping[str, str], attributes: str, *, prepare: bool) -> Connection:
    connection: Connection = await asyncpg.connect(
        **parameters.asyncpg(host, settings),
        target_session_attrs=attributes,
        # The caller's deadline applies.
        timeout=None,
        connection_class=Connection,
        statement_cache_size=_PREPARED_STATEMENTS if prepare else 0,
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=0,
    )
    if not host.is_socket and parameters.get("keepalives", "1") != "0":
        _keep_alive(connection._transport.get_extra_info("socket"), parameters)
    return connection


def _keep_alive(connected: Any, parameters: ConnectionParameters) -> None:
    # Options belong to the socket that both descriptors share; a loop's own socket object may not allow setting them.
    with socket.socket(fileno=os.dup(connected.fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, option in _KEEPALIVES:
            if option is not None and (value := int(parameters.get(name, "0"))) > 0:
                same.setsockopt(socket.IPPROTO_TCP, option, value)
