"""memdb: the PostgreSQL layer under an AI agent's memory."""

from memdb import (
    agents,
    archives,
    audit,
    checkpoints,
    directives,
    errors,
    escalations,
    indexes,
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
    tokens,
    triples,
    users,
)
from memdb.connecting import connect
from memdb.database import Admin, Database, Tenant
from memdb.errors import MemdbError
from memdb.executor import Executor
from memdb.transaction import Transaction

__version__ = "0.1.0"

__all__ = [
    "Admin",
    "Database",
    "Executor",
    "MemdbError",
    "Tenant",
    "Transaction",
    "agents",
    "archives",
    "audit",
    "checkpoints",
    "connect",
    "directives",
    "errors",
    "escalations",
    "indexes",
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
    "tokens",
    "triples",
    "users",
]
