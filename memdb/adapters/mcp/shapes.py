"""What the tools take and return, as their schemas say it."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from memdb.memories import Memory

_LONGEST_NAME = 1024


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain the character NUL")
    return text


def _name(text: str) -> str:
    if len(text.encode()) > _LONGEST_NAME:
        raise ValueError(f"must have at most {_LONGEST_NAME} bytes")
    return text


# After a length: one that comes later counts "items".
STORABLE = AfterValidator(_storable)
Text: TypeAlias = Annotated[str, STORABLE]
EntityName: TypeAlias = Annotated[Text, AfterValidator(_name), Field(description="The entity's name, exactly")]
Names: TypeAlias = Annotated[list[EntityName], Field(max_length=1000)]
Observations: TypeAlias = Annotated[list[Text], Field(description="What is known of it, one statement each")]


# In this form for the names that are no names in Python.
class Entity(TypedDict):
    name: EntityName
    entityType: Text
    observations: Observations


Relation = TypedDict("Relation", {"from": EntityName, "to": EntityName, "relationType": Text})


class NewObservations(TypedDict):
    entityName: EntityName
    contents: Observations


class AddedObservations(TypedDict):
    entityName: str
    addedObservations: list[str]


class OldObservations(TypedDict):
    entityName: EntityName
    observations: Observations


Entities: TypeAlias = Annotated[list[Entity], Field(max_length=1000)]
Relations: TypeAlias = Annotated[list[Relation], Field(max_length=1000)]


class NewEntities(TypedDict):
    """The entities that were not there."""

    entities: list[Entity]


class NewRelations(TypedDict):
    """The relations that were not there."""

    relations: list[Relation]


class Additions(TypedDict):
    """What was added to each entity."""

    results: list[AddedObservations]


class KnowledgeGraph(TypedDict):
    """Entities, and relations of which at least one end is among those that were asked for; each in the order of their making."""

    entities: list[Entity]
    relations: list[Relation]


class Done(TypedDict):
    """That it is done."""

    success: bool
    message: str


class Remembered(TypedDict):
    """A memory. `version` goes up by one with each change; the times are ISO 8601."""

    id: str
    content: str
    category: str
    tags: list[str]
    metadata: dict[str, Any]
    version: int
    created_at: str
    updated_at: str


class Recalled(Remembered):
    """A memory that was found. `score` ranks it within its search; `similarity` (-1 to 1) is that of meaning, null if not compared."""

    score: float
    similarity: float | None


class Found(TypedDict):
    """The memories that answer best, best first."""

    memories: list[Recalled]


class Forgotten(TypedDict):
    """The memory that was forgotten."""

    id: str
    version: int


def remembered(memory: Memory) -> Remembered:
    return {
        "id": str(memory.id),
        "content": memory.content,
        "category": memory.category,
        "tags": memory.tags,
        "metadata": memory.metadata,
        "version": memory.version,
        "created_at": memory.created_at.isoformat(),
        "updated_at": memory.updated_at.isoformat(),
    }
