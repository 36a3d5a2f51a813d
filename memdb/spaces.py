"""Embedding spaces: one for each embedding model, so that the model can be changed while searches go on.

    async with memdb.connect(dsn, admin_role=None) as db:                  # the tables' owner
        await spaces.create(db.admin(), dimension=1024, model="e5-large")
    async with memdb.connect(dsn, embedding_model="e5-large") as new:      # an executor of this database works in the new space
        await spaces.fill(new, embed)                                      # all that has embeddings; may be broken off and repeated
        await spaces.take_over(new.admin())                                # from now on connect() chooses it

Services that were connected before go on in the space they have, which their embedder fits, until they are deployed with the new one. Then
`fill` what they wrote meanwhile, and `drop` the old space. Archived messages keep the embeddings they had: `fill` after they are restored.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from itertools import product
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb import organizations
from memdb.engine.database import Database
from memdb.engine.executor import AdminExecutor, Executor
from memdb.engine.inputs import Embedding, Ids, Limit, ModelName, Version, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput

Dimension: TypeAlias = Annotated[int, Meta(ge=1, le=4000)]
SpaceNumber: TypeAlias = Annotated[int, Meta(ge=1, le=32767)]
Kind: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Embed: TypeAlias = Callable[[list[str]], Sequence[Embedding] | Awaitable[Sequence[Embedding]]]

_check_batch = check_for("batch", Limit)


class Space(msgspec.Struct, frozen=True):
    """An embedding space. `is_current`: connect() chooses it where no model is named. `current_since` is when it took over last."""

    space: int
    dimension: int
    model: str | None
    is_current: bool
    created_at: datetime
    current_since: datetime | None


class Lacking(msgspec.Struct, frozen=True):
    """A memory, message or whatever else is to be embedded."""

    id: UUID
    version: int
    content: str


class Coverage(msgspec.Struct, frozen=True):
    """How many live memories, messages and so on a tenant has, and how many of them an embedding in the space."""

    total: int
    embedded: int

    @property
    def memories(self) -> int:
        """`total`, from when only memories had embeddings."""
        return self.total


class Nearest(msgspec.Struct, frozen=True):
    """A memory and the others nearest to it, nearest first."""

    memory_id: UUID
    nearest: list[UUID]


class Comparison(msgspec.Struct, frozen=True):
    """Of `compared` memories the mean share (0 to 1) of their nearest that are the same in both spaces; 0 where none was compared."""

    compared: int
    overlap: float


@query
async def existing(on: Executor) -> list[Space]:
    """The embedding spaces, oldest first."""
    ...


@query
async def create(on: AdminExecutor, *, dimension: Dimension, model: ModelName) -> None:
    """Make an empty space. For the tables' owner; waits at most 5 seconds for the moment in which nobody uses the embeddings' table.

    Raises AlreadyExists for a model that has one, PermissionDenied.
    """
    ...


@query
async def drop(on: AdminExecutor, *, number: SpaceNumber) -> None:
    """Drop a space with its embeddings. For the tables' owner. Raises InvalidInput for the current space or an unknown one."""
    ...


@query(absent="embedding space")
async def rename(on: AdminExecutor, *, model: ModelName) -> int:
    """Say what the model of the executor's space is called: the first space has no name. Returns the space's number."""
    ...


@query(absent="embedding space")
async def take_over(on: AdminExecutor) -> int:
    """Make the executor's space the one that connect() chooses where no model is named. Returns its number."""
    ...


@query
async def kinds(on: AdminExecutor) -> list[str]:
    """The kinds of things that have embeddings: "memory", "message", "observation"."""
    ...


@query
async def lacking(on: AdminExecutor, *, kind: Kind = "memory", after: UUID | None = None, limit: Limit = 100) -> list[Lacking]:
    """The tenant's live things of a kind without an up-to-date embedding in the executor's space, by id, those after the id `after`.

    Not those of deleted and archived sessions, nor what has no text. Raises InvalidInput for a kind that there is not.
    """
    ...


@query
async def embed(on: AdminExecutor, *, kind: Kind = "memory", id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of a thing in the executor's space; False if it changed since `version`, or is gone. Raises InvalidInput."""
    ...


@query
async def coverage(on: AdminExecutor, *, kind: Kind | None = None) -> Coverage:
    """How much of the tenant's things of a kind, or of all kinds, the executor's space has. Raises InvalidInput."""
    ...


@query
async def sample(on: Executor, *, agent_id: UUID, limit: Limit) -> list[UUID]:
    """Part of `compare`: some memories that the space has."""
    ...


@query
async def nearest_of(on: Executor, *, agent_id: UUID, ids: Ids, limit: Limit) -> list[Nearest]:
    """Part of `compare`: what is nearest to them."""
    ...


async def fill(
    database: Database, embed_texts: Embed, *, batch: int = 100, report: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Embed what `database`'s space lacks, of all kinds and organizations, and return how many things that were.

    `embed_texts` takes up to `batch` contents and gives their embeddings in that order, or an awaitable of them. `report` gets how many are
    done, of how many. May be broken off and called again at any time: what is stored is not done twice. What changes meanwhile is left to
    the next call.
    """
    batch = _check_batch(batch, 0)
    tenants = [database.admin(org_id) for org_id in await _organizations(database)]
    states = [await coverage(tenant) for tenant in tenants]
    done, total = sum(state.embedded for state in states), sum(state.total for state in states)
    report(done, total)
    stored = 0
    for tenant, kind in product(tenants, await kinds(database.admin())):
        after = None
        while found := await lacking(tenant, kind=kind, after=after, limit=batch):
            embeddings = await _embedded(embed_texts, [each.content for each in found])
            rows = [
                {"kind": kind, "id": each.id, "version": each.version, "embedding": embedding}
                for each, embedding in zip(found, embeddings, strict=True)
            ]
            stored += sum(await embed.many(tenant, rows))
            after = found[-1].id
            done += len(found)
            report(done, max(done, total))
    return stored


async def compare(first: Executor, second: Executor, *, agent_id: UUID, memories: int = 100, limit: int = 10) -> Comparison:
    """How alike two spaces are on an agent's memories: of up to `memories` of them, the share of the `limit` nearest that both agree on.

    `first` and `second` are executors of one tenant, on databases that were connected with different models.
    """
    ids = await sample(second, agent_id=agent_id, limit=memories)
    ours, theirs = [
        {each.memory_id: set(each.nearest) for each in await nearest_of(on, agent_id=agent_id, ids=ids, limit=limit)}
        for on in (first, second)
    ]
    shares = [len(ours[id] & theirs[id]) / max(len(ours[id]), 1) for id in ours.keys() & theirs.keys()]
    return Comparison(len(shares), sum(shares) / max(len(shares), 1))


async def _organizations(database: Database) -> list[UUID]:
    found: list[UUID] = []
    while page := await organizations.page(database.admin(), before=found[-1] if found else None, limit=1000):
        found += [organization.id for organization in page]
    return found


async def _embedded(embed_texts: Embed, texts: list[str]) -> Sequence[Any]:
    made = embed_texts(texts)
    embeddings = await made if inspect.isawaitable(made) else made
    if len(embeddings) != len(texts):
        raise InvalidInput("embed_texts", f"must give an embedding for each of {len(texts)} texts, not {len(embeddings)}")
    return embeddings
