"""Writing transcripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from memdb.engine.arguments import listed
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonValue
from memdb.engine.json_values import verbatim
from memdb.engine.own import query
from memdb.errors import InvalidInput, NotFound
from memdb.transcripts.structs import (
    Branches,
    EntryId,
    EntryIds,
    ExpectedRevision,
    Namespace,
    NewEntry,
    Revision,
    RevisionConflict,
    Scope,
    StateText,
    Texts,
    Transcript,
    TranscriptId,
)

_LARGEST_BATCH: Final = 10_000


class Extended(msgspec.Struct, frozen=True):
    """The current transcript, or None if nothing was written."""

    transcript: Transcript | None


class Rewritten(msgspec.Struct, frozen=True):
    """Whether the entry to continue from exists, and the current transcript, or None if nothing was written."""

    after_exists: bool
    transcript: Transcript | None


@query(absent="organization or agent", key="agent_id")
async def extend(
    on: Executor,
    *,
    id: TranscriptId,
    namespace: Namespace,
    ids: EntryIds,
    data: Texts,
    expected_revision: ExpectedRevision | None,
    revision: Revision | None,
    state: StateText | None,
    scope: Scope | None,
    agent_id: UUID | None,
    user_id: UUID | None,
) -> Extended:
    """Part of `append`."""
    ...


@query(absent="organization or agent", key="agent_id")
async def rewrite(
    on: Executor,
    *,
    id: TranscriptId,
    namespace: Namespace,
    after_id: EntryId | None,
    ids: EntryIds,
    data: Texts,
    branches: Branches,
    expected_revision: ExpectedRevision,
    revision: Revision | None,
    state: StateText | None,
    scope: Scope | None,
    updated_at: datetime | None,
    agent_id: UUID | None,
    user_id: UUID | None,
) -> Rewritten:
    """Part of `write`."""
    ...


async def append(
    on: Executor,
    *,
    id: str,
    namespace: str = "",
    items: Iterable[JsonValue | NewEntry],
    expected_revision: str | None = None,
    revision: str | None = None,
    state: JsonValue | None = None,
    scope: str | None = None,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
) -> Transcript:
    """Append 1 to 10,000 entries to a transcript, all or none, consecutively. The first ones create it.

    - `id`: up to 1,024 bytes; `namespace`: up to 512, to keep apart what must not meet, such as applications.
    - `items`: any JSON values, of up to 256 MiB of text each, or `NewEntry` with an id of 1 to 256 bytes. They are stored exactly: the
      order of keys, NUL, lone surrogates, NaN and infinities. A `msgspec.Raw` is stored as it is.
    - `expected_revision`: the revision that the transcript must have; `ABSENT`: it must not exist; None: any.
    - `revision`: the new one, None for one made by memdb. `state`: up to 16 MiB, None leaves it unchanged.
    - `scope`, `agent_id`, `user_id`: of a new transcript; legal holds and erasures of the agent and the user apply to all of it.

    Writers of one transcript wait for one another until they commit, so append last in a transaction.

    Raises RevisionConflict, AlreadyExists if an entry of the transcript has one of the ids, InvalidInput, NotFound for an unknown agent or
    user, WritesRefused.
    """
    ids, data = _columns(items)
    if not data:
        raise InvalidInput("items", "must not be empty")
    while True:
        made = await extend(
            on,
            id=id,
            namespace=namespace,
            ids=ids,
            data=data,
            expected_revision=expected_revision,
            revision=revision,
            state=_text(state),
            scope=scope,
            agent_id=agent_id,
            user_id=user_id,
        )
        if made.transcript is not None:
            return made.transcript
        if expected_revision is not None:
            raise RevisionConflict(id)
        # It was created or removed concurrently.


async def write(
    on: Executor,
    *,
    id: str,
    namespace: str = "",
    expected_revision: str,
    after_id: str | None,
    items: Iterable[JsonValue | NewEntry] = (),
    branches: Sequence[str] = (),
    revision: str | None = None,
    state: JsonValue | None = None,
    scope: str | None = None,
    updated_at: datetime | None = None,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
) -> Transcript:
    """Rewrite a transcript: its history up to an entry, up to 10,000 items after that, its branches, its state and its scope.

    - `expected_revision`: its current one, or `ABSENT` to create it.
    - `after_id`: the last entry that stays in its history, or None for none. A new transcript may continue from an entry of another one in
      the namespace, whose history is copied; later changes of the other do not affect it.
    - `branches`: up to 10,000 ids of entries that stay, with those before them, besides the history. Entries in neither are removed, unless
      a legal hold forbids it; then they stay, but are no longer in the transcript's history.
    - `updated_at`: None for now. The others are those of `append`; a `state` or `scope` of None removes it.

    Raises NotFound for an unknown entry `after_id`, and as `append` does.
    """
    ids, data = _columns(items)
    made = await rewrite(
        on,
        id=id,
        namespace=namespace,
        after_id=after_id,
        ids=ids,
        data=data,
        branches=listed("branches", branches),
        expected_revision=expected_revision,
        revision=revision,
        state=_text(state),
        scope=scope,
        updated_at=updated_at,
        agent_id=agent_id,
        user_id=user_id,
    )
    if made.transcript is not None:
        return made.transcript
    if not made.after_exists:
        raise NotFound("entry", after_id)
    raise RevisionConflict(id)


def _columns(items: Iterable[JsonValue | NewEntry]) -> tuple[list[str | None], list[str]]:
    if isinstance(items, Mapping):
        raise InvalidInput("items", f"must be a list of items, not one {type(items).__name__}")
    given = listed("items", items)
    if len(given) > _LARGEST_BATCH:
        raise InvalidInput("items", f"must be at most {_LARGEST_BATCH}, not {len(given)}")
    entries = [each if isinstance(each, NewEntry) else NewEntry(each) for each in given]
    return [each.id for each in entries], [verbatim("items", each.value) for each in entries]


def _text(state: JsonValue | None) -> str | None:
    return None if state is None else verbatim("state", state)
