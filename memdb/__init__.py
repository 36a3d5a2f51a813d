"""memdb: the PostgreSQL layer under an AI agent's memory."""

import logging
from importlib import import_module
from typing import TYPE_CHECKING

from memdb.engine.clearing import CLEAR, Clear
from memdb.engine.cursors import Cursor
from memdb.engine.database import Admin, Database, Tenant
from memdb.engine.executor import Executor, Transaction
from memdb.engine.package import Package, load_all
from memdb.errors import MemdbError
from memdb.operations.connect import connect

if TYPE_CHECKING:
    from memdb import (
        agents,
        archives,
        attributes,
        audit,
        checkpoints,
        clusters,
        directives,
        edges,
        entities,
        errors,
        escalations,
        events,
        facts,
        indexes,
        insights,
        intentions,
        items,
        memories,
        messages,
        observations,
        organizations,
        profiles,
        prompts,
        relations,
        retention,
        roles,
        session_events,
        sessions,
        spaces,
        spending,
        summaries,
        threads,
        tokens,
        transcripts,
        triples,
        upkeep,
        users,
    )
    from memdb.engine.synchronous import SyncAdmin, SyncDatabase, SyncTenant, SyncTransaction
    from memdb.operations import backup
    from memdb.operations.sync import sync

__version__ = "0.1.0"

__all__ = [
    "CLEAR",
    "Admin",
    "Clear",
    "Cursor",
    "Database",
    "Executor",
    "MemdbError",
    "Package",
    "SyncAdmin",
    "SyncDatabase",
    "SyncTenant",
    "SyncTransaction",
    "Tenant",
    "Transaction",
    "agents",
    "archives",
    "attributes",
    "audit",
    "backup",
    "checkpoints",
    "clusters",
    "connect",
    "directives",
    "edges",
    "entities",
    "errors",
    "escalations",
    "events",
    "facts",
    "indexes",
    "insights",
    "intentions",
    "items",
    "load_all",
    "memories",
    "messages",
    "observations",
    "organizations",
    "profiles",
    "prompts",
    "relations",
    "retention",
    "roles",
    "session_events",
    "sessions",
    "spaces",
    "spending",
    "summaries",
    "sync",
    "threads",
    "tokens",
    "transcripts",
    "triples",
    "upkeep",
    "users",
]

# A library logs nothing unless the application configures logging.
logging.getLogger("memdb").addHandler(logging.NullHandler())

_SYNCHRONOUS = {
    "SyncAdmin": "memdb.engine.synchronous",
    "SyncDatabase": "memdb.engine.synchronous",
    "SyncTenant": "memdb.engine.synchronous",
    "SyncTransaction": "memdb.engine.synchronous",
    "sync": "memdb.operations.sync",
}


def __getattr__(name: str) -> object:
    # Modules that not every service uses are imported on first use: a service that reads memories does not wait for all other areas.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in _SYNCHRONOUS:
        return getattr(import_module(_SYNCHRONOUS[name]), name)
    return import_module("memdb.operations.backup" if name == "backup" else f"memdb.{name}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
