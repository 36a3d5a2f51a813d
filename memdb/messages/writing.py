"""Appending messages, changing them, taking them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, TypeAlias, Unpack
from uuid import UUID

from msgspec import Meta

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.clearing import CLEAR, Clear
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, JsonObject, ModelName, Name, Version
from memdb.engine.json_values import letters
from memdb.engine.own import query
from memdb.errors import InvalidInput, NotFound
from memdb.messages.structs import Content, Message, MessageDetails, NewMessage, Role, Tokens, ToolCall, text_of

MessageText: TypeAlias = Annotated[str, Meta(max_length=10_000_000)]

_LARGEST_BATCH: Final = 1000
_COLUMNS: Final = Columns(NewMessage, but=("content", "tool_calls"))


@query(absent="session")
async def insert_new(on: Executor, *, session_id: UUID, role: Role, content: MessageText, **details: Unpack[MessageDetails]) -> Message:
    """Part of `append`: what most messages are, for less than `insert` takes."""
    ...


@query(again=True)
async def insert(
    on: Executor,
    *,
    session_id: UUID,
    content: list[MessageText],
    parts: list[str | None],
    tool_calls: list[str],
    **columns: Annotated[list[Any], _COLUMNS],
) -> list[Message]:
    """Part of `append` and `append_many`: each list has an element for each message."""
    ...


@unpacking
async def append(
    on: Executor,
    *,
    session_id: UUID,
    role: Role,
    content: Content = "",
    tool_calls: Sequence[ToolCall] = (),
    tool_call_id: str | None = None,
    id: UUID | None = None,
    **details: Unpack[MessageDetails],
) -> Message:
    """Append a message to an active session.

    - `content`: a text, or a list of parts (JSON objects) as the model's provider defines them, which is returned as it was given. Up to
      10,000,000 characters of text, of which searches read the first 32,768, and 32 MiB of parts; not blank, but with tool calls or for a
      tool's result.
    - `tool_calls`: what an assistant asks for, with ids that differ from one another, up to 16 MiB. `tool_call_id`: for role tool and no
      other, the id of a call of the session that has no result yet; of several the last.
    - `tokens` None means one for each four characters, and 1,000 for each part without text.
    - `metadata`: a JSON object of at most 8,192 bytes.
    - `sent_at` None means now; it does not change the order. `id` None means a new UUIDv7.

    A message that the session has already, with this `id`, role and content, is returned as it is: an append with an id may be repeated
    safely. Raises InvalidInput, NotFound for an unknown session, SessionClosed, AlreadyExists if another message has this `id`,
    WritesRefused.
    """
    if id is None and not tool_calls and tool_call_id is None and isinstance(content, str):
        return await insert_new(on, session_id=session_id, role=role, content=content, **details)
    calls: Any = tool_calls
    item = NewMessage(role=role, content=content, tool_calls=calls, tool_call_id=tool_call_id, id=id, **details)
    return (await append_many(on, session_id=session_id, items=[item]))[0]


async def append_many(on: Executor, *, session_id: UUID, items: Iterable[NewMessage]) -> list[Message]:
    """`append` for 1 to 1,000 messages of one session, all or none, one after the other and nothing in between; in one round trip.

    A result may stand after its call in the same batch. Raises as `append` does.
    """
    items = items_of(items, NewMessage, at_least=1, at_most=_LARGEST_BATCH)
    said = [_said(item.content) for item in items]
    appended = await insert(
        on,
        session_id=session_id,
        content=[text for text, _ in said],
        parts=[parts for _, parts in said],
        tool_calls=[_calls(item.tool_calls) for item in items],
        **_COLUMNS.of(items),
    )
    if not appended:
        raise NotFound("session", session_id)
    return appended


def _said(content: Any) -> tuple[str, str | None]:
    """The text of a content, and of a list of parts their JSON."""
    if isinstance(content, str):
        return content, None
    if content is CLEAR:
        raise InvalidInput("content", "must not be CLEAR, for a message always has one: give another, or use messages.delete")
    if not isinstance(content, list | tuple) or not all(type(part) is dict for part in content):
        raise InvalidInput("content", "must be a str, or a list of parts, each a JSON object (a dict)")
    return text_of(list(content)), letters("content", content)


def _calls(calls: Any) -> str:
    """The JSON of tool calls, to the letter."""
    if not calls:
        return "[]"
    if isinstance(calls, str) or not isinstance(calls, Sequence) or not all(isinstance(call, ToolCall) for call in calls):
        raise InvalidInput("tool_calls", "must be a list of ToolCall objects")
    for call in calls:
        for field in ("id", "name"):
            value = getattr(call, field)
            if not isinstance(value, str) or not 1 <= len(value) <= 200:
                raise InvalidInput("tool_calls", f"must have an {field} of 1 to 200 characters each")
        if type(call.arguments) not in (dict, str):
            raise InvalidInput("tool_calls", "must have a JSON object or a str as arguments")
    if len({call.id for call in calls}) < len(calls):
        raise InvalidInput("tool_calls", "must have ids that differ from one another")
    return letters("tool_calls", [{"id": call.id, "name": call.name, "arguments": call.arguments} for call in calls])


@query
async def change(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None,
    content: MessageText | None,
    parts: str | None,
    name: Name | Clear | None,
    model: ModelName | Clear | None,
    tokens: Tokens | None,
    embedding: Embedding | Clear | None,
    metadata: JsonObject | None,
) -> Message:
    """Part of `update`."""
    ...


async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: int | None = None,
    content: Content | None = None,
    name: str | Clear | None = None,
    model: str | Clear | None = None,
    tokens: int | None = None,
    embedding: Embedding | Clear | None = None,
    metadata: JsonObject | None = None,
) -> Message:
    """Change what is given, in a closed session, too; None leaves a field as it is, CLEAR empties it; `metadata` is replaced whole.

    A changed content makes summaries that cover it stale; without `tokens` it is estimated anew, without a new embedding the old one drops.
    `embedding` CLEAR drops it, too: the message is `unembedded` again.
    `expected_version` None means whatever version there is. Raises NotFound, VersionConflict, InvalidInput, WritesRefused.
    """
    text, parts = (None, None) if content is None else _said(content)
    return await change(
        on,
        id=id,
        expected_version=expected_version,
        content=text,
        parts=parts,
        name=name,
        model=model,
        tokens=tokens,
        embedding=embedding,
        metadata=metadata,
    )


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a message; returns the version that this made. Its place stays empty, and summaries that cover it become stale.

    A call whose result is deleted is open again. `restore` undoes it. Raises NotFound, VersionConflict, WritesRefused for a suspended
    tenant.
    """
    ...


@query(absent="deleted message", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Message:
    """Undo a deletion: the message is at its place again, with its embedding, and summaries that cover that become stale.

    A restored result answers its call again; the results of a restored call count again, and those that were deleted leave it open.
    Raises NotFound if no deleted message has this id, InvalidInput for a result whose call has another one by now, SessionClosed for an
    archived session (`archives.restore` it first), VersionConflict, WritesRefused.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the content that was read at `version`. False if the message has changed or gone since: nothing is stored.

    The message's version stays. `embed.many` takes a batch.
    """
    ...
