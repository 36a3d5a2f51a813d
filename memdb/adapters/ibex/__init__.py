"""ibex's models and repositories over memdb.

from memdb.adapters.ibex import MemoryCategory, MemoryRepository

repository = MemoryRepository(session=db, org_id=org_id)
similar = await repository.find_similar(agent_id, embedding, limit=5, category_filter=MemoryCategory.FACTUAL)
"""

from memdb.adapters.ibex.base import BaseRepository
from memdb.adapters.ibex.memory_repo import MemoryRepository
from memdb.adapters.ibex.models import (
    Agent,
    Checkpoint,
    Directive,
    Memory,
    MemoryCategory,
    MemoryRelationship,
    MemorySource,
    MemoryStatus,
    MemoryTag,
    MemoryVersion,
    Organization,
    Session,
    Token,
    User,
)
from memdb.adapters.ibex.session_repo import SessionRepository

__all__ = [
    "Agent",
    "BaseRepository",
    "Checkpoint",
    "Directive",
    "Memory",
    "MemoryCategory",
    "MemoryRelationship",
    "MemoryRepository",
    "MemorySource",
    "MemoryStatus",
    "MemoryTag",
    "MemoryVersion",
    "Organization",
    "Session",
    "SessionRepository",
    "Token",
    "User",
]
