"""pydantic-ai over memdb: a store of conversations.

async with memdb.connect(dsn) as db:
    store = MemdbConversationStore(db.tenant(org_id))
    conversation = await store.load("c-1") or Conversation(conversation_id="c-1")
    await store.save(await agent.run("Hello.", conversation=conversation))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Final, Literal
from uuid import UUID

import msgspec

from memdb import transcripts
from memdb.adapters.opening import Opening
from memdb.adapters.paging import all_of
from memdb.adapters.tenants import of_tenant, owner_of
from memdb.engine.executor import Executor
from memdb.errors import ExtraMissing, NotFound
from memdb.transcripts import ABSENT, Entry, NewEntry, RevisionConflict, Transcript

try:
    from pydantic import TypeAdapter
    from pydantic_ai import DeferredToolRequests, ModelMessagesTypeAdapter, RunUsage, UserError
    from pydantic_ai.conversation_store import ConversationConflict, ConversationEntry, ConversationRecord, ConversationStore
    from pydantic_core import PydanticSerializationError
except ImportError as error:
    raise ExtraMissing("pydantic-ai's store of conversations", "pydantic-ai") from error

_NAMESPACE: Final = "pydantic-ai"


@dataclass
class _State:
    """The parts of a record for which a transcript has no column."""

    usage: RunUsage = field(default_factory=RunUsage)
    deferred_tool_requests: DeferredToolRequests | None = None
    forked_from: str | None = None
    forked_at: str | None = None
    format_version: Literal[1] = 1


_states: Final = TypeAdapter(_State)


class MemdbConversationStore(ConversationStore):
    """Keeps conversations in a tenant's transcripts, in the namespace "pydantic-ai".

    - `tenant`: `db.tenant(org_id)`, or a transaction on it.
    - `agent_id`, `user_id`: the owners of new conversations, for legal holds and erasures.

    A fork copies the history from which it continues; the copy stays when the other conversation is deleted or erased. Deleting removes a
    conversation's messages permanently, and raises UnderLegalHold if a hold forbids it. A write removes messages that neither the history
    nor a branch reaches. Raises ConversationConflict and UserError as the contract says, and otherwise what `memdb.transcripts` does.
    """

    def __init__(self, tenant: Executor, *, agent_id: UUID | None = None, user_id: UUID | None = None) -> None:
        self.tenant = of_tenant("MemdbConversationStore", tenant)
        self._owner = owner_of(agent_id, user_id)

    @classmethod
    def from_url(
        cls, url: str | None = None, *, org_id: UUID | None = None, agent_id: UUID | None = None, user_id: UUID | None = None
    ) -> Opening[MemdbConversationStore]:
        """A store with a database of its own, for `async with`: `url` is what `memdb.connect` takes, including `embedded:`.

        `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
        """
        return Opening(url, org_id, lambda tenant: cls(tenant, agent_id=agent_id, user_id=user_id))

    async def read_record(self, conversation_id: str) -> ConversationRecord | None:
        found = await transcripts.get(self.tenant, id=conversation_id, namespace=_NAMESPACE)
        return None if found is None else _record(found)

    async def read_records(self, *, scope: str | None = None, limit: int | None = None) -> Sequence[ConversationRecord]:
        page = partial(transcripts.page, self.tenant, namespace=_NAMESPACE, scope=scope)
        return [_record(each) for each in await all_of(page, limit)]

    async def write_record(
        self, record: ConversationRecord, *, new_entries: Sequence[ConversationEntry] = (), expected_revision: str | None
    ) -> None:
        """Raises UserError unless the new entries are one history, each after the one before it, up to the record's head."""
        new = list(new_entries)
        if any(each.parent_id != before.id for before, each in pairwise(new)) or (new and new[-1].id != record.head_id):
            raise UserError("`new_entries` must each follow the one before it, and the last must be the record's `head_id`.")
        try:
            await transcripts.write(
                self.tenant,
                id=record.conversation_id,
                namespace=_NAMESPACE,
                expected_revision=ABSENT if expected_revision is None else expected_revision,
                after_id=new[0].parent_id if new else record.head_id,
                items=[NewEntry(_message(each), each.id) for each in new],
                branches=record.branches,
                revision=record.revision,
                state=_state(record),
                scope=record.scope,
                updated_at=record.updated_at,
                **self._owner,
            )
        except RevisionConflict as error:
            raise ConversationConflict(record.conversation_id) from error
        except NotFound as error:
            if error.kind != "entry":
                raise
            raise ConversationConflict(record.conversation_id) from error

    async def delete_record(self, conversation_id: str, *, expected_revision: str) -> None:
        try:
            await transcripts.delete(self.tenant, id=conversation_id, namespace=_NAMESPACE, expected_revision=expected_revision)
        except RevisionConflict as error:
            raise ConversationConflict(conversation_id) from error

    async def read_entry(self, entry_id: str) -> ConversationEntry:
        (entry,) = await self.read_history(entry_id, limit=1)
        return entry

    async def read_history(self, head_id: str | None, *, limit: int | None = None) -> list[ConversationEntry]:
        if head_id is None:
            return []
        entries = await transcripts.history(self.tenant, head_id=head_id, namespace=_NAMESPACE, limit=limit)
        if not entries and limit != 0:
            raise KeyError(head_id)
        return _entries(entries)


def _record(found: Transcript) -> ConversationRecord:
    state = _states.validate_json(found.state_text or "{}")
    return ConversationRecord(
        conversation_id=found.id,
        head_id=found.head_id,
        usage=state.usage,
        deferred_tool_requests=state.deferred_tool_requests,
        scope=found.scope,
        forked_from=state.forked_from,
        forked_at=state.forked_at,
        branches=found.branches,
        revision=found.revision,
        updated_at=found.updated_at,
        format_version=state.format_version,
    )


def _state(record: ConversationRecord) -> msgspec.Raw:
    state = _State(record.usage, record.deferred_tool_requests, record.forked_from, record.forked_at, record.format_version)
    return msgspec.Raw(_states.dump_json(state))


def _message(entry: ConversationEntry) -> msgspec.Raw:
    try:
        # A list of one, without its brackets: the adapter is for lists.
        return msgspec.Raw(ModelMessagesTypeAdapter.dump_json([entry.message])[1:-1])
    except PydanticSerializationError as error:
        raise UserError(f"The message of entry {entry.id!r} cannot be stored as JSON: {error}") from error


def _entries(entries: Sequence[Entry]) -> list[ConversationEntry]:
    messages = ModelMessagesTypeAdapter.validate_json(f"[{','.join(each.text for each in entries)}]")
    return [
        ConversationEntry(id=each.id or "", parent_id=each.parent_id, message=message)
        for each, message in zip(entries, messages, strict=True)
    ]
