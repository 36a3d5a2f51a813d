"""What a message is, and what a window on a session shows."""

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
"""A part of a content, as the model's provider defines it: `{"type": "text", "text": "..."}`, an image, a reference to a file."""

Content: TypeAlias = str | Sequence[Mapping[str, object]]
"""What may be given as a content: a text, or a list of parts."""


def text_of(content: str | list[Part]) -> str:
    """The text of a content: of a list of parts that of each that has a `text`, one a line."""
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content if isinstance(part.get("text"), str))


class ToolCall(msgspec.Struct, frozen=True):
    """What an assistant's message asks a tool for; the message of role tool that answers has `id` as its `tool_call_id`.

    `arguments` are kept to the letter: an object with its keys in their order, or the text that the model wrote, be it JSON or not.
    """

    id: str
    name: str
    arguments: JsonObject | str = {}


class Message(msgspec.Struct, frozen=True):
    """A live message of a session.

    - `position` counts the session's messages from 1, without gaps, in the order in which they were appended; a deleted one keeps its
      place.
    - `content` is what was given: a text, or a list of parts. `text` is the text of either.
    - `name` is who speaks, or the tool's. `model` is the one that wrote it.
    - `open_calls` are the ids of the `tool_calls` that have no result yet. `tool_call_id` and `asked_position` say which call of which
      message a result is of.
    - `tokens` is what the caller counted, or an estimate: one for each four characters, 1,000 for each part without text.
    - `embedded`: whether it has an embedding. `sent_at` is when it was said, `created_at` when it was stored.
    - `version` goes up by one with each change; a result that answers its call, and a later embedding, leave it.
    """

    cursor_fields = ("position",)

    id: UUID
    session_id: UUID
    position: int
    role: str
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
        """The text of the content, by which the message is found: that of its parts, one a line."""
        return text_of(self.content)


class MessageDetails(TypedDict, total=False):
    """What `append` may be told of any message besides its content."""

    name: Name | None
    tokens: Tokens | None
    model: ModelName | None
    embedding: Embedding | None
    metadata: JsonObject | None
    sent_at: datetime | None


class NewMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One item of `append_many`; the fields are the parameters of `append`."""

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
    """A message that a search found. `score` is the sum of its parts: `vector` and `text`, each between 0 and 1, `context`, what the words
    of the messages around it add to its own, and the others, which are 0 unless the ranking counts them; `question` is 0 or below.

    `similarity` is the cosine similarity (-1 to 1; None without an embedding), `text_score` BM25 (None where no word counts for it).
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
    """What counts in a search of messages besides similarity and BM25. A share is from 0 to 1, a weight from 0 to 1,000.

    - `centring`: which share of the mean of the scope's embeddings (its latest 200; none of fewer than 50) is taken from the one that
      is searched for.
    - `bm25_b`: how much a long message counts for less.
    - `context_share`: which share of the words of the ten best by text counts for the messages around them, four places before and four
      after each in its session: the less, the more words are between, none from 80 on; for those before it seven tenths of that. A word
      that more than a quarter of the scope has counts where it is only.
    - `length_weight`: the natural logarithm of the number of different words.
    - `first_person_weight`: 1 if it says "I" or the like, in the languages of which memdb knows the words.
    - `question_weight`: -1 if it has a question mark; `answer_weight`: 1 if the one before it in its session has one. Texts of more than 32
      KiB ask nothing.
    - `named_weight`: 1 if the `name` of who says it begins with a word of the text.
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
        """For what people say to one another, turn by turn. docs/search.md has what it finds."""
        return cls(
            centring=0.75,
            length_weight=0.15,
            first_person_weight=0.1,
            question_weight=0.05,
            answer_weight=0.05,
            named_weight=0.1,
        )


class WindowPart(msgspec.Struct, frozen=True):
    """A row of a window: the first one has the summary, if there is one."""

    edits: int
    is_cut: bool
    summary: Summary | None
    message: Message | None


class Window(msgspec.Struct, frozen=True):
    """What a model is shown of a session.

    - `summary` stands for the messages up to its `last_position`; None if there is none that is up to date.
    - `messages`: all system and developer messages, and the newest others that fit, oldest first, but results right after their calls. Each
      tool call in it has its result, and each result its call.
    - `tokens`: those of the summary and the messages. `is_cut`: whether messages after the summary were left out because they do not fit.
    - `edits`: the session's, for `summaries.add`.
    """

    summary: Summary | None
    messages: list[Message]
    tokens: int
    is_cut: bool
    edits: int
