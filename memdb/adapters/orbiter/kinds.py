"""orbiter-memory's own kinds of items if it is installed, so that its other parts recognize the results; otherwise memdb's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memdb.adapters.orbiter.own_kinds import (
        AIMemory,
        HumanMemory,
        MemoryError,
        MemoryItem,
        MemoryMetadata,
        MemoryStatus,
        MemoryStore,
        SystemMemory,
        ToolMemory,
    )
else:
    try:
        from orbiter.memory.base import (
            AIMemory,
            HumanMemory,
            MemoryError,
            MemoryItem,
            MemoryMetadata,
            MemoryStatus,
            MemoryStore,
            SystemMemory,
            ToolMemory,
        )
    except ImportError:
        from memdb.adapters.orbiter.own_kinds import (
            AIMemory,
            HumanMemory,
            MemoryError,
            MemoryItem,
            MemoryMetadata,
            MemoryStatus,
            MemoryStore,
            SystemMemory,
            ToolMemory,
        )

__all__ = [
    "AIMemory",
    "HumanMemory",
    "MemoryError",
    "MemoryItem",
    "MemoryMetadata",
    "MemoryStatus",
    "MemoryStore",
    "SystemMemory",
    "ToolMemory",
]
