"""What the commands share: opening a database, and finding the tenant and the agent."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, NoReturn, Optional, Protocol
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
from memdb.errors import InvalidInput, MemdbError, NotFound, PermissionDenied

DEFAULT_DSN: Final = f"{EMBEDDED}.memdb/data"
Dsn = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        help=f"A postgresql:// URL, keyword=value pairs, or embedded:FOLDER. Default: $MEMDB_DSN, or {DEFAULT_DSN}.", show_default=False
    ),
]
Dimension = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        help="A new database's embedding dimension, 1 to 4,000. Default: $MEMDB_EMBEDDING_DIM, else the local embedder's 256, else 384."
    ),
]
AdminDsn = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        help="The DSN of a separate login for administration. Default: $MEMDB_ADMIN_DSN, if --dsn is not given; otherwise the same DSN.",
        show_default=False,
    ),
]
Org = Annotated[str, typer.Option(help="The organization's slug, or its id. Only administration may look up slugs.")]
AgentSlug = Annotated[str, typer.Option("--agent", help="The agent's slug.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation, for scripts.")]
ACTOR: Final = "memdb command"
_SEEN: Final = 1000

console: Final = Console()
problems: Final = Console(stderr=True)


class Place(NamedTuple):
    """Where a command works: one tenant and one of its agents."""

    database: Database
    tenant: Tenant
    agent: Agent


def run(work: Coroutine[Any, Any, int]) -> None:
    """Run a command to its exit code. memdb's errors are one line, not a traceback."""
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            code = runner.run(work)
    except MemdbError as error:
        problems.print(f"[bold red]{type(error).__name__}[/]: {escape(str(error))}", highlight=False, soft_wrap=True)
        code = 2
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, which takes less time per call; None, for asyncio's own, if it is not installed (it does not support Windows)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def confirm(question: str, *, yes: bool) -> None:
    """Return if the user agrees, or has done so by --yes; otherwise abort. Raises InvalidInput if nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("--yes", f"must be given where nobody can be asked: {question}")
    with interruptible():
        typer.confirm(question, abort=True, err=True)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end what blocks the event loop, such as reading from a terminal: asyncio's handler only cancels awaits."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def look_where_run() -> None:
    """Let modules of the current folder be imported: an installed command does not look there by itself."""
    sys.path.insert(0, str(Path.cwd()))


def chosen_dsn(dsn: str | None) -> str:
    """The option, $MEMDB_DSN, or an embedded server below the current folder."""
    return resolve_dsn(os.environ.get("MEMDB_DSN") or DEFAULT_DSN if dsn is None else dsn)


def chosen_admin_dsn(dsn: str | None, admin_dsn: str | None) -> str | None:
    """The option, or $MEMDB_ADMIN_DSN, but not with an explicit `dsn`, because the variable may refer to another database."""
    return admin_dsn or (os.environ.get("MEMDB_ADMIN_DSN") if dsn is None else None)


def default_dimension() -> int | None:
    """The dimension of a database that a command creates: the local embedder's if that is installed, otherwise memdb's default."""
    return embedder.DIMENSION if embedder.is_installed() else None


def told_dimension(dimension: int) -> str:
    """A command's message about a new database's dimension."""
    if dimension == embedder.DIMENSION:
        return f"embeddings have {dimension} dimensions, as the local embedder's: `memdb import` and `memdb search` embed"
    return f"embeddings have {dimension} dimensions; the local embedder's have {embedder.DIMENSION}: `memdb search` goes by words alone"


@asynccontextmanager
async def server_url(dsn: str, *, dimension: int | None = None) -> AsyncIterator[str]:
    """A running server's DSN: `dsn` itself, or that of the embedded server it names.

    A new embedded database is created for embeddings of `dimension`, or of the local embedder.
    """
    if not dsn.startswith(EMBEDDED):
        yield dsn
        return
    from memdb.operations import embedded

    folder, default = dsn.removeprefix(EMBEDDED), default_dimension()
    server = await asyncio.to_thread(embedded.start, folder, dimension=dimension, default_dimension=default)
    try:
        yield server.dsn
    finally:
        await server.leave_in_thread()


@asynccontextmanager
async def connected(dsn: str | None, admin_dsn: str | None, *, embedding_model: str | None = None) -> AsyncIterator[Database]:
    """The database in a service's two roles: the one that serves tenants, and the one that administers."""
    async with (
        server_url(chosen_dsn(dsn)) as url,
        memdb.connect(url, admin_dsn=chosen_admin_dsn(dsn, admin_dsn), timeout=30.0, embedding_model=embedding_model) as database,
    ):
        yield database


@asynccontextmanager
async def entered(
    dsn: str | None, org: str, *, admin_dsn: str | None = None, create: bool = False, embedding_model: str | None = None
) -> AsyncIterator[tuple[Database, Tenant]]:
    """The database, and the tenant that `org` names. With `create`, a missing one is created; otherwise it is NotFound."""
    async with connected(dsn, admin_dsn, embedding_model=embedding_model) as database:
        yield database, database.tenant(await find_organization(database, org, create=create), actor=ACTOR)


@asynccontextmanager
async def opened(dsn: str | None, org: str, agent: str, *, admin_dsn: str | None = None, create: bool = False) -> AsyncIterator[Place]:
    """The place that `org` and `agent` name. With `create`, missing ones are created; otherwise they are NotFound."""
    async with entered(dsn, org, admin_dsn=admin_dsn, create=create) as (database, tenant):
        yield Place(database, tenant, await find_agent(tenant, agent, create=create))


@contextmanager
def hinting_create() -> Iterator[None]:
    """What a command with --create says of what it does not find."""
    try:
        yield
    except NotFound as error:
        raise NotFound(error.kind, f"{error.key}; --create makes what is missing") from error


async def find_organization(database: Database, org: str, *, create: bool = False) -> UUID:
    """The organization with this slug, created if missing and `create` is set; an id is returned as it is, without administration.

    Raises NotFound, which names the nearest slugs, and PermissionDenied.
    """
    with suppress(ValueError):
        return UUID(org)
    admin = database.admin(actor=ACTOR)
    # Looking up slugs requires administration, which may see all of them.
    try:
        if create:
            return (await organizations.get_or_create(admin, slug=org, name=org)).id
        found = await organizations.get_by_slug(admin, slug=org)
        return (found or _missing("organization", org, await organizations.page(admin, limit=_SEEN))).id
    except PermissionDenied as error:
        raise PermissionDenied(
            f"only administration may look up an organization by its slug: give its id, or --admin-dsn ({error})"
        ) from error


async def find_agent(tenant: Tenant, slug: str, *, create: bool = False) -> Agent:
    """The tenant's agent with this slug, created if missing and `create` is set; otherwise NotFound, which names the nearest slugs."""
    if create:
        return await agents.get_or_create(tenant, slug=slug, name=slug)
    return await agents.get_by_slug(tenant, slug=slug) or _missing("agent", slug, await agents.page(tenant, limit=_SEEN))


class _Named(Protocol):
    @property
    def slug(self) -> str: ...


def _missing(kind: str, slug: str, others: Sequence[_Named]) -> NoReturn:
    near = get_close_matches(slug, [each.slug for each in others])
    raise NotFound(kind, f"{slug} (near it: {', '.join(near)})" if near else slug)
