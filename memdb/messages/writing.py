"""Appending, changing and deleting messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, TypeAlias, Unpack
from uuid import UUID

from msgspec import Meta

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.clearing import CLEAR, Clear
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, JsonObject, ModelName, Name, Version, each_checked
from memdb.engine.json_values import letters
from memdb.engine.own import query
from memdb.errors import InvalidInput, NotFound
from memdb.messages.structs import Content, Message, MessageDetails, NewMessage, Role, Tokens, ToolCall, text_of

MessageText: TypeAlias = Annotated[str, Meta(max_length=10_000_000)]

_LARGEST_BATCH: Final = 1000
_COLUMNS: Final = Columns(NewMessage, but=("content", "tool_calls"))


@query(absent="session")
async def insert_new(on: Executor, *, session_id: UUID, role: Role, content: MessageText, **details: Unpack[MessageDetails]) -> Message:
    """Part of `append`: for most messages, faster than `insert`."""
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
    """Part of `append` and `append_many`. Each list has one element per message."""
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

    - `content`: a text, or a list of parts (JSON objects) as the model provider defines them, which is returned as given. Up to 10,000,000
      characters of text, of which searches read the first 32,768, and 32 MiB of parts. Not blank, unless the message has tool calls or is a
      tool's result.
    - `tool_calls`: an assistant's tool calls, with distinct ids, up to 16 MiB. `tool_call_id`: required for role tool, refused for others;
      the id of a call of the session without a result so far; if several have this id, the last.
    - `tokens` None means one per four characters, and 1,000 per part without text.
    - `metadata`: a JSON object of at most 8,192 bytes.
    - `sent_at` None means now; it does not affect the order. `id` None means a new UUIDv7.

    If the session already has a message with this `id`, role and content, it is returned unchanged, so an append with an id can be retried
    safely. Raises InvalidInput, NotFound for an unknown session, SessionClosed, AlreadyExists if another message has this `id`,
    WritesRefused.
    """
    if id is None and not tool_calls and tool_call_id is None and isinstance(content, str):
        return await insert_new(on, session_id=session_id, role=role, content=content, **details)
    calls: Any = tool_calls
    item = NewMessage(role=role, content=content, tool_calls=calls, tool_call_id=tool_call_id, id=id, **details)
    return (await append_many(on, session_id=session_id, items=[item]))[0]


async def append_many(on: Executor, *, session_id: UUID, items: Iterable[NewMessage]) -> list[Message]:
    """`append` for 1 to 1,000 messages of one session, all or none, consecutively, in one round trip.

    A result may follow its call in the same batch. Raises as `append` does.
    """
    items = items_of(items, NewMessage, at_least=1, at_most=_LARGEST_BATCH)
    said = each_checked(items, lambda item: _said(item.content))
    appended = await insert(
        on,
        session_id=session_id,
        content=[text for text, _ in said],
        parts=[parts for _, parts in said],
        tool_calls=each_checked(items, lambda item: _calls(item.tool_calls)),
        **_COLUMNS.of(items),
    )
    if not appended:
        raise NotFound("session", session_id)
    return appended


def _said(content: Any) -> tuple[str, str | None]:
    """The text of a content, and the JSON of a list of parts."""
    if isinstance(content, str):
        return content, None
    if content is CLEAR:
        raise InvalidInput("content", "must not be CLEAR, for a message always has one: give another, or use messages.delete")
    if not isinstance(content, list | tuple) or not all(type(part) is dict for part in content):
        raise InvalidInput("content", "must be a str, or a list of parts, each a JSON object (a dict)")
    return text_of(list(content)), letters("content", content)


def _calls(calls: Any) -> str:
    """The exact JSON of tool calls."""
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
    """Change the given fields, also in a closed session. None leaves a field unchanged, CLEAR empties it.

    `metadata` is replaced as a whole. A changed content makes summaries that cover it stale. Without `tokens`, they are estimated anew;
    without a new embedding, the old one is dropped. `embedding` CLEAR also drops it, so that the message is `unembedded` again.
    `expected_version` None means any version. Raises NotFound, VersionConflict, InvalidInput, WritesRefused.
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
    """Soft-delete a message and return its new version. Its place stays empty, and summaries that cover it become stale.

    A call whose result is deleted is open again. `restore` undoes the deletion. Raises NotFound, VersionConflict, WritesRefused for a
    suspended tenant.
    """
    ...


@query(absent="deleted message", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Message:
    """Restore a deleted message at its place, with its embedding; summaries that cover the place become stale.

    A restored result answers its call again. The results of a restored call count again; those that are deleted leave it open. Raises
    NotFound if no deleted message has this id, InvalidInput for a result whose call now has another one, SessionClosed for an archived
    session (`archives.restore` it first), VersionConflict, WritesRefused.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the content that was read at `version`.

    Returns False, and stores nothing, if the message has changed or disappeared since. The message's version stays. `embed.many` takes a
    batch.
    """
    ...
