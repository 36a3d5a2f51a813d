"""Creating, naming, choosing and dropping embedding spaces."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

from memdb.engine.executor import AdminExecutor, Executor
from memdb.engine.inputs import ModelName
from memdb.engine.own import query
from memdb.spaces.structs import Space

Dimension: TypeAlias = Annotated[int, Meta(ge=1, le=4000)]
SpaceNumber: TypeAlias = Annotated[int, Meta(ge=1, le=32767)]


@query
async def existing(on: Executor) -> list[Space]:
    """The embedding spaces, oldest first."""
    ...


@query
async def create(on: AdminExecutor, *, dimension: Dimension, model: ModelName) -> None:
    """Create an empty space, as the tables' owner. Waits at most 5 seconds for a moment in which nobody uses the embeddings' table.

    Raises AlreadyExists for a model that has one, PermissionDenied.
    """
    ...


@query
async def drop(on: AdminExecutor, *, number: SpaceNumber) -> None:
    """Drop a space with its embeddings, as the tables' owner. Raises InvalidInput for the current space or an unknown one."""
    ...


@query(absent="embedding space")
async def rename(on: AdminExecutor, *, model: ModelName) -> int:
    """Name the model of the executor's space, because the first space has no name. Returns the space's number."""
    ...


@query(absent="embedding space")
async def take_over(on: AdminExecutor) -> int:
    """Make the executor's space the one that connect() chooses if no model is named. Returns its number."""
    ...
