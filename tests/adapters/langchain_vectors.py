"""LangChain's suite for vector stores, on memdb's: its class, with a store of a new tenant for each test.

They are in an embedding space of the dimension that the suite's embeddings have.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Iterator
from typing import Final
from uuid import UUID

import pytest
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests.vectorstores import EMBEDDING_SIZE, VectorStoreIntegrationTests

import memdb
from memdb import organizations, spaces
from memdb.adapters.langchain import MemdbVectorStore

_DSN: Final = os.environ["MEMDB_SUITE_DSN"]
_MODEL: Final = "suite"


async def _new_tenant() -> UUID:
    async with memdb.connect(_DSN, timeout=30.0) as db:
        return (await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="Suite")).id


async def _make_space() -> None:
    async with memdb.connect(_DSN, admin_role=None) as owner:
        await spaces.create(owner.admin(), dimension=EMBEDDING_SIZE, model=_MODEL)


@pytest.fixture(scope="module", autouse=True)
def _space() -> None:
    asyncio.run(_make_space())


class TestMemdbVectorStore(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self) -> Iterator[VectorStore]:
        org_id = asyncio.run(_new_tenant())
        with MemdbVectorStore.from_conn_string(_DSN, self.get_embeddings(), org_id=org_id, embedding_model=_MODEL) as store:
            yield store
