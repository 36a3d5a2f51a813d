"""memdb mcp: an agent's memory for MCP clients."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple, Optional

import typer

from memdb.cli import embedder
from memdb.cli.session import AdminDsn, Dsn, connected, console, opened, run
from memdb.engine.database import Database
from memdb.errors import InvalidInput

if TYPE_CHECKING:
    from memdb.adapters.mcp import Caller, Embedder

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class _Options(NamedTuple):
    """Where the memory is, and whose it is."""

    dsn: str | None
    admin_dsn: str | None
    org: str | None
    agent: str
    create: bool


def mcp(
    http: Annotated[bool, typer.Option("--http", help="Serve streamable HTTP instead of the standard input and output.")] = False,
    host: Annotated[str, typer.Option(help="With --http: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="With --http: the port; 0 is any free one.", min=0, max=65535)] = 8321,
    public: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="With --http: a host name that clients use, such as memory.example.com. May be repeated.", show_default=False),
    ] = None,
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The organization's slug or id, for local use without a token.", show_default=False),
    ] = None,
    agent: Annotated[str, typer.Option(help="The agent's slug, unless the token is an agent's own.")] = "default",
    create: Annotated[bool, typer.Option("--create", help="Create the organization and the agent if they are missing.")] = False,
) -> None:
    """Serve an agent's memory to MCP clients: remember, recall, forget, and a knowledge graph.

    A token says whose memory it is: $MEMDB_TOKEN for a pipe, and for --http the header "Authorization: Bearer TOKEN" of each request. None
    is needed with --org.
    """
    options = _Options(dsn, admin_dsn, org, agent, create)
    run(_serve_http(options, host, port, public or []) if http else _serve_pipe(options, os.environ.get("MEMDB_TOKEN")))


async def _serve_pipe(options: _Options, token: str | None) -> int:
    from memdb.adapters.mcp import FixedAccess, Holders, TokenAccess, memory_server

    if bool(token) == bool(options.org):
        raise InvalidInput("--org", "or $MEMDB_TOKEN must say whose memory it is, and not both")
    async with _opened(options) as (database, local):
        access: FixedAccess | TokenAccess
        if local is not None:
            access = FixedAccess(local)
        else:
            access = TokenAccess(Holders(database, agent=options.agent, create=options.create), token or "")
            await access.check()
        await memory_server(access, embedder=_embedder(database)).run_stdio_async()
    return 0


async def _serve_http(options: _Options, host: str, port: int, public: list[str]) -> int:
    from memdb.adapters.mcp import LOCAL_HOSTS, Holders, RequestAccess, http_app, memory_server

    if options.org and host not in _LOOPBACK:
        raise InvalidInput("--host", f"must be one of {', '.join(_LOOPBACK)} with --org: whoever reaches it needs no token")
    import uvicorn

    with _listening(host, port) as listening:
        async with _opened(options) as (database, local):
            access = RequestAccess(Holders(database, agent=options.agent, create=options.create), local=local)
            hosts = [*LOCAL_HOSTS, *public] if public or host in _LOOPBACK else None
            app = http_app(memory_server(access, embedder=_embedder(database)), access, hosts=hosts)
            place = f"[{host}]" if ":" in host else host
            console.print(f"serving MCP at http://{place}:{listening.getsockname()[1]}/mcp", highlight=False, soft_wrap=True)
            await uvicorn.Server(uvicorn.Config(app, log_level="warning")).serve(sockets=[listening])
    return 0


@asynccontextmanager
async def _opened(options: _Options) -> AsyncIterator[tuple[Database, Caller | None]]:
    """The database, and with --org the caller, which needs no token."""
    from memdb.adapters.mcp import Caller

    dsn, admin_dsn, org, agent, create = options
    if org is None:
        async with connected(dsn, admin_dsn) as database:
            yield database, None
    else:
        async with opened(dsn, org, agent, admin_dsn=admin_dsn, create=create) as place:
            yield place.database, Caller(place.tenant, place.agent.id)


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise InvalidInput("--host", f"and --port must be where this machine can listen: {error}") from error


def _embedder(database: Database) -> Embedder | None:
    """The local embedder, if it is installed and has the database's dimension."""
    from memdb.adapters.mcp import Embedder

    if not embedder.fits(database.dimension):
        return None
    return Embedder(embedder.embed, embedder.MODEL)
