"""The caller's parts: a model that completes, a model that embeds, and a fact extractor; and their results."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from memdb.adapters.arandu.errors import ExtractionError


@dataclass
class TokenUsage:
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0

    def __add__(self, other: Any) -> TokenUsage:
        return TokenUsage(
            self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens, self.total_tokens + other.total_tokens
        )


@dataclass
class LLMResult:
    text: str
    usage: TokenUsage | None = None


@runtime_checkable
class LLMProvider(Protocol):
    """A model that completes: one of arandu's own providers, or any class with this method."""

    async def complete(
        self,
        messages: list[dict[str, Any]],
        temperature: float = 0,
        response_format: dict[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> LLMResult: ...


@runtime_checkable
class EmbeddingProvider(Protocol):
    """`embed_one` returns None for a text without an embedding. Embeddings have the dimension of the database's embedding space."""

    async def embed(self, texts: list[str]) -> list[list[float]]: ...
    async def embed_one(self, text: str) -> list[float] | None: ...


@dataclass
class ExtractedEntity:
    name: str
    type: str
    aliases: list[str] = field(default_factory=list)


@dataclass
class ExtractedFact:
    """A statement of a message about `subject`, an entity's name.

    With an `attribute` and its `value`, memdb's policy for the attribute decides what happens to other values (`memdb.attributes`).
    `updates` is the text of the known fact that this one replaces.
    """

    subject: str
    fact: str
    confidence: float = 0.8
    attribute: str | None = None
    value: Any = None
    updates: str | None = None


@dataclass
class ExtractedRelation:
    source: str
    target: str
    rel_type: str


@dataclass
class Extraction:
    """The contents of a message.

    Names that are not among `entities` are entities, too. `forgets`: texts of known facts that are no longer true.
    """

    entities: list[ExtractedEntity] = field(default_factory=list)
    facts: list[ExtractedFact] = field(default_factory=list)
    relations: list[ExtractedRelation] = field(default_factory=list)
    forgets: list[str] = field(default_factory=list)


class Extractor(Protocol):
    """Reads a message. `known` are the texts of known facts on the message's subjects, best first."""

    async def extract(
        self, message: str, *, speaker_name: str, recent_messages: list[str], known: list[str], occurred_at: datetime, llm: LLMProvider
    ) -> Extraction: ...


class Counted:
    """A model whose tokens are counted in `used`, and whose failures become ExtractionErrors."""

    def __init__(self, llm: LLMProvider) -> None:
        self._llm = llm
        self.used = TokenUsage()

    async def complete(
        self,
        messages: list[dict[str, Any]],
        temperature: float = 0,
        response_format: dict[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> LLMResult:
        try:
            answer = await self._llm.complete(
                messages=messages, temperature=temperature, response_format=response_format, max_tokens=max_tokens
            )
        except Exception as error:
            raise ExtractionError(f"the model failed: {type(error).__name__}: {error}", cause=error) from error
        if answer.usage is not None:
            self.used = self.used + answer.usage
        return answer
