"""Reading messages by id and in order."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.messages.structs import Message, Role

_END: Final = 2**31 - 1

Place: TypeAlias = Annotated[int, Meta(ge=0, le=_END)]


@query
async def get(on: Executor, *, id: UUID) -> Message | None:
    """The live message `id` of a live session, or None."""
    ...


@query
async def page_of_newest(
    on: Executor, *, session_id: UUID, role: Role | None, before: Message | Cursor | Place, limit: Limit
) -> list[Message]:
    """Part of `page`: backward."""
    ...


@query
async def page_of_oldest(
    on: Executor, *, session_id: UUID, role: Role | None, after: Message | Cursor | Place, limit: Limit
) -> list[Message]:
    """Part of `page`: forward."""
    ...


async def page(
    on: Executor,
    *,
    session_id: UUID,
    role: Role | None = None,
    before: Message | Cursor | int | None = None,
    after: Message | Cursor | int | None = None,
    limit: int = 50,
) -> list[Message]:
    """A session's live messages, always oldest first: the last `limit`; those just before the place `before`; or those after `after`.

    To page backward, pass the position of the page's first message as `before`; to page forward, that of its last message as `after`, or 0
    for the beginning. Earlier messages are not read, however long the session is. An unknown session has no messages. Raises InvalidInput.
    """
    if after is None:
        # Always a place: under row-level security, an index scan cannot use a condition such as "or it is NULL".
        end = _END if before is None else before
        newest: list[Message] = await page_of_newest(on, session_id=session_id, role=role, before=end, limit=limit)
        return newest[::-1]
    if before is not None:
        raise InvalidInput("after", "and before must not be given together")
    return await page_of_oldest(on, session_id=session_id, role=role, after=after, limit=limit)


@query
async def count(on: Executor, *, session_id: UUID, role: Role | None = None) -> int:
    """The number of the session's live messages, of one role or of all."""
    ...


@query
async def unembedded(on: Executor, *, session_id: UUID, after: Message | Cursor | Place = 0, limit: Limit = 100) -> list[Message]:
    """A session's live messages without an up-to-date embedding in the executor's space, oldest first; blank ones are skipped.

    `after`: see `memdb.Cursor`. Pass `id`, `version` and the new embedding to `embed`.
    """
    ...
