"""Reading transcripts and their entries."""

from __future__ import annotations

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.transcripts.structs import Count, Entry, EntryId, Namespace, Scope, Transcript, TranscriptId


@query
async def get(on: Executor, *, id: TranscriptId, namespace: Namespace = "") -> Transcript | None:
    """The transcript, or None."""
    ...


@query
async def latest(on: Executor, *, id: TranscriptId, namespace: Namespace, limit: Count | None) -> list[Entry]:
    """Part of `history`: of a transcript."""
    ...


@query
async def lineage(on: Executor, *, head_id: EntryId, namespace: Namespace, limit: Count | None) -> list[Entry]:
    """Part of `history`: of an entry."""
    ...


@query
async def page_of_namespace(on: Executor, *, namespace: Namespace, before: Transcript | Cursor | None, limit: Limit) -> list[Transcript]:
    """Part of `page`: by the index on updates."""
    ...


@query
async def page_of_scope(
    on: Executor, *, namespace: Namespace, scope: Scope, before: Transcript | Cursor | None, limit: Limit
) -> list[Transcript]:
    """Part of `page`: by the index on scopes."""
    ...


async def history(
    on: Executor, *, id: str | None = None, namespace: str = "", head_id: str | None = None, limit: int | None = None
) -> list[Entry]:
    """The last `limit` entries, None for all, in order: of the transcript `id`, or up to the entry `head_id` of any in the namespace.

    Empty if there is no such transcript or entry. Raises InvalidInput, also unless exactly one of `id` and `head_id` is given.
    """
    if (id is None) == (head_id is None):
        raise InvalidInput("head_id", "or id must be given, and not both")
    if head_id is not None:
        return await lineage(on, head_id=head_id, namespace=namespace, limit=limit)
    return await latest(on, id=id, namespace=namespace, limit=limit)  # type: ignore[arg-type]


async def page(
    on: Executor, *, namespace: str = "", scope: str | None = None, before: Transcript | Cursor | None = None, limit: int = 50
) -> list[Transcript]:
    """The transcripts of a namespace, or those with a scope, last updated first.

    `before`: see `memdb.Cursor`. `limit`: 1 to 1,000.
    """
    if scope is None:
        return await page_of_namespace(on, namespace=namespace, before=before, limit=limit)
    return await page_of_scope(on, namespace=namespace, scope=scope, before=before, limit=limit)


@query
async def count(on: Executor, *, namespace: Namespace = "", scope: Scope | None = None) -> int:
    """The number of transcripts that pass the given filters, which are those of `page`."""
    ...
