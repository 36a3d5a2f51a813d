"""Embedding what is missing in a space."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from itertools import product
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb import organizations
from memdb.engine.cursors import Cursor
from memdb.engine.database import Database
from memdb.engine.executor import AdminExecutor
from memdb.engine.inputs import Embedding, Limit, Version, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.spaces.structs import Coverage, Unembedded

Kind: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Embed: TypeAlias = Callable[[list[str]], Sequence[Embedding] | Awaitable[Sequence[Embedding]]]

_check_batch = check_for("batch", Limit)


@query
async def kinds(on: AdminExecutor) -> list[str]:
    """The kinds of rows that have embeddings: "memory", "message", "observation"."""
    ...


@query
async def unembedded(
    on: AdminExecutor, *, kind: Kind = "memory", after: Unembedded | Cursor | UUID | None = None, limit: Limit = 100
) -> list[Unembedded]:
    """The tenant's live rows of a kind without an up-to-date embedding in the executor's space, by id, after the id `after`.

    Rows of deleted and archived sessions, and rows without text, are left out. Raises InvalidInput for an unknown kind.
    """
    ...


@query
async def embed(on: AdminExecutor, *, kind: Kind = "memory", id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of a row in the executor's space.

    Returns False if the row has changed since `version`, or disappeared. Raises InvalidInput.
    """
    ...


@query
async def coverage(on: AdminExecutor, *, kind: Kind | None = None) -> Coverage:
    """How many of the tenant's rows of a kind, or of all kinds, have an embedding in the executor's space. Raises InvalidInput."""
    ...


async def fill(
    database: Database, embed_texts: Embed, *, batch: int = 100, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Embed what `database`'s space lacks, of all kinds and organizations, and return the number of rows embedded.

    `embed_texts` takes up to `batch` contents and returns their embeddings in that order, or an awaitable of them. `progress` gets the
    number done and the total. Can be interrupted and called again at any time: stored embeddings are not repeated. Rows changed meanwhile
    are left for the next call.
    """
    batch = _check_batch(batch, 0)
    tenants = [database.admin(org_id) for org_id in await _organizations(database)]
    states = [await coverage(tenant) for tenant in tenants]
    done, total = sum(state.embedded for state in states), sum(state.total for state in states)
    progress(done, total)
    stored = 0
    for tenant, kind in product(tenants, await kinds(database.admin())):
        after = None
        while found := await unembedded(tenant, kind=kind, after=after, limit=batch):
            embeddings = await _embedded(embed_texts, [each.content for each in found])
            rows = [
                {"kind": kind, "id": each.id, "version": each.version, "embedding": embedding}
                for each, embedding in zip(found, embeddings, strict=True)
            ]
            stored += sum(await embed.many(tenant, rows))
            after = found[-1].id
            done += len(found)
            progress(done, max(done, total))
    return stored


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
