"""memdb: the PostgreSQL layer under an AI agent's memory."""

from memdb import (
    agents,
    audit,
    directives,
    errors,
    escalations,
    indexes,
    memories,
    observations,
    organizations,
    prompts,
    relations,
    retention,
    roles,
    sessions,
    spaces,
    spending,
    tokens,
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
    "audit",
    "connect",
    "directives",
    "errors",
    "escalations",
    "indexes",
    "memories",
    "observations",
    "organizations",
    "prompts",
    "relations",
    "retention",
    "roles",
    "sessions",
    "spaces",
    "spending",
    "tokens",
    "users",
]
