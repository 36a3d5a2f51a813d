"""What the commands share: opening a database, finding the tenant and the agent."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, Optional, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape

import memdb
from memdb import agents, organizations
from memdb.agents import Agent
from memdb.cli import embedder
from memdb.engine.database import Database, Tenant
from memdb.engine.dsn import EMBEDDED, resolve_dsn
from memdb.errors import AlreadyExists, MemdbError, NotFound

T = TypeVar("T")

DEFAULT_DSN: Final = f"{EMBEDDED}.memdb/data"
Dsn = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        help=f"A postgresql:// URL, keyword=value pairs, or embedded:FOLDER; else $MEMDB_DSN, else {DEFAULT_DSN}", show_default=False
    ),
]
Dimension = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        help="Of a new database's embeddings, 1 to 4,000; else $MEMDB_EMBEDDING_DIM, else the local embedder's, 256, or 384 without it."
    ),
]
Org = Annotated[str, typer.Option(help="The organization's slug.")]
AgentSlug = Annotated[str, typer.Option("--agent", help="The agent's slug.")]
console: Final = Console()
problems: Final = Console(stderr=True)


class Place(NamedTuple):
    """Where a command works: one tenant, one of its agents."""

    database: Database
    tenant: Tenant
    agent: Agent


def run(work: Coroutine[Any, Any, int]) -> None:
    """Run a command to its exit code. Errors of memdb's are one line, not a traceback."""
    try:
        code = asyncio.run(work)
    except MemdbError as error:
        problems.print(f"[bold red]{type(error).__name__}[/]: {escape(str(error))}", highlight=False, soft_wrap=True)
        code = 2
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)


def look_where_run() -> None:
    """Let modules of the current folder be imported: an installed command does not look there by itself."""
    sys.path.insert(0, str(Path.cwd()))


def chosen_dsn(dsn: str | None) -> str:
    """The option, $MEMDB_DSN, or an embedded server below the current folder."""
    return resolve_dsn(dsn or os.environ.get("MEMDB_DSN") or DEFAULT_DSN)


def default_dimension() -> int | None:
    """Of the embeddings of a database that a command makes: the local embedder's where that is installed, else memdb's default."""
    return embedder.DIMENSION if embedder.is_installed() else None


def told_dimension(dimension: int) -> str:
    """What a command says of the dimension that a new database has from now on."""
    if dimension == embedder.DIMENSION:
        return f"embeddings have {dimension} dimensions, as the local embedder's: `memdb import` and `memdb search` embed"
    return f"embeddings have {dimension} dimensions; the local embedder's have {embedder.DIMENSION}: `memdb search` goes by words alone"


@asynccontextmanager
async def server_url(dsn: str) -> AsyncIterator[str]:
    """A running server's DSN: `dsn` itself, or that of the embedded server it names, made for the local embedder if it is new."""
    if not dsn.startswith(EMBEDDED):
        yield dsn
        return
    from memdb.operations import embedded

    server = await asyncio.to_thread(embedded.start, dsn.removeprefix(EMBEDDED), default_dimension=default_dimension())
    try:
        yield server.dsn
    finally:
        await server.leave_in_thread()


@asynccontextmanager
async def opened(dsn: str | None, org: str, agent: str, *, create: bool) -> AsyncIterator[Place]:
    """The place that the slugs name. With `create`, what is missing is made; without, it is NotFound."""
    async with server_url(chosen_dsn(dsn)) as url, memdb.connect(url, timeout=30.0) as database:
        tenant = database.tenant(await find_organization(database, org, create=create))
        yield Place(database, tenant, await find_agent(tenant, agent, create=create))


async def find_organization(database: Database, slug: str, *, create: bool) -> UUID:
    """The id of the organization with this slug, made if it is missing and `create` is set; else NotFound."""
    admin = database.admin()
    find = partial(organizations.get_by_slug, admin, slug=slug)
    make = partial(organizations.create, admin, slug=slug, name=slug) if create else None
    return (await _found("organization", slug, find, make)).id


async def find_agent(tenant: Tenant, slug: str, *, create: bool) -> Agent:
    """The agent with this slug, made if it is missing and `create` is set; else NotFound."""
    find = partial(agents.get_by_slug, tenant, slug=slug)
    make = partial(agents.create, tenant, slug=slug, name=slug) if create else None
    return await _found("agent", slug, find, make)


async def _found(kind: str, slug: str, find: Callable[[], Awaitable[T | None]], make: Callable[[], Awaitable[T]] | None) -> T:
    found = await find()
    if found is None and make is not None:
        # Another process may be making it at this moment.
        with suppress(AlreadyExists):
            return await make()
        found = await find()
    if found is None:
        raise NotFound(kind, slug)
    return found
