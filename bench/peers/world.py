"""The data that all peers hold, and what they are asked: three tenants of one table, their conversations, and facts about twenty people."""

from __future__ import annotations

import random
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, ClassVar, Final, NamedTuple

import asyncpg
import numpy as np
from search import Corpus, Vectors

DIMENSION: Final = 384
NOBODY: Final = uuid.UUID(int=0)
LIMIT: Final = 10
PAGE: Final = 50
BATCH: Final = 1_000
TOKENS: Final = 2_000
RETRIEVED: Final = 20
KEPT: Final = 200
SAID: Final = 1_000
ENTITIES: Final = 20
NAMES: Final = [
    "Ada",
    "Alan",
    "Barbara",
    "Claude",
    "Dennis",
    "Donald",
    "Edsger",
    "Frances",
    "Grace",
    "Hedy",
    "Ida",
    "Joan",
    "Ken",
    "Linus",
    "Margaret",
    "Niklaus",
    "Radia",
    "Shafi",
    "Tim",
    "Whitfield",
]
WORDS_OF_MEMORY: Final = (8, 30)
WORDS_OF_MESSAGE: Final = (20, 80)

OPERATIONS: Final = {
    "get": "get by key",
    "page": f"list {PAGE}",
    "add": "add one",
    "add_many": f"add {BATCH:,}",
    "update": "update",
    "delete": "soft delete",
    "append": "append a message",
    "last_messages": f"last {PAGE} messages",
    "vector_search": f"vector search of {LIMIT}",
    "hybrid_search": f"hybrid search of {LIMIT}",
    "window": f"context window of {TOKENS:,} tokens",
    "retrieve": "fact retrieval",
}
SEARCHES: Final = ("vector_search", "hybrid_search", "retrieve")
# What an index for nearest neighbours makes slower or quicker.
INDEXED: Final = ("add", "vector_search", "hybrid_search")
KNOWING: Final = 2_000
"""The size of the holder who has the facts."""


class Item(NamedTuple):
    """A memory, a message or a fact to store."""

    id: uuid.UUID
    content: str
    embedding: np.ndarray[Any, np.dtype[np.float32]]


class Person(NamedTuple):
    """An entity, and what is known of it."""

    id: uuid.UUID
    name: str
    facts: list[Item]


@dataclass
class Holder:
    """A tenant: what its reader remembers and has said, which stays; and its writer, whose memories change.

    memdb is filled first, and gives the ids; the others take them.
    """

    size: int
    items: list[Item]
    kept: list[Item]
    said: list[str]
    embeddings: Vectors
    org_id: uuid.UUID = NOBODY
    reader_id: uuid.UUID = NOBODY
    writer_id: uuid.UUID = NOBODY
    session_id: uuid.UUID = NOBODY
    written_ids: list[uuid.UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.to_update = cycle(self.kept)


class World:
    """The same for the same seed."""

    def __init__(self, sizes: Sequence[int], facts: int) -> None:
        self.corpus = Corpus(sum(sizes) * 2, 0.08, alike=True)
        self.dice = random.Random(1)
        self.holders = [self.holder(size) for size in sizes]
        self.knowing = next((each for each in self.holders if each.size == KNOWING), self.holders[0])
        self.people = [Person(uuid.uuid4(), name, []) for name in NAMES[:ENTITIES]]
        for number, item in enumerate(self.items(facts)):
            person = self.people[number % ENTITIES]
            person.facts.append(item._replace(content=f"{person.name} {item.content}"))

    def holder(self, size: int) -> Holder:
        items = list(self.items(size))
        said = self.corpus.texts(SAID, *WORDS_OF_MESSAGE)
        return Holder(size, items, list(self.items(KEPT)), said, np.stack([item.embedding for item in items]))

    def items(self, count: int) -> Iterator[Item]:
        texts = self.corpus.texts(count, *WORDS_OF_MEMORY)
        points = self.vectors(count)
        for text, point in zip(texts, points, strict=True):
            # A number of its own, so that none is the duplicate of another.
            yield Item(uuid.uuid4(), f"{text} {self.dice.getrandbits(40):x}", point)

    def vectors(self, count: int) -> Vectors:
        return self.corpus.points(self.corpus.numbers.integers(len(self.corpus.centres), size=count))

    def item(self) -> Item:
        return next(self.items(1))

    def question(self, holder: Holder) -> Item:
        """Something near to what the holder has, in other words."""
        like = self.dice.choice(holder.items)
        noise = self.corpus.numbers.standard_normal(DIMENSION, dtype=np.float32)
        embedding = self.corpus.unit((like.embedding + np.float32(0.02) * noise)[None])[0]
        words = like.content.split()[:-1]
        return Item(like.id, " ".join(self.dice.sample(words, min(4, len(words)))), embedding)

    def fact_question(self) -> Item:
        person = self.dice.choice(self.people)
        fact = self.dice.choice(person.facts)
        return Item(fact.id, f"what about {person.name} and {' '.join(self.dice.sample(fact.content.split()[1:-1], 2))}", fact.embedding)

    def given(self, operation: str, holder: Holder) -> Any:
        """What one call works on."""
        match operation:
            case "get":
                return self.dice.choice(holder.items).id
            case "add":
                return self.item()
            case "add_many":
                return list(self.items(BATCH))
            case "update":
                # One after the other, so that no two clients change the same at once.
                return self.item()._replace(id=next(holder.to_update).id)
            case "append":
                return self.dice.choice(holder.said)
            case "vector_search" | "hybrid_search":
                return self.question(holder)
            case "retrieve":
                return self.fact_question()
            case _:
                return None

    def nearest(self, holder: Holder, embedding: Vectors) -> set[uuid.UUID]:
        """The true answer of a vector search."""
        best = np.argpartition(-(holder.embeddings @ embedding), LIMIT - 1)[:LIMIT]
        return {holder.items[at].id for at in best}


class Peer(ABC):
    """A way to keep memories. Its operations are its methods with a name in OPERATIONS: `(holder, client, given)`.

    `client` is the number of the task that calls, and `given` comes from `World.given`. A peer has no method for what it has no way to do.
    """

    name: ClassVar[str]

    def __init__(self, world: World, clients: int) -> None:
        self.world = world
        self.clients = clients

    @abstractmethod
    def connected(self, dsn: str) -> AbstractAsyncContextManager[None]:
        """Ready for calls, with a pool of its own with a connection for each client at most."""

    @abstractmethod
    async def fill(self, owner: asyncpg.Connection) -> None:
        """Store the world, in the quickest way. Called once, connected."""

    async def stock(self, holder: Holder, count: int) -> list[Any]:
        """The keys of so many new memories of the holder's writer, to be deleted."""
        raise NotImplementedError

    def ids(self, found: Any) -> list[uuid.UUID]:
        """The ids of what a search found, best first."""
        raise NotImplementedError


@asynccontextmanager
async def without_hnsw(owner: asyncpg.Connection, table: str) -> AsyncIterator[None]:
    """Filling is quicker without; the index that is made afterwards is a better one, if anything."""
    made = await owner.fetch(
        "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index AS i"
        " JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS a ON a.oid = c.relam"
        " WHERE i.indrelid = $1::text::regclass AND a.amname = 'hnsw'",
        table,
    )
    for index in made:
        await owner.execute(f"DROP INDEX {index['name']}")
    yield
    for index in made:
        await owner.execute(index["definition"])
    await owner.execute(f"VACUUM ANALYZE {table}")
