"""An agent's reviews: one of each pull request, revised when there is more to say."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from code_reviews import queries
from memdb import Cursor, Executor
from memdb.engine.inputs import Limit, Name, Version

Verdict: TypeAlias = Literal["approved", "changes_requested", "commented"]
PullRequest: TypeAlias = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Summary: TypeAlias = Annotated[str, Meta(max_length=10_000)]


class Review(msgspec.Struct, frozen=True):
    """What an agent said of a pull request. `user_id` is who asked for it, None if nobody did; `version` counts the changes from 1."""

    id: UUID
    agent_id: UUID
    user_id: UUID | None
    repository: str
    pull_request: int
    verdict: str
    summary: str
    version: int
    created_at: datetime
    updated_at: datetime


class Tally(msgspec.Struct, frozen=True):
    """How many reviews ended in a verdict."""

    verdict: str
    reviews: int


@queries(absent="agent")
async def add(
    on: Executor,
    *,
    agent_id: UUID,
    repository: Name,
    pull_request: PullRequest,
    verdict: Verdict,
    summary: Summary,
    user_id: UUID | None = None,
) -> Review:
    """Add an agent's review. Raises AlreadyExists for a second one of the same pull request, InvalidInput, NotFound, WritesRefused."""
    ...


@queries
async def get(on: Executor, *, id: UUID) -> Review | None:
    """The review, or None where it is deleted or another tenant's."""
    ...


@queries
async def page(
    on: Executor,
    *,
    repository: Name | None = None,
    verdict: Verdict | None = None,
    before: Review | Cursor | UUID | None = None,
    limit: Limit = 50,
) -> list[Review]:
    """The tenant's reviews, newest first: all, or those of a repository, or with a verdict. `before`: see `memdb.Cursor`."""
    ...


@queries
async def tally(on: Executor, *, agent_id: UUID) -> list[Tally]:
    """How often an agent came to each verdict, the most frequent first."""
    ...


@queries
async def revise(on: Executor, *, id: UUID, verdict: Verdict, summary: Summary, expected_version: Version) -> Review:
    """Say something else. Raises InvalidInput, NotFound, VersionConflict."""
    ...


@queries
async def delete(on: Executor, *, id: UUID) -> int:
    """Delete a review, until memdb's retention purges it; its last version. Raises NotFound."""
    ...
