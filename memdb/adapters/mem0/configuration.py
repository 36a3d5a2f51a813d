"""The vector store's part of mem0's configuration, and its name in it."""

from __future__ import annotations

import sys
from typing import Any, Final
from uuid import UUID

from mem0.utils.factory import VectorStoreFactory
from mem0.vector_stores.configs import VectorStoreConfig
from pydantic import BaseModel, ConfigDict, model_validator

from memdb.adapters.homes import Home, home_of
from memdb.engine.executor import Transaction
from memdb.errors import InvalidInput

_PROVIDER: Final = "memdb"


class MemdbConfig(BaseModel):
    """What `{"vector_store": {"provider": "memdb", "config": {...}}}` takes.

    - `collection_name`: mem0 makes a second collection of it for entities, with "_entities" after it.
    - `embedding_model_dims`: the dimension of the embeddings; None is that of the database's embedding space, and any other is refused.
    - `tenant`: `db.tenant(org_id)`, given on the event loop of its database, or one of `memdb.sync`; or else `connection_string`: what
      `memdb.connect` takes, including `embedded:`, None for $MEMDB_DSN, with `org_id`, None for the organization with the slug "default",
      and `embedding_model`, the embedding space. All collections of a configuration share one database.
    - `agent_id`, `user_id`: the owners of the memories added, for legal holds and erasures.
    - `home`: made of these.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    collection_name: str = "mem0"
    embedding_model_dims: int | None = None
    tenant: Any = None
    connection_string: str | None = None
    org_id: UUID | None = None
    embedding_model: str | None = None
    agent_id: UUID | None = None
    user_id: UUID | None = None
    home: Home | None = None

    @model_validator(mode="after")
    def _at_home(self) -> MemdbConfig:
        if self.home is None:
            self.home = home_for(self.tenant, self.connection_string, self.org_id, self.embedding_model, self.embedding_model_dims)
        return self

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> MemdbConfig:
        """A copy for another collection, as mem0 makes it, on the same database."""
        return self.model_copy()


def home_for(tenant: Any, connection_string: str | None, org_id: UUID | None, embedding_model: str | None, dimension: int | None) -> Home:
    """Raises InvalidInput for a tenant together with arguments of a connection."""
    if tenant is None:
        return Home.from_url(connection_string, org_id, dimension=dimension, embedding_model=embedding_model)
    given = {"connection_string": connection_string, "org_id": org_id, "embedding_model": embedding_model}
    if wrong := [field for field, value in given.items() if value is not None]:
        raise InvalidInput(wrong[0], "must not be given with a tenant")
    if isinstance(tenant, Transaction):
        raise InvalidInput("tenant", "must be db.tenant(org_id), not a transaction on it: mem0 calls from many threads")
    return home_of("MemdbVectorStore", tenant, dimension=dimension)


def register() -> None:
    """Register the provider "memdb" with mem0. Importing `memdb.adapters.mem0` does this."""
    VectorStoreFactory.provider_to_class[_PROVIDER] = "memdb.adapters.mem0.MemdbVectorStore"
    VectorStoreConfig.__private_attributes__["_provider_configs"].default[_PROVIDER] = MemdbConfig.__name__
    # mem0 looks for a provider's configuration in a module of its own.
    sys.modules[f"mem0.configs.vector_stores.{_PROVIDER}"] = sys.modules[__name__]
