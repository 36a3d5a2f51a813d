"""Attributes: what facts can give values of, and what happens if two facts give different ones.

    await attributes.register(tenant, key="city", value_type="string", conflict_policy="supersede")
    await facts.assert_(tenant, agent_id=..., entity_id=ada, content="Ada lives in Rome", attribute="city", value="Rome")

A fact with an unknown attribute proposes it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from memdb.engine.clearing import Clear
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit, Reason, Version
from memdb.engine.own import query

__all__ = [
    "Attribute",
    "ConflictPolicy",
    "Status",
    "ValueType",
    "count",
    "get",
    "page",
    "propose",
    "register",
    "update",
]

Key: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Status: TypeAlias = Literal["proposed", "accepted", "retired"]
ValueType: TypeAlias = Literal["string", "number", "boolean", "date", "json"]
ConflictPolicy: TypeAlias = Literal["supersede", "keep_both", "reject", "highest_confidence"]
Example: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]


class Attribute(msgspec.Struct, frozen=True):
    """An attribute of a tenant, identified by its key.

    - `status`: proposed until accepted; a retired one takes no new facts. Facts with proposed attributes are ordinary facts.
    - `value_type` is the required type of its values; a date is an ISO 8601 text, with or without a time.
    - `conflict_policy` applies to facts with different values whose validities overlap. supersede: the one that begins later ends the
      other. keep_both: both hold. reject: the one that begins first holds while it lasts, the other only when it does not.
      highest_confidence: likewise, the one with the higher confidence holds; ties go to the one that begins later. A fact that holds at no
      time is not stored.
    - `time_to_live` is how long a fact is held true after it was last asserted or confirmed, None without end.
    - `seen` is how often it was proposed, `proposed_by` the actor who did so first. `version` increases with each change, not with
      proposals.
    """

    cursor_fields = ("key",)

    key: str
    status: Status
    value_type: ValueType
    conflict_policy: ConflictPolicy
    time_to_live: timedelta | None
    seen: int
    proposed_by: str | None
    reason: str | None
    example: str | None
    version: int
    first_seen_at: datetime
    last_seen_at: datetime
    created_at: datetime
    updated_at: datetime


@query(absent="organization")
async def propose(
    on: Executor,
    *,
    key: Key,
    value_type: ValueType = "string",
    conflict_policy: ConflictPolicy = "supersede",
    time_to_live: timedelta | None = None,
    reason: Reason | None = None,
    example: Example | None = None,
) -> Attribute:
    """Propose an attribute. If it already exists, in whatever status, only `seen` increases.

    `key`: 1 to 64 lower-case letters, digits, _ and ., starting with a letter. `time_to_live`: None means without end. `reason`: up to
    2,000 characters, `example`: up to 256. Raises InvalidInput, WritesRefused.
    """
    ...


@query(absent="organization")
async def register(
    on: Executor,
    *,
    key: Key,
    value_type: ValueType = "string",
    conflict_policy: ConflictPolicy = "supersede",
    time_to_live: timedelta | None = None,
    reason: Reason | Clear | None = None,
    example: Example | Clear | None = None,
) -> Attribute:
    """Ensure that this attribute exists, is accepted and has these rules, by creating or changing it.

    Call it at every start of a service: if everything is so already, nothing changes. `reason` and `example` None leave them unchanged,
    CLEAR empties them. The parameters are those of `propose`. Raises InvalidInput, WritesRefused.
    """
    ...


@query
async def get(on: Executor, *, key: Key) -> Attribute | None:
    """The attribute `key`, or None."""
    ...


@query
async def page(
    on: Executor, *, status: Status | None = None, after: Attribute | Cursor | Key | None = None, limit: Limit = 50
) -> list[Attribute]:
    """The tenant's attributes of one status or of all, in the order of their keys. `after`: see `memdb.Cursor`."""
    ...


@query
async def count(on: Executor, *, status: Status | None = None) -> int:
    """The number of the tenant's attributes, of one status or of all."""
    ...


@query(absent="attribute", key="key")
async def update(
    on: Executor,
    *,
    key: Key,
    expected_version: Version | None = None,
    status: Status | None = None,
    value_type: ValueType | None = None,
    conflict_policy: ConflictPolicy | None = None,
    time_to_live: timedelta | Clear | None = None,
    reason: Reason | Clear | None = None,
    example: Example | Clear | None = None,
) -> Attribute:
    """Change the given fields. None leaves a field unchanged, CLEAR empties it. Existing facts stay unchanged.

    `status`: from proposed to accepted or retired, from accepted to retired, and back. Raises NotFound, InvalidTransition, VersionConflict
    (nothing is changed), InvalidInput, WritesRefused.
    """
    ...
