"""The embeddings of vector stores."""

from __future__ import annotations

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from memdb.errors import ExtraMissing


class Embeddings(ABC):
    """Makes the embedding of a text.

    If `embed` and `aembed` take a list, according to a parameter `texts` or its annotation, they return a list of embeddings: orbiter's
    guide has that form, its reference the other.
    """

    @abstractmethod
    def embed(self, text: str) -> list[float]:
        """The embedding, of `dimension` numbers."""

    @abstractmethod
    async def aembed(self, text: str) -> list[float]:
        """`embed` without blocking the event loop."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """The number of components of an embedding."""


class OpenAIEmbeddings(Embeddings):
    """Embeddings from OpenAI's API, or from a server with the same API: `base_url`.

    `api_key` None means $OPENAI_API_KEY. `client` is a custom `openai.OpenAI`, in place of both. Raises what the package `openai` does.
    """

    def __init__(
        self,
        *,
        model: str = "text-embedding-3-small",
        dimension: int = 1536,
        api_key: str | None = None,
        base_url: str | None = None,
        client: Any = None,
    ) -> None:
        if client is None:
            try:
                import openai
            except ImportError as error:
                raise ExtraMissing("OpenAIEmbeddings", "orbiter") from error
            client = openai.OpenAI(api_key=api_key, base_url=base_url)
        self._client = client
        self._model = model
        self._dimension = dimension

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed(self, text: str) -> list[float]:
        made = self._client.embeddings.create(input=text, model=self._model, dimensions=self._dimension)
        return list(made.data[0].embedding)

    async def aembed(self, text: str) -> list[float]:
        return await asyncio.to_thread(self.embed, text)


async def embedding_of(embeddings: Embeddings, text: str) -> Sequence[float]:
    """The embedding of a text by `embeddings`, in whichever of the two forms."""
    if not _takes_texts(embeddings.aembed):
        return await embeddings.aembed(text)
    of_texts: Any = embeddings.aembed
    (made,) = await of_texts([text])
    return made  # type: ignore[no-any-return]


def _takes_texts(function: Callable[..., Any]) -> bool:
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return first is not None and (first.name == "texts" or str(first.annotation).startswith(("list[", "List[", "typing.List[")))
