"""The classes of messages and of context windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias, TypedDict
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import Embedding, JsonObject, ModelName, Name
from memdb.summaries import Summary

Role: TypeAlias = Literal["system", "developer", "user", "assistant", "tool"]

CallId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
Tokens: TypeAlias = Annotated[int, Meta(ge=0, le=10_000_000)]

INSTRUCTIONS: Final = ("system", "developer")
"""The roles whose messages are in every window."""

Part: TypeAlias = JsonObject
"""A part of a content, as the model provider defines it: `{"type": "text", "text": "..."}`, an image, a reference to a file."""

Content: TypeAlias = str | Sequence[Mapping[str, object]]
"""A content as an argument: a text, or a list of parts."""


def text_of(content: str | list[Part]) -> str:
    """The text of a content; of a list of parts, the `text` of each part that has one, one per line."""
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content if isinstance(part.get("text"), str))


class ToolCall(msgspec.Struct, frozen=True):
    """A tool call in an assistant's message. The message of role tool that answers it has `id` as its `tool_call_id`.

    `arguments` are stored exactly: an object with its keys in order, or the text that the model wrote, whether or not it is JSON.
    """

    id: str
    name: str
    arguments: JsonObject | str = {}


class Message(msgspec.Struct, frozen=True):
    """A live message of a session.

    - `position` numbers the session's messages from 1, without gaps, in the order in which they were appended. A deleted message keeps its
      position.
    - `content` is as it was given: a text, or a list of parts. `text` is the text of either.
    - `name` is the speaker's or the tool's. `model` is the model that wrote it.
    - `open_calls` are the ids of the `tool_calls` without a result so far. `tool_call_id` and `asked_position` say which call of which
      message a result answers.
    - `tokens` is the caller's count, or an estimate: one per four characters, and 1,000 per part without text.
    - `embedded`: whether it has an embedding. `sent_at` is when it was said, `created_at` when it was stored.
    - `version` increases by one with each change; a result that answers its call, and a later embedding, do not change it.
    """

    cursor_fields = ("position",)

    id: UUID
    session_id: UUID
    position: int
    role: Role
    content: str | list[Part]
    name: str | None
    tool_calls: list[ToolCall]
    open_calls: list[str]
    tool_call_id: str | None
    asked_position: int | None
    tokens: int
    model: str | None
    metadata: JsonObject
    embedded: bool
    version: int
    sent_at: datetime
    created_at: datetime
    updated_at: datetime

    @property
    def text(self) -> str:
        """The text by which the message is found; of a list of parts, their texts, one per line."""
        return text_of(self.content)


class MessageDetails(TypedDict, total=False):
    """The details that `append` takes for any message besides its content."""

    name: Name | None
    tokens: Tokens | None
    model: ModelName | None
    embedding: Embedding | None
    metadata: JsonObject | None
    sent_at: datetime | None


class NewMessage(msgspec.Struct, frozen=True, kw_only=True):
    """An item of `append_many`; the fields are the parameters of `append`."""

    role: Role
    content: Content = ""
    name: Name | None = None
    tool_calls: list[ToolCall] = []
    tool_call_id: CallId | None = None
    tokens: Tokens | None = None
    model: ModelName | None = None
    embedding: Embedding | None = None
    metadata: JsonObject | None = None
    sent_at: datetime | None = None
    id: UUID | None = None


class MessageHit(msgspec.Struct, frozen=True):
    """A message found by a search. `score` is the sum of its parts.

    The parts are `vector` and `text`, each between 0 and 1; `context`, what the words of surrounding messages add to its own; and the
    others, which are 0 unless the ranking counts them (`question` is 0 or negative). `similarity` is the cosine similarity (-1 to 1), or
    None without an embedding. `text_score` is BM25, or None if no word counts for the message.
    """

    message: Message
    score: float
    similarity: float | None
    text_score: float | None
    vector: float
    text: float
    context: float
    length: float
    first_person: float
    question: float
    answer: float
    named: float


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a message search's score besides similarity and BM25. A share is from 0 to 1, a weight from 0 to 1,000.

    - `centring`: the share of the mean of the scope's embeddings (its latest 200; not used below 50) that is subtracted from the embedding
      searched for.
    - `bm25_b`: BM25's b, which penalizes long messages.
    - `context_share`: the share at which the words of the ten best messages by text count for those around them, up to four places before
      and four after each in its session. It decreases with the number of words in between, to none at 80, and is seven tenths for the
      messages before. A word in more than a quarter of the scope counts only where it occurs.
    - `length_weight`: the natural logarithm of the number of distinct words.
    - `first_person_weight`: 1 if it says "I" or the like, in the languages whose words memdb knows.
    - `question_weight`: -1 if it has a question mark. `answer_weight`: 1 if the message before it in its session has one. Texts of more
      than 32 KiB never count as questions.
    - `named_weight`: 1 if the `name` of its sender begins with a word of the text.
    """

    centring: float = 0.0
    bm25_b: float = 0.0
    context_share: float = 1.0
    length_weight: float = 0.0
    first_person_weight: float = 0.0
    question_weight: float = 0.0
    answer_weight: float = 0.0
    named_weight: float = 0.0

    @classmethod
    def conversation(cls) -> Ranking:
        """For the turns of a conversation between people (measured in docs/search.md)."""
        return cls(
            centring=0.75,
            length_weight=0.15,
            first_person_weight=0.1,
            question_weight=0.05,
            answer_weight=0.05,
            named_weight=0.1,
        )


class WindowPart(msgspec.Struct, frozen=True):
    """A row of a window; the first row has the summary, if there is one."""

    edits: int
    is_cut: bool
    summary: Summary | None
    message: Message | None


class Window(msgspec.Struct, frozen=True):
    """The context window of a session.

    - `summary` stands for the messages up to its `last_position`; None if none is up to date.
    - `messages`: all system and developer messages, and the newest others that fit, oldest first, but results directly after their calls.
      Each tool call has its result, and each result its call.
    - `tokens`: the sum for the summary and the messages. `is_cut`: whether messages after the summary were left out because they do not
      fit.
    - `edits`: the session's, for `summaries.add`.
    """

    summary: Summary | None
    messages: list[Message]
    tokens: int
    is_cut: bool
    edits: int
