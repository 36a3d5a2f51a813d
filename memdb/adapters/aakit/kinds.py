"""AA Kit's own record, backend base and errors if it is installed, so that its agents recognize them; otherwise memdb's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memdb.adapters.aakit.own_kinds import ConfigurationError, MemoryConnectionError, MemoryError, MemoryRecord, ShippedBackend
else:
    try:
        from aakit.core.exceptions import ConfigurationError, MemoryConnectionError, MemoryError
        from aakit.memory.backends import MemoryBackend as ShippedBackend
        from aakit.memory.backends import MemoryRecord
    except ImportError:
        from memdb.adapters.aakit.own_kinds import ConfigurationError, MemoryConnectionError, MemoryError, MemoryRecord, ShippedBackend

__all__ = ["ConfigurationError", "MemoryConnectionError", "MemoryError", "MemoryRecord", "ShippedBackend"]
