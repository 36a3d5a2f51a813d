"""LangChain's documents as items, and the selection of diverse ones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from langchain_core.documents import Document

from memdb.adapters.over_items import content_of, is_plain
from memdb.engine.json_values import of_verbatim, verbatim
from memdb.errors import InvalidInput
from memdb.items import Item, ItemHit, ItemKey, NewItem, NewPart

# Next to the metadata's fields, which are those of the item's value: a filter sees no others.
_CONTENT: Final = "langchain.page_content"


def as_documents(texts: Iterable[str], metadatas: Sequence[dict[str, Any]] | None, ids: Sequence[str | None] | None) -> list[Document]:
    """The documents to add, each with an id. Raises InvalidInput for what cannot be stored, or read back unchanged."""
    listed = as_texts("texts", texts)
    of_texts: dict[str, Sequence[Any]] = {
        "metadatas": metadatas if metadatas is not None else [{}] * len(listed),
        "ids": ids if ids is not None else [None] * len(listed),
    }
    for field, given in of_texts.items():
        if len(given) != len(listed):
            raise InvalidInput(field, f"must be as many as the texts, {len(listed)}, not {len(given)}")
    named = as_texts("ids", [str(uuid.uuid4()) if id is None else id for id in of_texts["ids"]])
    rows = zip(listed, map(_as_json, of_texts["metadatas"]), named, strict=True)
    return [Document(page_content=text, metadata=metadata, id=id) for text, metadata, id in rows]


def as_texts(field: str, given: Iterable[str]) -> list[str]:
    """The texts as a list. Raises InvalidInput unless they are texts, rather than the letters of one."""
    if isinstance(given, str):
        raise InvalidInput(field, "must be a list of texts, not a str")
    listed = list(given)
    for each in listed:
        if not isinstance(each, str):
            raise InvalidInput(field, f"must be texts, not {type(each).__name__}")
    return listed


def _as_json(metadata: Any) -> dict[str, Any]:
    if not isinstance(metadata, dict):
        raise InvalidInput("metadatas", f"must be dicts, not {type(metadata).__name__}")
    if _CONTENT in metadata:
        raise InvalidInput("metadatas", f"must not have the field {_CONTENT!r}, which is the document's text")
    made: dict[str, Any] = of_verbatim(verbatim("metadatas", metadata))
    return made


def to_put(namespace: Sequence[str], document: Document, embedding: Any) -> NewItem:
    value = {**document.metadata, _CONTENT: document.page_content}
    part = NewPart(path=_CONTENT, content=content_of(document.page_content), embedding=embedding)
    return NewItem(namespace=namespace, key=str(document.id), value=value, parts=[part], to_the_letter=not is_plain(value))


def from_item(item: Item) -> Document:
    metadata = dict(item.value)
    return Document(page_content=metadata.pop(_CONTENT), metadata=metadata, id=item.key)


def place(item: Item) -> ItemKey:
    return ItemKey(item.namespace, item.key)


def diverse(hits: Sequence[ItemHit], k: int, lambda_mult: float) -> list[ItemHit]:
    """The `k` hits of maximal marginal relevance (Carbonell and Goldstein, 1998) among hits sorted by decreasing similarity.

    Each maximizes `lambda_mult` times its similarity to the question, minus (1 - `lambda_mult`) times its greatest similarity to a hit
    selected before.
    """
    if not hits:
        return []
    relevance = np.array([hit.similarity for hit in hits])
    # Of length 1, so that a product is a cosine.
    vectors = np.array([hit.embedding for hit in hits], dtype=np.float32)
    chosen = [0]
    redundance = vectors @ vectors[0]
    while len(chosen) < min(k, len(hits)):
        worth = lambda_mult * relevance - (1 - lambda_mult) * redundance
        worth[chosen] = -np.inf
        chosen.append(int(worth.argmax()))
        redundance = np.maximum(redundance, vectors @ vectors[chosen[-1]])
    return [hits[each] for each in chosen[:k]]
