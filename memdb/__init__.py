"""memdb: the PostgreSQL layer under an AI agent's memory."""

from memdb import agents, errors, memories, organizations, users
from memdb.connecting import connect
from memdb.database import Admin, Database, Executor, Tenant, Transaction
from memdb.errors import MemdbError
from memdb.query import query

__version__ = "0.1.0"

__all__ = [
    "Admin",
    "Database",
    "Executor",
    "MemdbError",
    "Tenant",
    "Transaction",
    "agents",
    "connect",
    "errors",
    "memories",
    "organizations",
    "query",
    "users",
]
