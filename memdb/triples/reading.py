"""Reading by key, by page and by search."""

from __future__ import annotations

from uuid import UUID

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Limit, QueryText
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.questions import direction
from memdb.triples.structs import Object, Predicate, Subject, Triple, TripleHit


@query
async def get(on: Executor, *, id: UUID) -> Triple | None:
    """The live triple `id`, or None."""
    ...


@query
async def page_of_owner(on: Executor, *, user_id: UUID | None, before: Triple | Cursor | UUID | None, limit: Limit) -> list[Triple]:
    """Part of `page`: by the index of the owner's triples."""
    ...


@query
async def page_of_oldest(
    on: Executor, *, user_id: UUID | None, with_tenant: bool, after: Triple | Cursor | UUID | None, limit: Limit
) -> list[Triple]:
    """Part of `search` without a question, and of exports: oldest first."""
    ...


@query
async def page_of_subject(
    on: Executor,
    *,
    user_id: UUID | None,
    subject: Subject,
    predicate: Predicate | None,
    object: Object | None,
    before: Triple | Cursor | UUID | None,
    limit: Limit,
) -> list[Triple]:
    """Part of `page`: by the index of subjects."""
    ...


@query
async def page_of_object(
    on: Executor, *, user_id: UUID | None, object: Object, predicate: Predicate | None, before: Triple | Cursor | UUID | None, limit: Limit
) -> list[Triple]:
    """Part of `page`: by the index of objects."""
    ...


@query
async def page_of_predicate(
    on: Executor, *, user_id: UUID | None, predicate: Predicate, before: Triple | Cursor | UUID | None, limit: Limit
) -> list[Triple]:
    """Part of `page`: by the index of predicates."""
    ...


async def page(
    on: Executor,
    *,
    user_id: UUID | None = None,
    subject: str | None = None,
    predicate: str | None = None,
    object: str | None = None,
    before: Triple | Cursor | UUID | None = None,
    limit: int = 50,
) -> list[Triple]:
    """The live triples of the user, or of the tenant if `user_id` is None, with the given parts in any spelling, newest first.

    `before`: see `memdb.Cursor`; `limit` is 1 to 1,000.
    """
    if subject is not None:
        return await page_of_subject(on, user_id=user_id, subject=subject, predicate=predicate, object=object, before=before, limit=limit)
    if object is not None:
        return await page_of_object(on, user_id=user_id, object=object, predicate=predicate, before=before, limit=limit)
    if predicate is not None:
        return await page_of_predicate(on, user_id=user_id, predicate=predicate, before=before, limit=limit)
    return await page_of_owner(on, user_id=user_id, before=before, limit=limit)


@query
async def count(
    on: Executor,
    *,
    user_id: UUID | None = None,
    subject: Subject | None = None,
    predicate: Predicate | None = None,
    object: Object | None = None,
) -> int:
    """The number of live triples of the user, or of the tenant if `user_id` is None; the filters are those of `page`."""
    ...


@query
async def unembedded(on: Executor, *, after: Triple | Cursor | UUID | None = None, limit: Limit = 100) -> list[Triple]:
    """Live triples of all users and of the tenant without an embedding, oldest first. `after`: see `memdb.Cursor`.

    For `embed`, with embeddings of their `text`.
    """
    ...


@query
async def search_exact(
    on: Executor, *, user_id: UUID | None, with_tenant: bool, text: QueryText | None, embedding: Embedding | None, limit: Limit
) -> list[TripleHit]:
    """Part of `search`: comparing all."""
    ...


async def search(
    on: Executor,
    *,
    user_id: UUID | None = None,
    text: str | None = None,
    embedding: Embedding | None = None,
    with_tenant: bool = False,
    limit: int = 10,
) -> list[TripleHit]:
    """The live triples of the user, or of the tenant if `user_id` is None, that best answer a text, an embedding of it, or (best) both.

    - embedding: by cosine similarity. Every triple with an embedding is a candidate.
    - text: by BM25. A triple must have a word in common with it, in any inflection of the organization's language. "Quoted phrases" and
      -words count as in `memories.search`. A blank text without an embedding asks for nothing: it gives the first `limit` triples, oldest
      first, with the score 0.
    - `with_tenant`: the tenant's own triples as well as the user's.

    The score is the sum of both, each scaled to 0..1 over the scope. Ties go to the newer. The result has min(`limit`, number of
    candidates) hits, best first. All of the scope is compared.

    Raises InvalidInput, also for a zero embedding.
    """
    if embedding is None and text is None:
        raise InvalidInput("text", "or embedding must be given")
    if embedding is None and isinstance(text, str) and not text.strip():
        first = await page_of_oldest(on, user_id=user_id, with_tenant=with_tenant, after=None, limit=limit)
        return [TripleHit(triple, 0.0, None, None) for triple in first]
    vector = direction(embedding, on.dimension)
    return await search_exact(on, user_id=user_id, with_tenant=with_tenant, text=text, embedding=vector, limit=limit)
